"""The whole way of one testimony: from a resident's first text to a coordinator's spreadsheet."""

import csv
import io

import pytest

from storage import exports, tables
from storage.models import InterviewRow
from storage.testimonies import Filter
from tests.bot.conftest import Service
from tests.support.providers import TelegramServer, TwilioServer

ENGLISH = [
    "RIGHTS",
    "yes",
    "Atlanta, West End",
    "1 7",
    "7",
    "1",
    "=They stopped me",
    "DONE",
    "SKIP",
    "Train them",
    "Mayor",
]
SPANISH = ["DERECHOS", "sí", "Atlanta", "ninguno", "El parque", "Nada", "Nadie"]


def exported(service: Service) -> list[dict[str, str]]:
    with service.database.reading() as session:
        table = exports.tables_of(session, "city-testimony", service.services.library)[0]
    assert table is not None
    rows = exports.rows(service.database, table, Filter(), service.services.library)
    text = "".join(tables.csv_lines(table.header, rows))
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_text_message_becomes_a_row(service: Service, twilio: TwilioServer) -> None:
    for text in [*ENGLISH, "yes", "no"]:
        assert service.sms(text) == 200
        service.drain()

    assert len(twilio.sent) == len(ENGLISH) + 2  # one reply to each
    assert twilio.sent[-1]["Body"].startswith("Thank you.")
    assert twilio.sent[0]["StatusCallback"].startswith(
        "https://testimony.example/webhooks/twilio/status?message="
    )
    row = exported(service)[0]
    assert row["status"] == "complete"
    assert (row["language"], row["channel"], row["flow"]) == ("en", "sms", "city-testimony")
    assert row["place"] == "Atlanta, West End"
    assert row["issues"] == "home justice"
    assert [row["issues/home"], row["issues/work"], row["issues/justice"]] == ["1", "0", "1"]
    assert (row["main"], row["justice_parts"], row["home_parts"]) == ("justice", "policing", "")
    assert row["story"] == "'=They stopped me"
    assert row["progress"] == "(refused)"
    assert (row["quote"], row["updates"]) == ("yes", "no")


def test_telegram_gives_the_same_record_as_sms(
    service: Service, twilio: TwilioServer, telegram: TelegramServer
) -> None:
    for text in [*SPANISH, "no", "no"]:
        service.sms(text)
        service.telegram(text)
        service.drain()

    assert [message["Body"] for message in twilio.sent] == [
        message["text"] for message in telegram.sent
    ]
    by_sms, by_telegram = exported(service)
    own = {"interview", "channel", "started_at", "completed_at"}
    assert {key: value for key, value in by_sms.items() if key not in own} == {
        key: value for key, value in by_telegram.items() if key not in own
    }
    assert by_telegram["channel"] == "telegram"


@pytest.mark.parametrize("word", ["STOP", "alto"])
def test_stop_ends_everything_but_one_confirmation(
    service: Service, twilio: TwilioServer, word: str
) -> None:
    for text in ["RIGHTS", "yes", word, "hello?", word]:
        service.sms(text)
        service.drain()

    assert len(twilio.sent) == 3
    assert service.rows(InterviewRow)[0].status == "withdrawn"
    service.sms("START")
    service.drain()
    assert "again" in twilio.sent[-1]["Body"]
