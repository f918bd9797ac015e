"""A person takes the testimony back: from the word DELETE to the last message, the tombstone and a new beginning."""

from storage import erasure
from storage.models import AnswerRow, Contact, Erasure, InterviewRow
from tests.bot.conftest import RESIDENT, Service
from tests.bot.test_receive_codes import PRIVATE, chat
from tests.bot.test_receive_edits import edit
from tests.support import media
from tests.support.providers import TelegramServer, TwilioServer


def test_everything_goes_after_a_second_delete(service: Service, twilio: TwilioServer) -> None:
    service.talk("RIGHTS", "yes", "Atlanta", "DELETE", "DELETE")
    assert "is erased" in twilio.sent[-1]["Body"]
    assert service.rows(AnswerRow) == []
    (contact,) = service.rows(Contact)
    assert (contact.address, contact.address_digest, contact.language) == (None, None, None)
    assert [row.status for row in service.rows(InterviewRow)] == ["erased"]
    assert len(service.rows(Erasure)) == 1
    assert {text for text in service.heard if text} == set()


def test_the_same_person_begins_anew_as_somebody_else(
    service: Service, twilio: TwilioServer
) -> None:
    service.talk("RIGHTS", "yes", "Atlanta", "DELETE", "DELETE", "RIGHTS", "yes", "Macon")
    older, newer = service.rows(Contact)
    assert older.pseudonym != newer.pseudonym
    assert newer.address is not None
    assert {row.interview_id for row in service.rows(AnswerRow)} == {2}
    assert twilio.sent[-1]["To"] == RESIDENT


def test_the_receipt_is_in_the_last_message(service: Service, twilio: TwilioServer) -> None:
    service.talk("RIGHTS", "yes", "DELETE", "DELETE")
    receipt = twilio.sent[-1]["Body"].partition("receipt: ")[2].partition(".")[0]
    with service.database.reading() as session:
        assert erasure.erased_by(session, receipt) is not None


def test_another_word_keeps_everything(service: Service, twilio: TwilioServer) -> None:
    service.talk("RIGHTS", "yes", "Atlanta", "DELETE", "no")
    assert twilio.sent[-1]["Body"].startswith("Nothing was erased.")
    assert "Atlanta" in service.heard
    service.talk("DELETE", "1")
    assert [row.question for row in service.rows(AnswerRow)] == ["consent", "place"]


def test_stop_after_an_erasure_is_remembered(service: Service) -> None:
    """The number is known again by its STOP, and only by its digest after a second erasure."""
    service.talk("RIGHTS", "yes", "DELETE", "DELETE", "STOP")
    assert service.stopped == ["stop"]


def test_what_is_told_before_the_address_is_forgotten_keeps_it_whatever_stops_then(
    service: Service,
) -> None:
    """Else nobody could ever take back what was told, not even by DELETE."""
    service.talk("RIGHTS", "yes", "DELETE")
    service.sms("DELETE")
    service.clock.forward(seconds=1)
    for words in ("RIGHTS", "yes", "Atlanta", "STOP"):
        service.sms(words)
    service.drain()
    assert "Atlanta" in service.heard
    assert [row.address is None for row in service.rows(Contact)] == [False]
    service.talk("START", "DELETE", "DELETE")
    assert "Atlanta" not in service.heard
    assert [row.address is None for row in service.rows(Contact)] == [True]


def test_a_stop_before_the_address_is_forgotten_keeps_nothing(service: Service) -> None:
    service.talk("RIGHTS", "yes", "DELETE")
    service.sms("DELETE")
    service.clock.forward(seconds=1)
    service.sms("STOP")
    service.drain()
    assert [row.address is None for row in service.rows(Contact)] == [True]


def test_the_list_of_answers_reaches_the_phone(service: Service, twilio: TwilioServer) -> None:
    service.talk("RIGHTS", "yes", "Atlanta", "ANSWERS", "1", "Macon", "COPY")
    assert twilio.sent[-1]["Body"].endswith("Macon")


def test_what_was_added_after_the_end_is_in_the_copy(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(PRIVATE)
    service.talk("PRIVATE", "yes", "Ana", "SKIP", "SKIP", "And they came back.", "Twice.", "COPY")
    assert twilio.sent[-1]["Body"] == (
        "What you told us:\n\nYour name?\nAna\n\nWhich papers, Ana?\n(left out)\n\n"
        "What happened?\n(left out)\n\nAnd they came back.\n\nTwice."
    )


def test_a_copy_has_the_newest_words_of_what_was_edited(
    service: Service, telegram: TelegramServer
) -> None:
    service.publish(PRIVATE)
    chat(service, "PRIVATE", "yes", "Ana", "SKIP", "SKIP", "They came bakc.")
    for words in ("They came back", "They came back."):
        edit(service, 6, words)
    chat(service, "COPY")
    assert telegram.sent[-1]["text"].endswith("(left out)\n\nThey came back.")


def test_a_file_that_was_added_is_named_in_the_copy_unless_it_was_refused(
    service: Service, twilio: TwilioServer
) -> None:
    service.publish(PRIVATE)
    service.talk("PRIVATE", "yes", "Ana", "SKIP", "SKIP")
    for data in (media.picture(), b"no picture at all"):
        service.sms("", NumMedia="1", MediaUrl0=twilio.hold(data))
        service.drain()
    service.talk("COPY")
    assert twilio.sent[-1]["Body"].endswith("(left out)\n\nphoto")


def test_nothing_that_was_erased_is_in_the_copy(service: Service, twilio: TwilioServer) -> None:
    service.publish(PRIVATE)
    service.talk("PRIVATE", "yes", "SKIP", "SKIP", "SKIP", "And more.", "DELETE", "DELETE", "COPY")
    assert "more" not in twilio.sent[-1]["Body"]
    service.talk("PRIVATE", "COPY")
    assert "more" not in twilio.sent[-1]["Body"]
