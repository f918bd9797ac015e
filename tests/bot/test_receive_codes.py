"""Another phone, another channel: a code goes out by one and comes in by the other, and its testimony goes along."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from flows.talking.codes import HIDDEN
from storage.dialogues import dialogue
from storage.models import AnswerRow, AuditEvent, Contact, InterviewRow, MessageRow, Receipt
from tests.bot.conftest import ON_POSTGRESQL, ON_SQLITE, RESIDENT, Service, Serving
from tests.bot.test_receive_edits import edit
from tests.bot.test_web_phone import Browser
from tests.support.providers import TelegramServer

OTHER = "+14045550199"
WRONG = "We do not know this code, or it was used. Please check it and send it again."
MANY = "That was too many tries. Please wait an hour."
CODE = re.compile(r"[2-9A-Z]{4}-[2-9A-Z]{4}")
UNKNOWN = "7F3K-9QRT"

PRIVATE = """
flow: private
title: Private
languages: [en]
keywords: {en: [PRIVATE]}
contact: The testers
not_private: true
consent: {label: May we?, declined: Good bye.}
questions:
  name: {type: text, label: Your name?}
  papers: {type: text, label: "Which papers, {name|friend}?", sensitive: true}
  story: {type: text, multiline: true, label: What happened?}
closing: Thank you.
"""


def chat(service: Service, *texts: str) -> None:
    """The resident's other phone writes by Telegram, and each text is answered before the next."""
    for text in texts:
        assert service.telegram(text) == 200
        service.drain()


def code_of(service: Service, sender: str = RESIDENT) -> str:
    """The code that a resident is given for what was told."""
    service.talk("CODE", sender=sender)
    found = CODE.search(service.said[-1])
    assert found
    return found[0]


def last(service: Service) -> str:
    return service.said[-1]


def owners(service: Service) -> list[str]:
    """The channel of the contact who has each interview."""
    channels = {row.id: row.channel for row in service.rows(Contact)}
    return [channels[row.contact_id] for row in service.rows(InterviewRow)]


def test_a_testimony_begun_by_text_message_goes_on_in_telegram(
    service: Service, telegram: TelegramServer
) -> None:
    service.talk("RIGHTS", "yes", "Atlanta", "housing")
    chat(service, code_of(service))

    said = telegram.sent[-1]["text"]
    assert said.startswith("Your code is right. You can go on here.")
    assert "Atlanta" not in said
    assert owners(service) == ["telegram"]
    assert [row.veiled for row in service.rows(AnswerRow)] == [True] * 3
    asked = service.rows(InterviewRow)[0].asked
    chat(service, "1")
    assert service.rows(InterviewRow)[0].asked != asked
    assert not service.rows(AnswerRow)[-1].veiled


@pytest.mark.parametrize("typed", ["{}", " {} ", "/start {}"])
def test_a_code_is_heard_as_people_type_it(service: Service, typed: str) -> None:
    service.talk("RIGHTS", "yes")
    code = code_of(service)
    bare = code.replace("-", "").lower()
    chat(service, typed.format(bare if "start" in typed else code.lower()))
    assert owners(service) == ["telegram"]


def test_a_code_is_good_once_and_the_newest_alone(service: Service) -> None:
    service.talk("RIGHTS", "yes")
    older, newer = code_of(service), code_of(service)
    chat(service, older)
    assert last(service) == WRONG
    chat(service, newer)
    assert owners(service) == ["telegram"]
    service.talk(newer, sender=OTHER)
    assert last(service) == WRONG
    assert owners(service)[0] == "telegram"


def test_ones_own_code_resumes_and_stays_good(service: Service) -> None:
    service.talk("RIGHTS", "yes", "PAUSE")
    code = code_of(service)
    service.talk(code)
    assert last(service).startswith("Welcome back.")
    assert [row.used_at for row in service.rows(Receipt)] == [None]
    chat(service, code)
    assert owners(service) == ["telegram"]


def test_every_wrong_code_gets_the_same_words(service: Service) -> None:
    """Unknown, too old, void, used, of an erased testimony, or the receipt of an erasure: nobody learns which."""
    service.publish(PRIVATE)
    service.talk("PRIVATE", "yes", "Ana")
    old = code_of(service)
    service.clock.forward(days=91)
    void, good = code_of(service), code_of(service)
    chat(service, UNKNOWN, old, void)
    assert service.said[-3:] == [WRONG] * 3
    chat(service, good)
    service.talk("PRIVATE", "yes", "Rosa", sender="+14045550198")
    gone = code_of(service, "+14045550198")
    service.talk("DELETE", "DELETE", sender="+14045550198")
    receipt = CODE.search(last(service))
    assert receipt
    service.talk(good, gone, receipt[0], sender=OTHER)
    assert service.said[-3:] == [WRONG] * 3


