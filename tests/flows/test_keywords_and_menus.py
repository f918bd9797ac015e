"""How an interview begins and is taken up again: keywords, the contact's language, and the menu of flows."""

import pytest
from phone import Phone
from small_flows import TODAY, flow_of, shipped

from flows import Said, Standing, State, Status, converse

PARKS = {"parks": shipped("parks")}
BOTH = {"household": shipped("household"), **PARKS}


@pytest.mark.parametrize("text", ["PARKS", "parks", " Parks! ", "¡Parks!", "ｐａｒｋｓ"])
def test_a_keyword_starts_its_flow_in_its_language(text):
    """Even against what is known of the contact's language."""
    phone = Phone(BOTH, language="es")
    phone.hears(text)
    assert (phone.current.flow.name, phone.language) == ("parks", "en")


def test_a_keyword_of_two_words():
    phone = Phone(BOTH, language="en")
    phone.hears("my home")
    assert phone.current.flow.name == "household"


@pytest.mark.parametrize("text", ["parks please", "park", "parksx", "national parks"])
def test_a_keyword_is_the_whole_message(text):
    phone = Phone(BOTH, language="en")
    phone.hears(text)
    assert phone.current is None


@pytest.mark.parametrize(
    ("known", "of_channel", "expected"),
    [
        ("es", "en", "es"),
        (None, "es", "es"),
        ("fr", "es", "es"),
        ("fr", None, None),
        (None, "fr", None),
        (None, None, None),
    ],
)
def test_the_language_comes_from_the_contact_then_from_the_channel(known, of_channel, expected):
    """One that the flow does not have is no help: then the languages are offered."""
    outcome = converse(PARKS, Standing(language=known), Said("👋", language=of_channel), TODAY)
    assert outcome.interviews[0].state.language == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Hello", "en"),
        ("HOLA", "es"),
        ("I want to tell you about the police in my street", "en"),
        ("Quiero contarles lo que hizo la policía en mi calle", "es"),
        ("Ich möchte von der Polizei in meiner Straße erzählen", None),
        ("안녕하세요", None),
        ("1", None),
    ],
)
def test_where_nothing_else_tells_the_language_the_first_words_do(words, expected):
    """One that is not offered, and words that tell nothing, are answered with the languages there are."""
    outcome = converse(PARKS, Standing(), Said(words), TODAY)
    assert outcome.interviews[0].state.language == expected


def test_an_interview_put_aside_is_taken_up_where_it_was():
    phone = Phone(BOTH, language="en")
    phone.hears("PARKS", "yes", "1", "HOUSEHOLD", "yes", "Sam")
    assert phone.hears("PARKS") == "Welcome back. You were here.\n\nWhat would you change in it?"
    assert {one.flow.name: one.state.status.value for one in phone.interviews.values()} == {
        "parks": "waiting",
        "household": "paused",
    }
    assert phone.hears("HOUSEHOLD").endswith("How many people live with you, Sam?")
    assert len(phone.interviews) == 2


def test_a_finished_flow_begins_anew_by_its_keyword_only():
    phone = Phone(PARKS, language="en")
    phone.hears("PARKS", "yes", "1", "Shade")
    assert phone.hears("more").startswith("Thank you. We have kept this")
    assert phone.current.state == State("en", Status.COMPLETE)
    assert phone.hears("PARKS").startswith("May we ask")
    assert len(phone.interviews) == 2


@pytest.mark.parametrize("text", ["2", "2.", "②", "Parks and trees", "PARQUES Y ARBOLES", "parks"])
def test_a_flow_is_chosen_by_number_title_or_name(text):
    phone = Phone(BOTH, language="en")
    assert phone.hears("hello").startswith("1. Your household\n2. Parks and trees")
    phone.hears(text)
    assert phone.current.flow.name == "parks"
    assert not phone.menu


@pytest.mark.parametrize("text", ["0", "3", "1 2", "trees", "yes", ""])
def test_an_unclear_choice_of_a_flow_shows_the_menu_again(text):
    phone = Phone(BOTH, language="en")
    menu = phone.hears("hello")
    assert phone.hears(text) == menu
    assert phone.menu


@pytest.mark.parametrize(
    ("words", "menu", "consent"),
    [
        ("Hello", "1. Your household\n2. Parks and trees\nReply with", "May we ask two"),
        (
            "Me quieren sacar de mi casa",
            "1. Su hogar\n2. Parques y árboles\nResponda",
            "¿Le pregunt",
        ),
    ],
)
def test_the_first_words_tell_the_language_also_where_a_menu_comes_between(words, menu, consent):
    phone = Phone(BOTH)
    assert phone.hears(words).startswith(menu)
    assert phone.hears("2").startswith(consent)


@pytest.mark.parametrize("words", ["👋", "Der Vermieter heizt nicht", "IDIOMA"])
def test_words_that_tell_no_language_get_every_title_in_all(words):
    phone = Phone(BOTH)
    assert phone.hears(words).startswith("1. Your household / Su hogar\n")
    assert phone.hears("2").startswith("Parks and trees\nEnglish: reply 1")


def test_a_menu_in_the_middle_of_an_interview_answers_nothing():
    """A button of a flow that is gone shows it; a number picks from it, other words lead back to the question."""
    phone = Phone(BOTH, language="en")
    phone.hears("PARKS", "yes")
    phone.send("", begin=True, flow="gone")
    assert phone.hears("what?") == (
        "Welcome back. You were here.\n\nIs there a park in your street?\n\n"
        "1. Yes, a park\n2. Only far away\nReply with a number."
    )
    phone.send("", begin=True, flow="gone")
    phone.hears("1")
    assert phone.current.flow.name == "household"
    assert all("near" not in one.answers for one in phone.interviews.values())


def test_the_choices_of_a_menu_are_titles():
    outcome = Phone(BOTH, language="es").send("hola")
    assert outcome.reply.choices == ("Su hogar", "Parques y árboles")


def test_an_unlisted_flow_is_started_by_its_keyword_and_offered_to_nobody():
    """So a flow for interviewers does not stand in the residents' menu, and the only other one needs no menu."""
    hidden = flow_of(flow="hidden", keywords="{en: [HIDDEN]}", unlisted="true")
    shown = flow_of(flow="shown", keywords="{en: [SHOWN]}", title="{en: Shown, es: Visto}")
    phone = Phone({"hidden": hidden, "shown": shown}, language="en")
    phone.hears("hello")
    assert phone.current.flow is shown
    phone.hears("HIDDEN")
    assert phone.current.flow is hidden


def test_a_catalogue_of_unlisted_flows_alone_is_offered():
    hidden = flow_of(flow="hidden", keywords="{en: [HIDDEN]}", unlisted="true")
    phone = Phone({"hidden": hidden}, language="en")
    phone.hears("hello")
    assert phone.current.flow is hidden
