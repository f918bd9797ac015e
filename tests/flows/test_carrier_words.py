"""What one message means before any question: the carriers' words, keywords, buttons and the menu."""

import pytest
from phone import Phone
from small_flows import TODAY, flow_of, shipped

from flows import CONSENT, Command, Said, Status, converse
from flows.phrases import command, phrasebook

STOPS = [
    "STOP",
    "stop",
    "Stop.",
    " STOP! ",
    "STOPALL",
    "stop all",
    "UNSUBSCRIBE",
    "cancel",
    "END",
    "Quit",
    "REVOKE",
]
STOPS += [
    "optout",
    "OPT OUT",
    "opt-out",
    "PARAR",
    "pare",
    "Alto",
    "BAJA",
    "cancelar",
    "ＳＴＯＰ",
    "/stop",
    "st\u200bop",
    "Please stop!",
    "stop texting me",
    "No me manden más mensajes",
]
STARTS = ["START", "unstop", "Start!", "/start", "INICIAR", "reanudar"]
HELPS = ["HELP", "help?", "INFO", "Ayuda", "¡AYUDA!", "/help"]
OTHERS = {
    "BACK": "back",
    "atrás": "back",
    "Skip": "skip",
    "OMITIR": "skip",
    "again": "repeat",
    "lengua": "language",
}
WORDS = {
    **dict.fromkeys(STOPS, Command.STOP),
    **dict.fromkeys(STARTS, Command.START),
    **dict.fromkeys(HELPS, Command.HELP),
    **{word: Command(key) for word, key in OTHERS.items()},
}
PARKS = {"parks": shipped("parks")}
BOTH = {"household": shipped("household"), **PARKS}


@pytest.mark.parametrize(("text", "expected"), WORDS.items())
def test_a_command_is_the_whole_message_in_any_case(text, expected):
    assert command(text, ["en", "es"]) is expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "don't stop",
        "stop the bus",
        "stops",
        "stpo",
        "help me",
        "yes",
        "sí",
        "no",
        "1",
        "end it",
        "the end",
    ],
)
def test_a_word_inside_a_message_is_no_command(text):
    assert command(text, ["en", "es"]) is None


def test_english_commands_work_in_every_language_and_others_in_their_own():
    assert command("STOP", ["es"]) is command("stop", ["vi"]) is Command.STOP
    assert command("ATRAS", ["en"]) is None
    assert command("ATRAS", ["en", "es"]) is Command.BACK


def test_stop_is_heard_in_every_language_of_the_program():
    assert command("PARAR", ["en"]) is command("PARAR", ["vi"]) is Command.STOP


@pytest.mark.parametrize("text", STOPS)
def test_stop_ends_everything_with_one_confirmation(text):
    """At the consent, at a question, with another interview put aside, and a second time in silence."""
    phone = Phone(BOTH, language="en")
    phone.hears("PARKS", "yes", "HOUSEHOLD")
    assert phone.hears(text).startswith("You will get no more messages from")
    assert phone.stopped
    assert {one.state.status for one in phone.interviews.values()} == {Status.WITHDRAWN}
    assert phone.hears(text) == ""


@pytest.mark.parametrize("text", ["yes", "PARKS", "hello", "1", "BACK", "HELP", ""])
def test_after_stop_nothing_but_start_is_heard(text):
    """What is written is kept with the interview that was last."""
    phone = Phone(PARKS, language="en")
    phone.hears("PARKS", "yes", "STOP")
    outcome = phone.send(text)
    assert (outcome.reply, outcome.turn, phone.stopped) == (None, None, True)
    assert outcome.interviews == (phone.current,)


@pytest.mark.parametrize("text", STARTS)
def test_start_lifts_a_stop_and_begins_nothing(text):
    phone = Phone(PARKS, language="en")
    phone.hears("PARKS", "STOP")
    assert phone.hears(text) == (
        "You can get messages from us again. To tell us something, send PARKS."
    )
    assert not phone.stopped
    assert phone.current.state.status is Status.WITHDRAWN


def test_a_start_button_lifts_a_stop_and_begins():
    phone = Phone(PARKS, language="en")
    phone.hears("PARKS", "STOP")
    assert phone.send("", begin=True).reply.text.startswith("May we ask two things")
    assert (phone.stopped, phone.current.state.asked) == (False, CONSENT)


@pytest.mark.parametrize("steer", [Command.STOP, Command.START, Command.HELP])
def test_what_the_carrier_has_answered_is_not_answered_twice(steer):
    """It counts all the same."""
    phone = Phone(PARKS, language="en")
    phone.hears("PARKS", "yes")
    phone.stopped = steer is Command.START
    outcome = phone.send(steer.upper(), settled=steer)
    assert outcome.reply is None
    assert phone.stopped == (steer is Command.STOP)


def test_the_carrier_knows_more_words_than_we_do():
    """What it settled as a STOP is one, whatever the word."""
    phone = Phone(PARKS, language="en")
    phone.hears("PARKS", "yes")
    assert phone.send("ARRET", settled=Command.STOP).stopped
    assert phone.current.state.status is Status.WITHDRAWN


def test_a_contact_without_an_interview_can_stop_and_ask_for_help():
    """Both name who we are."""
    assert "The Park Friends" in Phone(PARKS).hears("HELP")
    assert "The Park Friends" in Phone(PARKS).hears("STOP")


@pytest.mark.parametrize("language", ["en", "es"])
def test_without_any_flow_nobody_is_named(language):
    """The sentences are whole all the same."""
    phone = Phone({}, language=language)
    assert phone.hears("hello") == phrasebook(language).say("no_flow")
    for reply in (phone.hears("HELP"), phone.hears("STOP")):
        assert reply[0].isupper()
        assert " ." not in reply
    assert phone.stopped


def test_a_stop_in_the_language_of_the_interview_counts_when_its_flow_is_gone():
    """An interview outlives the publishing of its flow; STOP is never an answer."""
    phone = Phone(PARKS, language="en")
    phone.hears("PARKS", "yes", "1")
    standing = phone.standing
    outcome = converse(
        {"small": flow_of(languages="[en]", title="Small")}, standing, Said("PARAR"), TODAY
    )
    assert outcome.stopped
    assert "wish" not in outcome.interviews[0].answers


def test_help_leaves_the_conversation_where_it_is():
    phone = Phone(BOTH, language="es")
    phone.hears("hola")
    assert phone.hears("AYUDA").strip()
    assert phone.menu
    assert phone.hears("2").startswith("¿Le preguntamos dos cosas")
    before = phone.current
    phone.hears("AYUDA")
    assert phone.current == before


def test_a_yes_that_the_carrier_took_for_a_start_is_an_answer():
    """Carriers know YES as a START; where nothing was stopped it belongs to the question."""
    phone = Phone(PARKS, language="en")
    phone.hears("PARKS")
    outcome = phone.send("Yes", settled=Command.START)
    assert outcome.turn.changed == (CONSENT,)
    assert outcome.reply.text.endswith("Reply with a number.")


def test_a_yes_that_lifted_a_stop_begins_nothing():
    phone = Phone(PARKS, language="en")
    phone.hears("PARKS", "STOP")
    outcome = phone.send("Yes", settled=Command.START)
    assert (outcome.reply, outcome.turn, phone.stopped) == (None, None, False)
