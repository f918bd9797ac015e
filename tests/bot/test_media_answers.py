"""An answer whose files were all refused, or lost, is none any more: its question is open again, unhurried."""

from storage.exports import Order, take
from storage.models import AnswerRow, InterviewRow, MessageRow
from storage.testimonies import Filter, whole
from tests.bot.conftest import Service
from tests.bot.test_media_keeping import FLOW as STORY
from tests.bot.test_media_keeping import ask_for_a_photo, attachments, file, photo, replies
from tests.bot.test_receive_codes import CODE
from tests.support import media
from tests.support.providers import TelegramServer, TwilioServer

FLOW = """
flow: proofs
title: Proofs
languages: [en]
keywords: {en: [PROOF]}
contact: The testers
consent: {label: May we?, declined: Good bye.}
questions:
  proof: {type: media, label: A photo?}
  name: {type: text, label: Your name?}
  last: {type: media, label: Another photo?}
closing: Thank you.
"""
BROKEN = b"\xff\xd8\xff\xe0 no picture behind these bytes"
PICTURE = media.picture()


def begin(service: Service, *texts: str) -> None:
    service.publish(FLOW)
    service.talk("PROOF", "yes", *texts)


def send(service: Service, twilio: TwilioServer, *files: bytes, body: str = "") -> None:
    """A text message with files, answered; then the files are judged."""
    fields = {f"MediaUrl{place}": twilio.hold(data) for place, data in enumerate(files)}
    fields |= {f"MediaContentType{place}": "image/jpeg" for place in range(len(files))}
    assert service.sms(body, NumMedia=str(len(files)), **fields) == 200
    service.drain()


def given(service: Service) -> dict[str, tuple[str, bool]]:
    """How each question was answered, and whether the answer is set aside."""
    return {row.question: (row.given, row.aside) for row in service.rows(AnswerRow)}


def said(twilio: TwilioServer) -> str:
    return twilio.sent[-1]["Body"]


def test_while_a_later_question_waits_it_goes_on_and_then_comes_back(
    service: Service, twilio: TwilioServer
) -> None:
    begin(service)
    send(service, twilio, BROKEN)
    assert said(twilio).startswith("We could not open that file.")
    assert given(service)["proof"] == ("lost", True)
    assert service.rows(InterviewRow)[0].asked == "name"  # words answer what they were written to
    service.talk("Ana")
    assert service.told["name"] == "Ana"
    assert said(twilio).startswith("A photo?")
    send(service, twilio, PICTURE)
    assert given(service)["proof"] == ("answered", False)
    assert said(twilio).endswith("Another photo?")


def test_a_file_that_is_sent_again_at_once_goes_to_its_question(
    service: Service, twilio: TwilioServer
) -> None:
    begin(service)
    send(service, twilio, BROKEN)
    send(service, twilio, PICTURE)
    assert said(twilio) == "We have received it.\n\nYour name?"
    assert given(service)["proof"] == ("answered", False)
    service.talk("Ana")
    assert said(twilio) == "Another photo?"


def test_after_the_end_too(service: Service, twilio: TwilioServer) -> None:
    begin(service, "SKIP", "Ana")
    send(service, twilio, BROKEN)
    assert [row.status for row in service.rows(InterviewRow)] == ["complete"]
    assert given(service)["last"] == ("lost", True)
    send(service, twilio, PICTURE)
    assert said(twilio) == "We have received it."
    assert given(service)["last"] == ("answered", False)
    assert service.rows(MessageRow)[-2].slot == "last"
    assert [row.status for row in service.rows(InterviewRow)] == ["complete"]


def test_in_the_list_of_answers_it_is_left_out_and_can_be_answered(
    service: Service, twilio: TwilioServer
) -> None:
    begin(service, "SKIP", "Ana")
    send(service, twilio, BROKEN)
    service.talk("ANSWERS")
    assert "3. Another photo? (left out)" in said(twilio)
    service.talk("3")
    assert said(twilio) == "Another photo?"  # there is nothing to leave as it is
    send(service, twilio, PICTURE)
    assert given(service)["last"] == ("answered", False)
    assert [row.status for row in service.rows(InterviewRow)] == ["complete"]


def test_where_it_is_asked_again_already_it_simply_waits(
    service: Service, twilio: TwilioServer
) -> None:
    begin(service)
    assert service.sms("", NumMedia="1", MediaUrl0=twilio.hold(BROKEN)) == 200
    assert service.sms("BACK") == 200
    service.drain()
    assert service.rows(InterviewRow)[0].asked == "proof"
    send(service, twilio, PICTURE)
    assert given(service)["proof"] == ("answered", False)