def test_five_codes_at_once_are_tried_and_then_one_in_twelve_minutes(service: Service) -> None:
    service.talk("RIGHTS", "yes")
    code = code_of(service)
    chat(service, *(f"{UNKNOWN[:-1]}{end}" for end in "23456"))
    assert last(service) == WRONG
    chat(service, code)
    assert last(service) == MANY
    service.clock.forward(minutes=12)
    chat(service, UNKNOWN)
    assert last(service) == WRONG
    chat(service, code)
    assert last(service) == MANY
    service.clock.forward(minutes=12)
    chat(service, code)
    assert owners(service) == ["telegram"]


@ON_SQLITE
def test_sixty_wrong_codes_an_hour_are_enough_for_a_channel(service: Service) -> None:
    """Whoever has many numbers may guess no more than whoever has one; another channel is not held up."""
    service.talk("RIGHTS", "yes")
    code = code_of(service)
    for number in range(62):
        service.talk(UNKNOWN, sender=f"+140455502{number:02}")
    assert (service.said.count(WRONG), last(service)) == (61, MANY)  # one more after a minute
    service.talk(code, sender=OTHER)
    assert last(service) == MANY
    chat(service, code)
    assert owners(service) == ["telegram"]


def test_words_that_look_like_a_code_are_an_answer(service: Service) -> None:
    service.talk("RIGHTS", "yes", "2345 West")
    assert service.rows(InterviewRow)[0].asked == "issues"
    assert [row.question for row in service.rows(AnswerRow)] == ["consent", "place"]


def test_words_of_no_such_form_are_not_even_tried(service: Service) -> None:
    service.talk("RIGHTS", "yes", "HARASSED")
    assert service.counts()["rates"] == 0


def test_the_phone_left_behind_begins_anew(service: Service) -> None:
    service.talk("RIGHTS", "yes", "Atlanta")
    chat(service, code_of(service))
    service.talk("hello?")
    assert "May we ask you" in last(service)
    assert owners(service) == ["telegram", "sms"]
    service.talk("yes", "Macon", "STOP")
    assert [row.status for row in service.rows(InterviewRow)] == ["waiting", "withdrawn"]


def test_an_interview_of_ones_own_is_put_aside_and_comes_back(service: Service) -> None:
    chat(service, "/start", "yes")
    service.talk("RIGHTS", "yes", "Atlanta")
    chat(service, code_of(service))
    assert [row.status for row in service.rows(InterviewRow)] == ["paused", "waiting"]
    assert [row.asked for row in service.rows(InterviewRow)] == ["place", "issues"]


def test_what_is_complete_takes_further_words(service: Service) -> None:
    service.publish(PRIVATE)
    chat(service, "/start city-testimony", "yes")
    service.talk("PRIVATE", "yes", "Ana", "SKIP", "SKIP")
    chat(service, code_of(service), "And they came back.")
    assert [row.status for row in service.rows(InterviewRow)] == ["paused", "complete"]
    (told,) = [row for row in service.rows(MessageRow) if row.heard == "unasked"][-1:]
    assert told.interview_id == 2


def test_a_code_shows_no_words_that_were_added_before_it(service: Service) -> None:
    service.publish(PRIVATE)
    service.talk("PRIVATE", "yes", "Ana", "SKIP", "SKIP", "And at night.")
    chat(service, code_of(service), "And by day.", "COPY")
    assert last(service) == "What you told us:\n\n(told before, not shown here)\n\nAnd by day."
    chat(service, "CODE")
    back = CODE.search(last(service))
    assert back
    service.talk(back[0], "And again.", "COPY")  # nor on the phone that they were told on
    assert last(service) == "What you told us:\n\n(told before, not shown here)\n\nAnd again."


def test_an_edit_on_the_phone_left_behind_changes_nothing(service: Service) -> None:
    service.publish(PRIVATE)
    chat(service, "PRIVATE", "yes", "Ana", "SKIP", "They came at night.", "CODE")
    code = CODE.search(last(service))
    assert code
    service.talk(code[0])
    before, said = service.rows(AnswerRow), len(service.said)
    edit(service, 3, "Rosa")
    edit(service, 5, "They came by day.")
    after = service.rows(AnswerRow)
    assert [(row.words, row.at) for row in after] == [(row.words, row.at) for row in before]
    assert len(service.said) == said
    service.talk("SKIP", "COPY")
    assert "Ana" not in last(service)
    assert "night" not in last(service)


def test_staff_see_where_it_went_on_and_no_code(service: Service) -> None:
    service.talk("RIGHTS", "yes")
    code = code_of(service)
    chat(service, code, "Atlanta")
    with service.database.reading() as session:
        lines = list(dialogue(session, 1))
        (moved,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "move"))
    assert [line.channel for line in lines][-4:] == ["telegram"] * 4
    assert len({line.contact for line in lines}) == 2
    assert not any(code in line.text for line in lines)
    assert sum(HIDDEN in line.text for line in lines) == 2
    assert moved.detail == {"from_contact": 1, "to_contact": 2}


