"""Interviews between two messages: what is loaded is what was saved, down to the last mark of an answer."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import (
    CONSENT,
    Answer,
    Given,
    Interview,
    Menu,
    Outcome,
    Reply,
    Standing,
    State,
    Status,
    Turn,
    load,
)
from storage import contacts, interviews, library, messages, saving
from storage.library import Library
from storage.models import AnswerRow, Contact, InterviewRow
from storage.suppressions import BY_WORD
from tests.storage.material import NOW, RESIDENT, arrival, source

OTHER = source("  wish: {type: text, label: What do you wish?}\n", flow="other", keyword="OTHER")
LATER = NOW + timedelta(minutes=1)

ANSWERS = {
    "a text": ("said", Answer(Given.ANSWERED, None, "They came at night.\n=1+1", "en")),
    "a whole number": ("people", Answer(Given.ANSWERED, 3, "", "en")),
    "zero": ("people", Answer(Given.ANSWERED, 0, "", "en")),
    "the largest whole number": ("people", Answer(Given.ANSWERED, 10**15 - 1, "", "en")),
    "a decimal": ("rent", Answer(Given.ANSWERED, Decimal("950.25"), "", "en")),
    "a whole decimal": ("rent", Answer(Given.ANSWERED, Decimal("900"), "", "en")),
    "the longest decimal": ("rent", Answer(Given.ANSWERED, Decimal("0.1234567890123"), "", "en")),
    "a date": ("moved", Answer(Given.ANSWERED, date(1999, 12, 31), "", "es")),
    "a choice": ("home", Answer(Given.ANSWERED, "flat", "", "es")),
    "one of several": ("pets", Answer(Given.ANSWERED, ("dog",), "", "en")),
    "several": ("pets", Answer(Given.ANSWERED, ("cat", "dog"), "", "en")),
    "a consent": ("quote", Answer(Given.ANSWERED, "no", "", "en")),
    "the first consent": (CONSENT, Answer(Given.ANSWERED, "yes", "", "en")),
    "refused": ("people", Answer(Given.REFUSED, None, "", "en")),
    "kept as written": ("moved", Answer(Given.KEPT, None, "when the rain came", "en")),
}


class Desk:
    """One contact and one open transaction."""

    def __init__(self, session: Session) -> None:
        self.session, self.shelf = session, Library()
        self.contact = contacts.lock_contact(session, "sms", RESIDENT, NOW)
        self.catalog = self.shelf.catalog(session)

    def save(self, *kept: Interview, turn: Turn | None = None, at: timedelta = timedelta()) -> int:
        message = messages.claim(self.session, arrival(self.contact.id))
        outcome = Outcome(interviews=kept, turn=turn)
        assert message is not None
        saved = saving.save(self.session, self.contact, outcome, self.shelf, message, NOW + at)
        self.session.flush()
        self.session.expire_all()
        return saved or 0

    def answer(self, kept: Interview, *changed: str, aside: frozenset[str] = frozenset()) -> int:
        return self.save(kept, turn=Turn(kept, Reply(""), changed, aside))

    def new(self, flow: str = "small", **state: object) -> Interview:
        return Interview(self.catalog[flow], replace(State("en"), **state))  # type: ignore[arg-type]

    @property
    def standing(self) -> Standing:
        return interviews.standing(self.session, self.contact, Library(), NOW)

    @property
    def current(self) -> Interview:
        found = self.standing.current
        assert found is not None
        return found


@pytest.fixture
def desk(session: Session) -> Desk:
    for text in (source(), OTHER):
        library.publish(session, load(text), text, NOW)
    return Desk(session)


def test_a_new_contact_stands_at_the_beginning(desk: Desk) -> None:
    assert desk.standing == Standing()


@pytest.mark.parametrize(("question", "answer"), ANSWERS.values(), ids=ANSWERS)
def test_every_kind_of_answer_comes_back_as_it_was(
    desk: Desk, question: str, answer: Answer
) -> None:
    desk.answer(replace(desk.new(asked="said"), answers={question: answer}), question)
    loaded = desk.current.answers
    assert loaded == {question: answer}
    assert type(loaded[question].value) is type(answer.value)
    assert str(loaded[question].value) == str(answer.value)  # a pipe says it as before


@pytest.mark.parametrize(
    "state",
    [
        State(None, Status.WAITING, CONSENT, 0, Menu.LANGUAGES),
        State("es", Status.WAITING, "people", 2, Menu.ANSWERS),
        State("en", Status.COMPLETE, None, 0),
        State("en", Status.DECLINED, None, 1),
        State("en", Status.WITHDRAWN, None, 0),
        State("en", Status.PAUSED, "rent", 0),
    ],
)
def test_every_state_comes_back_as_it_was(desk: Desk, state: State) -> None:
    saved = desk.save(Interview(desk.catalog["small"], state))
    assert desk.current.state == state
    assert desk.current.id == saved
    assert desk.current.flow.version == desk.catalog["small"].version


def test_an_interview_that_is_saved_again_stays_the_same_one(desk: Desk) -> None:
    first = desk.save(desk.new(asked="said"))
    moved = replace(desk.current, state=replace(desk.current.state, asked="people"))
    assert desk.save(moved) == first
    assert desk.current.state.asked == "people"


def test_an_answer_given_again_takes_the_place_of_the_first(desk: Desk) -> None:
    people = {"people": Answer(Given.ANSWERED, 3, "", "en")}
    desk.answer(replace(desk.new(), answers=people), "people")
    changed = {"people": Answer(Given.KEPT, None, "a few", "es")}
    desk.answer(replace(desk.current, answers=changed), "people")
    assert desk.current.answers == changed


def test_only_what_a_turn_changed_is_written(desk: Desk) -> None:
    both = {"people": Answer(Given.ANSWERED, 3), "home": Answer(Given.ANSWERED, "flat")}
    desk.answer(replace(desk.new(), answers=both), "people")
    assert set(desk.current.answers) == {"people"}


def test_answers_are_set_aside_and_taken_back_with_each_turn(desk: Desk) -> None:
    both = {"people": Answer(Given.ANSWERED, 3), "home": Answer(Given.ANSWERED, "flat")}

    def aside() -> set[str]:
        rows = desk.session.scalars(select(AnswerRow).where(AnswerRow.aside))
        return {row.question for row in rows}

    desk.answer(replace(desk.new(), answers=both), "people", "home")
    assert aside() == set()
    desk.answer(desk.current, "people", aside=frozenset({"home"}))
    assert aside() == {"home"}
    assert set(desk.current.answers) == {"people", "home"}  # kept all the same
    desk.answer(desk.current, "people")
    assert aside() == set()


def test_the_end_is_stamped_once(desk: Desk) -> None:
    desk.save(desk.new(asked="quote"))
    ended = replace(desk.current, state=State("en", Status.COMPLETE))
    desk.save(ended, at=timedelta(minutes=1))
    desk.save(ended, at=timedelta(minutes=2))
    row = desk.session.scalars(select(InterviewRow)).one()
    assert (row.started_at, row.completed_at) == (NOW, LATER)
    assert row.moved_at == LATER + timedelta(minutes=1)


def test_the_one_that_waits_is_current_else_the_one_that_moved_last(desk: Desk) -> None:
    first = desk.save(desk.new(asked="said"))
    second = desk.save(desk.new("other", status=Status.COMPLETE), at=timedelta(minutes=1))
    assert desk.current.id == first
    desk.save(replace(desk.current, state=State("en", Status.WITHDRAWN)))
    assert desk.current.id == second


def test_those_put_aside_are_known_by_their_flow(desk: Desk) -> None:
    paused = desk.save(desk.new("other", status=Status.PAUSED, asked="wish"))
    waiting = desk.save(desk.new(asked="said"))
    standing = desk.standing
    assert standing.current is not None
    assert standing.current.id == waiting
    assert {name: one.id for name, one in standing.paused.items()} == {"other": paused}


def test_what_the_contact_chose_stands_with_the_contact(desk: Desk) -> None:
    desk.contact.language, desk.contact.menu = "es", "flows"
    contacts.stop(desk.session, desk.contact, BY_WORD, NOW)
    desk.session.flush()
    desk.session.expire_all()
    assert desk.standing == Standing(language="es", stopped=True, menu=Menu.FLOWS)


def keep_and_fail(desk: Desk, changed: Interview, held: InterviewRow) -> None:
    with desk.session.begin_nested():
        saving.keep(desk.session, desk.contact, changed, desk.shelf, LATER)
        assert held.asked == "people"
        raise RuntimeError


def test_a_row_in_hand_tells_what_was_saved_and_not_what_was_taken_back(desk: Desk) -> None:
    """After a bug of ours the deciding is rolled back: what is said then must rest on what is kept."""
    desk.save(desk.new(asked="said"))
    held = desk.session.scalars(select(InterviewRow)).one()
    now = desk.current
    with pytest.raises(RuntimeError):
        keep_and_fail(desk, replace(now, state=replace(now.state, asked="people")), held)
    assert held.asked == "said"


def test_withdrawing_ends_what_is_open_and_nothing_else(desk: Desk) -> None:
    done = desk.save(desk.new(status=Status.COMPLETE))
    paused = desk.save(desk.new("other", status=Status.PAUSED, asked="wish"))
    waiting = desk.save(desk.new(asked="said"))
    stranger = contacts.lock_contact(desk.session, "sms", RESIDENT + "9", NOW)
    assert interviews.any_open(desk.session, desk.contact.id)
    saving.withdraw(desk.session, desk.contact.id, LATER)
    desk.session.expire_all()
    rows = {row.id: row for row in desk.session.scalars(select(InterviewRow))}
    assert rows[done].status == Status.COMPLETE
    assert {rows[one].status for one in (paused, waiting)} == {Status.WITHDRAWN}
    assert [rows[one].asked for one in (paused, waiting)] == ["wish", "said"]  # where they left
    for who in (desk.contact, stranger):
        assert not interviews.any_open(desk.session, who.id)


def test_one_contacts_interviews_are_not_anothers(desk: Desk) -> None:
    desk.save(desk.new(asked="said"))
    stranger: Contact = contacts.lock_contact(desk.session, "sms", RESIDENT + "9", NOW)
    assert interviews.standing(desk.session, stranger, desk.shelf, NOW).current is None
