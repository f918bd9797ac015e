"""Edits, blockings and deep links of Telegram: an edited message corrects the answer that it was."""

import pytest

from storage.models import AnswerRow, InterviewRow, MessageRow
from storage.suppressions import BY_BLOCKING, BY_WORD
from storage.testimonies import whole
from tests.bot.conftest import CHAT, ON_SQLITE, Service
from tests.support.providers import TelegramServer

STORY = """
flow: story
title: A story
languages: [en]
keywords: {en: [STORY]}
contact: The testers
consent: {label: May we?, declined: Good bye.}
questions:
  story: {type: text, multiline: true, label: What happened?}
closing: Thank you.
"""
PERSON = {"id": CHAT, "is_bot": False, "first_name": "R", "language_code": "en"}
CHATTING = {"id": CHAT, "type": "private"}


def tell(service: Service, *texts: str) -> None:
    for text in texts:
        assert service.telegram(text) == 200
        service.drain()


def edit(service: Service, message_id: int, text: str) -> None:
    service.count += 1
    message = {"message_id": message_id, "date": 1_780_000_000, "edit_date": 1_780_000_100}
    message |= {"chat": CHATTING, "from": PERSON, "text": text}
    assert service.update({"update_id": 9000 + service.count, "edited_message": message}) == 200
    service.drain()


def member(service: Service, status: str) -> None:
    service.count += 1
    bot = {"id": 1, "is_bot": True, "first_name": "B"}
    old, new = ({"user": bot, "status": status} for status in ("member", status))
    if status == "kicked":
        new["until_date"] = 0
    change = {"chat": CHATTING, "from": PERSON, "date": 1_780_000_200}
    change |= {"old_chat_member": old, "new_chat_member": new}
    assert service.update({"update_id": 9000 + service.count, "my_chat_member": change}) == 200
    service.drain()


def test_an_edit_corrects_the_answer_and_both_versions_are_kept(
    service: Service, telegram: TelegramServer
) -> None:
    tell(service, "/start", "yes", "Atlanta")
    edit(service, 3, "East Point")
    edit(service, 3, "College Park")

    original, first, second = [row for row in service.rows(MessageRow) if row.direction == "in"][2:]
    assert service.heard[2:] == ["Atlanta", "East Point", "College Park"]
    assert (first.edits_id, second.edits_id) == (original.id, original.id)
    assert first.interview_id == second.interview_id == original.interview_id
    assert telegram.sent[-1]["text"] == "We understood: College Park."
    assert words(service, "place") == "College Park"
    assert service.rows(InterviewRow)[0].asked == "issues"


def words(service: Service, question: str) -> str:
    with service.database.reading() as session:
        library = service.services.library
        found = whole(session, 1, library)
        assert found is not None
        return next(one.answer.words for one in found.answers if one.question == question)


def test_an_edit_of_a_choice_changes_what_follows_from_it(
    service: Service, telegram: TelegramServer
) -> None:
    """What waited is not relevant any more: the next question is asked."""
    tell(service, "/start", "yes", "Atlanta", "1 2", "1")
    assert service.rows(InterviewRow)[0].asked == "home_parts"
    edit(service, 5, "2")
    assert service.rows(InterviewRow)[0].asked == "needs_parts"
    assert telegram.sent[-1]["text"].startswith("We understood: Food, water, power, benefits.")


def test_an_edit_that_does_not_fit_changes_nothing_and_is_marked(
    service: Service, telegram: TelegramServer
) -> None:
    tell(service, "/start", "yes", "Atlanta", "1 2")
    replies = len(telegram.sent)
    edit(service, 4, "something else altogether")
    assert len(telegram.sent) == replies
    assert service.rows(MessageRow)[-1].attention == "an edit that does not fit issues"
    assert service.rows(InterviewRow)[0].asked == "main"


def test_any_piece_of_a_story_can_be_edited(service: Service, telegram: TelegramServer) -> None:
    service.publish(STORY)
    tell(service, "STORY", "yes", "They came at nine.", "They took the door.")
    edit(service, 3, "They came at ten.")
    assert words(service, "story") == "They came at ten.\nThey took the door."
    tell(service, "DONE")
    edit(service, 4, "They took the window.")
    assert words(service, "story") == "They came at ten.\nThey took the window."


def test_an_edited_sensitive_answer_is_not_said_again(
    service: Service, telegram: TelegramServer
) -> None:
    service.publish(STORY.replace("multiline: true", "sensitive: true"))
    tell(service, "STORY", "yes", "I have no papers")
    edit(service, 3, "My papers ran out")
    assert telegram.sent[-1]["text"] == "We have received it."
    assert words(service, "story") == "My papers ran out"


