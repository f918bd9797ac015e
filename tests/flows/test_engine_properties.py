"""What is true of every conversation, whatever is sent, doubled, lost or sent in another order."""

from any_messages import FLOWS, catalogs, conversations
from hypothesis import given
from phone import Phone
from small_flows import examples

from flows import CONSENT, NO, YES, Command, Given, Interview, Outcome, Said, Status, Turn, converse
from flows.phrases import command
from flows.talking.way import way


def play(names: tuple[str, ...], conversation: list[Said]):
    """Every message with the phone before it, and what it came to."""
    phone = Phone({name: FLOWS[name] for name in names})
    for message in conversation:
        before = dict(phone.interviews), phone.current, phone.stopped
        outcome = converse(phone.catalog, phone.standing, message, phone.today)
        again = converse(phone.catalog, phone.reloaded, message, phone.today)
        assert outcome == again, "dumped and loaded again, the same message makes another turn"
        phone.keep(outcome)
        yield message, before, outcome, phone


@examples(300)
@given(catalogs, conversations)
def test_every_conversation_keeps_the_rules(names, conversation):
    """The engine never raises, and after each message every rule below holds."""
    for message, (interviews, current, stopped), outcome, phone in play(names, conversation):
        assert_only_the_asked_answer_changed(interviews, current, phone)
        assert_nothing_before_a_yes(phone)
        assert_what_waits_is_asked(phone, outcome)
        assert_stop_is_heard(message, stopped, outcome, phone)
        assert_the_turn_tells_what_changed(outcome, current)


def assert_only_the_asked_answer_changed(interviews, current, phone: Phone) -> None:
    """In the interview that waited, the answer to its asked question; nothing is ever taken away."""
    for number, interview in phone.interviews.items():
        old = interviews.get(number)
        changed = {
            question
            for question, answer in interview.answers.items()
            if old is None or old.answers.get(question) != answer
        }
        waited = old is not None and old is current and old.state.status is Status.WAITING
        assert changed <= ({old.state.asked} if waited and not old.state.menu else set())
        assert old is None or set(old.answers) <= set(interview.answers)


def assert_nothing_before_a_yes(phone: Phone) -> None:
    for interview in phone.interviews.values():
        consent = interview.answers.get(CONSENT)
        assert consent is not None or not interview.answers
        withdrawn = interview.state.status is Status.DECLINED
        kept = NO if withdrawn else YES
        assert consent is None or (consent.given, consent.value) == (Given.ANSWERED, kept)


def assert_what_waits_is_asked(phone: Phone, outcome: Outcome) -> None:
    """One interview at most waits, for a relevant question, the consent or the language, and it has been said."""
    waiting = [one for one in phone.interviews.values() if one.state.status is Status.WAITING]
    assert len(waiting) <= 1
    for interview in phone.interviews.values():
        state, place = interview.state, interview.state.asked
        open_one = state.status in (Status.WAITING, Status.PAUSED)
        assert place is not None or not open_one
        assert place is None or state.status not in (Status.COMPLETE, Status.DECLINED)
        assert state.attempts >= 0
        if open_one and place != CONSENT:
            assert place in relevant(interview, phone)
            assert interview.flow.by_id[place].asks
    assert outcome.reply is None or outcome.reply.text.strip()
    if outcome.turn is not None:
        assert outcome.reply == outcome.turn.reply
        assert outcome.reply is not None or goes_on(outcome.turn)


def goes_on(turn: Turn) -> bool:
    """A further piece of a story that still waits for DONE: its teller is not interrupted."""
    interview = turn.interview
    asked = interview.flow.by_id[interview.state.asked]
    return asked.multiline and turn.changed == (asked.id,)


def assert_stop_is_heard(message: Said, stopped: bool, outcome: Outcome, phone: Phone) -> None:
    """STOP ends everything and is no answer; after it only START or a start button is heard."""
    steer = message.settled or command(message.text, ["en", "es"])
    for interview in phone.interviews.values():
        for answer in interview.answers.values():
            assert command(answer.words, ["en", "es"]) is not Command.STOP
    if steer is Command.STOP:
        assert phone.stopped
        assert outcome.turn is None
        assert not any(one.state.status is Status.WAITING for one in phone.interviews.values())
    elif stopped and steer is not Command.START and not message.begin:
        assert phone.stopped
        assert outcome.reply is None
        assert outcome.turn is None
    else:
        assert not phone.stopped


def assert_the_turn_tells_what_changed(outcome: Outcome, current: Interview | None) -> None:
    if outcome.turn is None:
        return
    interview = outcome.turn.interview
    assert interview == outcome.interviews[0]
    assert set(outcome.turn.changed) <= {current.state.asked if current else None}
    if outcome.turn.changed:
        asked = {name for name in interview.answers if name != CONSENT}
        aside = asked - way(interview.flow, interview.answers, Phone.today).relevant
        assert outcome.turn.aside == aside


def relevant(interview: Interview, phone: Phone) -> frozenset[str]:
    return way(interview.flow, interview.answers, phone.today).relevant


@examples(60)
@given(conversations)
def test_every_choice_of_a_reply_is_an_answer_to_it(conversation):
    """What a channel shows as buttons is understood when it comes back as text."""
    for _, _, outcome, phone in play(("household", "parks"), conversation):
        for label in outcome.reply.choices if outcome.reply else ():
            pressed = converse(phone.catalog, phone.reloaded, Said(label), phone.today)
            assert pressed.reply != outcome.reply or pressed.interviews != outcome.interviews
