"""What is logged holds ids and kinds, and never words, numbers, names or addresses of anybody."""

import logging

import pytest
from sqlalchemy import text

from tests.bot.conftest import ON_SQLITE, RESIDENT, Service, Serving
from tests.support.providers import CUT, Answer, TelegramServer, TwilioServer

CHAT = 7_130_042_211
PERSON = {"id": CHAT, "is_bot": False, "first_name": "Rosalinda", "username": "rosalinda_m"}
PRIVATE = (
    RESIDENT,
    "4045550123",
    str(CHAT),
    "osalinda",
    "Heron",
    "cupboard",
    "May we ask",
    "RIGHTS",
)
TALK = ["RIGHTS", "yes", "Heron Street", "2", "food", "The cupboard is bare", "HELP", "STOP"]


def everything(caplog: pytest.LogCaptureFixture) -> str:
    """Messages, arguments and tracebacks, as any handler might write them."""
    lines = [logging.Formatter("%(name)s %(message)s").format(record) for record in caplog.records]
    return "\n".join([*lines, *(str(record.args) for record in caplog.records)])


def tell(service: Service, words: str, **message: object) -> int:
    chat = {"id": CHAT, "type": "private", "first_name": "Rosalinda"}
    return service.telegram(words, **{"chat": chat, "from": PERSON, **message})


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    for name in (
        "bot",
        "storage",
        "flows",
        "admin",
        "flask",
        "flask_wtf",
        "werkzeug",
        "sqlalchemy",
    ):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def test_a_whole_conversation_leaves_no_words_in_the_log(
    service: Service, logged: pytest.LogCaptureFixture
) -> None:
    for words in TALK:
        assert service.sms(words) == 200
        assert tell(service, words) == 200
        service.drain()
    for private in PRIVATE:
        assert private not in everything(logged)


def test_refused_and_malformed_webhooks_leave_no_words_in_the_log(
    service: Service, logged: pytest.LogCaptureFixture
) -> None:
    form = {"MessageSid": "SM1", "From": RESIDENT, "Body": "Heron Street"}
    forged = {"X-Twilio-Signature": "no"}
    assert service.client.post("/webhooks/twilio", data=form, headers=forged).status_code == 403
    assert service.signed("/webhooks/twilio", {"From": RESIDENT, "Body": "Heron Street"}) == 400
    assert tell(service, "Heron Street", secret="Rosalinda") == 403
    assert service.update(b'{"message": "Heron Street, 4045550123') == 400
    status = {"MessageSid": "SM1", "MessageStatus": "sent", "To": RESIDENT}
    assert service.signed("/webhooks/twilio/status", status) == 204

    assert len(logged.records) >= 5
    for private in PRIVATE:
        assert private not in everything(logged)


def test_failed_sends_and_our_own_bugs_leave_no_words_in_the_log(
    service: Service,
    logged: pytest.LogCaptureFixture,
    twilio: TwilioServer,
    telegram: TelegramServer,
) -> None:
    echo = {"code": 21211, "message": f"'To' {RESIDENT} is not valid", "status": 400}
    twilio.answers.extend([Answer(400, echo), CUT, Answer(500, f"{RESIDENT} May we ask")])
    telegram.answers.append(telegram.refusal(400, f"Bad Request: {CHAT} Rosalinda"))
    telegram.answers.append(telegram.refusal(403, f"Forbidden: Rosalinda {CHAT} blocked"))
    for words in TALK[:3]:
        service.sms(words)
        tell(service, words)
        service.clock.forward(minutes=20)
        service.drain()
    with service.database.writing() as session:
        session.execute(text("UPDATE answers SET given = 'asleep'"))
    service.sms("The cupboard is bare")
    service.drain()

    said = everything(logged)
    assert "could not be handled" in said
    assert "was not sent" in said
    for private in PRIVATE:
        assert private not in said


@ON_SQLITE
def test_a_database_that_is_away_leaves_no_words_in_the_log(
    serving: Serving, logged: pytest.LogCaptureFixture, tmp_path: object
) -> None:
    away = serving(DATABASE_URL=f"postgresql://Heron:cupboard@/gone?host={tmp_path}")
    assert away.sms("Heron Street") == 503
    assert away.client.get("/try/city-testimony").status_code == 503
    assert away.client.get("/readyz").status_code == 503
    said = everything(logged)
    assert "could not be kept" in said
    for private in PRIVATE:
        assert private not in said