def test_an_edit_of_the_consent_is_for_people_to_see(
    service: Service, telegram: TelegramServer
) -> None:
    tell(service, "/start", "yes", "Atlanta")
    edit(service, 2, "no")
    assert service.rows(MessageRow)[-1].attention == "an edit that does not fit consent"


def test_an_edit_of_an_unknown_message_is_kept(service: Service, telegram: TelegramServer) -> None:
    edit(service, 4711, "what I meant")
    row = service.rows(MessageRow)[0]
    assert service.heard == ["what I meant"]
    assert (row.edits_id, row.interview_id) == (None, None)
    assert telegram.sent == []


@ON_SQLITE
@pytest.mark.parametrize("text", ["STOP", "/start", "RIGHTS", ""])
def test_an_edit_into_a_command_commands_nothing(
    service: Service, telegram: TelegramServer, text: str
) -> None:
    tell(service, "/start", "yes", "Atlanta")
    edit(service, 3, text)
    interview = service.rows(InterviewRow)[0]
    assert (interview.status, interview.asked) == ("waiting", "issues")
    assert service.stopped == []
    assert len(telegram.sent) == 3


def test_blocking_withdraws_and_ends_messages(service: Service, telegram: TelegramServer) -> None:
    tell(service, "/start", "yes")
    service.telegram("Atlanta")  # its reply waits when the person blocks us
    member(service, "kicked")

    assert service.rows(InterviewRow)[0].status == "withdrawn"
    assert service.stopped == [BY_BLOCKING]
    assert len(telegram.sent) == 2
    assert [row.status for row in service.rows(MessageRow)][-1] == "failed"


def test_letting_us_in_again_lifts_a_blocking(service: Service, telegram: TelegramServer) -> None:
    tell(service, "/start", "yes")
    member(service, "kicked")
    member(service, "member")
    assert service.stopped == []
    tell(service, "RIGHTS")
    assert "May we ask you" in telegram.sent[-1]["text"]


def test_letting_us_in_again_does_not_lift_a_stop(service: Service) -> None:
    tell(service, "/start", "STOP")
    member(service, "kicked")
    member(service, "member")
    assert service.stopped == [BY_WORD]


@pytest.mark.parametrize("end", ["block", "stop"])
def test_the_start_button_lifts_and_begins(
    service: Service, telegram: TelegramServer, end: str
) -> None:
    tell(service, "/start", "yes", "Atlanta")
    if end == "block":
        member(service, "kicked")
    else:
        tell(service, "STOP")
    tell(service, "anyone there?")
    silent = len(telegram.sent)
    tell(service, "/start city-testimony")

    assert service.stopped == []
    assert len(telegram.sent) == silent + 1
    assert [row.status for row in service.rows(InterviewRow)] == ["withdrawn", "waiting"]


def test_a_blocking_by_somebody_unknown_is_remembered(service: Service) -> None:
    member(service, "kicked")
    assert service.stopped == [BY_BLOCKING]


def test_a_deep_link_opens_its_flow_and_goes_on_with_it(
    service: Service, telegram: TelegramServer
) -> None:
    tell(service, "/start city-testimony", "yes", "/start city-testimony")
    assert len(service.rows(InterviewRow)) == 1
    assert telegram.sent[-1]["text"].startswith("Welcome back.")


def test_a_deep_link_to_an_unknown_flow_shows_the_menu(
    service: Service, telegram: TelegramServer
) -> None:
    tell(service, "/start no-such-flow")
    assert telegram.sent[-1]["text"].startswith("1. Human rights in our city")
    assert service.rows(InterviewRow) == []
    tell(service, "1")
    assert service.rows(InterviewRow)[0].flow == "city-testimony"


def test_a_number_after_a_menu_picks_a_flow_though_a_question_waits(service: Service) -> None:
    """A number that answers the menu never answers the question that waited before it."""
    tell(service, "/start", "yes", "/start no-such-flow", "1")
    assert [row.question for row in service.rows(AnswerRow)] == ["consent"]
    assert service.rows(InterviewRow)[0].asked == "place"


def test_a_lone_half_of_an_emoji_is_kept_and_answered(service: Service) -> None:
    tell(service, "/start", "yes", "sad \ud83d town")
    assert service.heard[-1] == "sad \ufffd town"
    assert service.rows(InterviewRow)[0].asked == "issues"