def test_who_has_no_other_file_leaves_it_out(service: Service, twilio: TwilioServer) -> None:
    begin(service)
    send(service, twilio, BROKEN)
    service.talk("Ana", "SKIP", "SKIP")
    assert given(service)["proof"] == ("refused", False)
    assert [row.status for row in service.rows(InterviewRow)] == ["complete"]


def test_words_that_came_with_the_file_stay_the_answer(
    service: Service, twilio: TwilioServer
) -> None:
    begin(service)
    send(service, twilio, BROKEN, body="The stairs")
    assert given(service)["proof"] == ("kept", False)
    assert service.told["proof"] == "The stairs"
    send(service, twilio, PICTURE)
    (row,) = [row for row in service.rows(AnswerRow) if row.question == "proof"]
    assert (row.given, row.value) == ("answered", ["photo"])
    service.talk("COPY")
    assert "photo The stairs" in said(twilio)


def test_one_file_that_is_kept_is_an_answer(service: Service, twilio: TwilioServer) -> None:
    begin(service)
    send(service, twilio, BROKEN, PICTURE)
    assert sorted(row.status for row in attachments(service)) == ["kept", "refused"]
    assert given(service)["proof"] == ("answered", False)


def test_a_file_that_never_came_is_none_either(service: Service, twilio: TwilioServer) -> None:
    begin(service)
    service.sms("", NumMedia="1", MediaUrl0=twilio.hold(PICTURE))
    twilio.files.clear()
    for _ in range(8):
        service.drain()
        service.clock.forward(hours=4)
    assert attachments(service)[0].status == "lost"
    assert given(service)["proof"] == ("lost", True)


def test_an_older_file_takes_nothing_from_the_newer_answer(
    service: Service, twilio: TwilioServer
) -> None:
    begin(service)
    for data in (BROKEN, PICTURE):
        service.sms("", NumMedia="1", MediaUrl0=twilio.hold(data))
        service.sms("BACK")
    service.drain()
    assert sorted(row.status for row in attachments(service)) == ["kept", "refused"]
    assert given(service)["proof"] == ("answered", False)


def test_an_album_is_an_answer_as_long_as_one_of_it_is_kept(
    service: Service, telegram: TelegramServer
) -> None:
    ask_for_a_photo(service)
    pdf = b"%PDF-1.7 and so on"
    service.telegram(**file(telegram, pdf, "image/jpeg", "d1"), media_group_id="7")
    service.drain()
    assert given(service)["proof"] == ("lost", True)
    service.telegram(**photo(telegram, PICTURE), media_group_id="7")
    service.drain()
    assert given(service)["proof"] == ("answered", False)
    assert not [text for text in replies(telegram) if text.startswith("Please answer in words")]


def test_also_when_the_interview_has_gone_on_from_another_phone(
    service: Service, twilio: TwilioServer
) -> None:
    begin(service)
    service.sms("", NumMedia="1", MediaUrl0=twilio.hold(BROKEN))
    service.sms("CODE")
    code = CODE.search(service.said[-1])
    assert code
    service.telegram(code[0])
    service.drain()
    assert given(service)["proof"] == ("lost", True)
    assert not [text for text in service.said if text.startswith("We could not open")]


def test_a_file_says_nothing_while_a_story_is_told(service: Service, twilio: TwilioServer) -> None:
    service.publish(STORY)
    service.talk("STREET", "yes")
    send(service, twilio, BROKEN)
    service.talk("They came at night.")
    send(service, twilio, PICTURE)
    assert said(twilio) == "We have received it."
    assert given(service) == {
        "consent": ("answered", False),
        "proof": ("answered", False),
        "story": ("open", False),
    }


def test_no_export_and_no_page_shows_it_as_an_answer(
    service: Service, twilio: TwilioServer
) -> None:
    begin(service)
    send(service, twilio, BROKEN)
    library = service.services.library
    with service.database.reading() as session:
        found = whole(session, 1, library)
    extract = take(service.database, library, Order(Filter(flow="proofs")))
    assert found is not None
    assert extract is not None
    rows = [row for table in extract.tables for row in extract.rows(table)]
    assert [one.question for one in found.answers if not one.aside] == ["consent"]
    assert "photo" not in str(rows)