def test_another_browser_goes_on_too(service: Service) -> None:
    one, other = Browser(service), Browser(service)
    one.open()
    one.say("Start", "yes", "Atlanta", "CODE")
    code = CODE.search(last(service))
    assert code
    other.open()
    other.say(code[0])
    assert last(service).startswith("Your code is right.")
    assert "Atlanta" not in other.page
    assert [row.contact_id for row in service.rows(InterviewRow)] == [2]


def test_a_link_in_a_text_message_opens_telegram_at_the_same_question(
    serving: Serving, telegram: TelegramServer
) -> None:
    service = serving(TELEGRAM_BOT_NAME="Testimony_bot")
    service.publish(PRIVATE)
    service.talk("PRIVATE", "yes", "Ana")
    link = re.search(r"https://t\.me/Testimony_bot\?start=([2-9A-Z]{8})\b", last(service))
    assert link
    chat(service, f"/start {link[1]}")
    said = telegram.sent[-1]["text"]
    assert said.startswith("Your code is right.")
    assert said.endswith("Which papers, friend?")
    assert owners(service) == ["telegram"]


def test_without_a_bots_name_there_is_no_link_and_no_code(service: Service) -> None:
    service.publish(PRIVATE)
    service.talk("PRIVATE", "yes", "Ana")
    assert "t.me" not in last(service)
    assert service.rows(Receipt) == []


def test_a_wrong_code_behind_a_start_button_begins_nothing(service: Service) -> None:
    chat(service, "/start 7F3K9QRT")
    assert last(service) == WRONG
    assert service.rows(InterviewRow) == []


@ON_SQLITE
def test_a_survey_may_have_a_name_that_looks_like_a_code(service: Service) -> None:
    service.publish(PRIVATE.replace("flow: private", "flow: a2b3c4d5"))
    chat(service, "/start a2b3c4d5")
    assert last(service).startswith("May we?")


def at_once(*acts: Callable[[], object]) -> None:
    """All of them, each in a thread of its own, let go at the same moment."""
    barrier = Barrier(len(acts))

    def wait_and_act(act: Callable[[], object]) -> object:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        list(pool.map(wait_and_act, acts))


def sms(service: Service, number: int, body: str, sender: str) -> Callable[[], object]:
    """A text message that comes in by a thread of its own."""

    def come() -> None:
        form = {"MessageSid": f"SM{number:032x}", "From": sender, "Body": body}
        assert service.signed("/webhooks/twilio", form) == 200

    return come


@ON_POSTGRESQL
def test_of_many_who_send_the_same_code_at_once_one_wins(service: Service) -> None:
    service.talk("RIGHTS", "yes")
    code = code_of(service)
    at_once(*(sms(service, 0xA0 + one, code, f"+1404555030{one}") for one in range(6)))
    service.drain()
    taken = [text for text in service.said if text.startswith("Your code is right.")]
    assert (len(taken), service.said.count(WRONG)) == (1, 5)
    assert len([row for row in service.rows(AuditEvent) if row.action == "move"]) == 1


@ON_POSTGRESQL
def test_two_who_send_each_others_codes_at_once_change_places(service: Service) -> None:
    """Each locks the other: in the order of their ids, or they would wait for each other for ever."""
    for trial in range(4):
        one, two = f"+1404555040{trial}", f"+1404555050{trial}"
        for sender in (one, two):
            service.talk("RIGHTS", "yes", sender=sender)
        first, second = code_of(service, one), code_of(service, two)
        before = {row.id: row.contact_id for row in service.rows(InterviewRow)[-2:]}
        number = 0xB00 + 16 * trial
        at_once(
            sms(service, number, second, one),
            sms(service, number + 1, first, two),
            sms(service, number + 2, "Atlanta", one),
            sms(service, number + 3, "Macon", two),
        )
        service.drain()
        after = {row.id: row.contact_id for row in service.rows(InterviewRow)}
        assert [after[number] for number in before] == [*before.values()][::-1]


@ON_POSTGRESQL
def test_the_phone_left_behind_may_write_at_the_same_moment(service: Service) -> None:
    """Its words come before the move and count, or after it and begin anew; none is lost."""
    for trial in range(4):
        sender = f"+1404555060{trial}"
        service.talk("RIGHTS", "yes", sender=sender)
        code, number = code_of(service, sender), 0xC00 + 16 * trial
        at_once(
            sms(service, number, code, f"+1404555070{trial}"),
            sms(service, number + 1, "Atlanta", sender),
        )
        service.drain()
    assert service.heard.count("Atlanta") == 4
    assert not any(row.attention for row in service.rows(MessageRow))
    assert len([row for row in service.rows(AuditEvent) if row.action == "move"]) == 4
