"""The language a person speaks: asked for at any time by any word for it, and heard where no answer can be."""

from dataclasses import replace

import pytest
from phone import Phone
from small_flows import TODAY, TRANSCRIPTS, flow_of, shipped

from flows import (
    CONSENT,
    Answer,
    Given,
    Heard,
    Interview,
    Menu,
    Said,
    Standing,
    State,
    Status,
    converse,
    load_file,
)
from flows.folding import fold
from flows.phrases import SHIPPED, Command, command, phrasebook
from flows.sms import segments
from flows.talking.languages import chosen, language_menu, language_name, spoken, wanted

PARKS = {"parks": shipped("parks")}
BOTH = {"household": shipped("household"), **PARKS}
EVERYONE = {"everyone": load_file(TRANSCRIPTS / "commands" / "everyone.yaml")}
ALL = EVERYONE["everyone"]
MENU = "Parks and trees\nEnglish: reply 1\n\nParques y árboles\nEspañol: responda 2"
IN_ENGLISH = "May we ask two things about parks?"
IN_SPANISH = "¿Le preguntamos dos cosas sobre parques?"
WORDS = sorted(
    word
    for language in SHIPPED
    for word, steer in phrasebook(language).commands.items()
    if steer is Command.LANGUAGE
)
STORY = """
  place: {type: text, label: {en: Where?, es: ¿Dónde?}}
  story: {type: text, multiline: true, label: {en: What happened?, es: ¿Qué pasó?}}
"""


def parks(*texts: str, **known: str) -> Phone:
    """A phone on which these were sent to the flow about parks."""
    phone = Phone(PARKS, **known)
    for text in texts:
        phone.send(text)
    return phone


def story(*texts: str) -> Phone:
    phone = Phone({"small": flow_of(STORY, keywords="{en: [TELL], es: [CONTAR]}")}, language="en")
    phone.hears("TELL", "yes", *texts)
    return phone


class TestTheWord:
    @pytest.mark.parametrize("word", WORDS)
    def test_in_any_language_of_the_program_it_opens_the_menu(self, word):
        """Whatever the flow offers, and whatever language the interview is in."""
        assert command(word, ["en", "es"]) is Command.LANGUAGE
        assert parks("PARKS").hears(word.upper()) == MENU
        assert parks("PARQUES", "1").hears(word) == MENU
        assert parks("PARKS", "yes", "1").hears(f" {word}! ") == MENU

    def test_at_the_list_of_answers_it_opens_the_menu(self):
        phone = parks("PARKS", "yes", "1", "ANSWERS")
        assert phone.hears("IDIOMA") == MENU
        assert phone.hears("2") == "¿Qué cambiaría?"

    def test_in_the_middle_of_a_story_every_piece_is_kept(self):
        phone = story("Here", "It was night.")
        phone.hears("LANGUAGE", "2", "Fue de noche.", "LISTO")
        assert phone.current.answers["story"].words == "It was night.\nFue de noche."
        assert phone.current.answers["place"].words == "Here"
        assert (phone.language, phone.current.state.status) == ("es", Status.COMPLETE)

    def test_said_again_in_the_menu_it_shows_the_menu_again(self):
        phone = parks("PARKS", "yes", "LANGUAGE")
        assert phone.hears("IDIOMA") == phone.hears("LANGUAGE") == phone.hears("언어") == MENU
        assert phone.current.state.attempts == 0

    def test_where_there_is_but_one_language_the_question_is_asked_again(self):
        phone = Phone({"small": flow_of(languages="[en]", title="Small")}, language="en")
        phone.hears("hello", "yes")
        assert phone.hears("IDIOMA") == phone.hears("LANGUAGE Spanish") == "Your name?"

    def test_between_two_flows_it_goes_back_to_the_question_that_waits(self):
        phone = Phone(BOTH, language="en")
        phone.hears("PARKS")
        phone.send("", begin=True, flow="gone")
        assert phone.hears("IDIOMA") == MENU
        assert phone.hears("2").startswith(IN_SPANISH)


class TestTheWordWithAName:
    @pytest.mark.parametrize(
        "text",
        [
            "LANGUAGE Spanish",
            "language: español",
            "Language ESPANOL!",
            "idioma castellano",
            "Lang panyòl",
            "langue espagnol",
            "语言西班牙语",
            "언어 스페인어",
            "لغة الإسبانية",
            "ngôn ngữ tiếng Tây Ban Nha",
        ],
    )
    def test_switches_at_once_even_at_an_open_question(self, text):
        phone = parks("PARKS", "yes", "1")
        assert phone.hears(text) == "¿Qué cambiaría?"
        assert "wish" not in phone.current.answers
        assert phone.current.answers["near"].value == "one"

    def test_of_a_language_that_is_not_offered_opens_the_menu(self):
        for text in ("LANGUAGE Korean", "language 中文", "idioma swahili"):
            assert parks("PARKS", "yes", "1").hears(text) == MENU

    def test_that_one_speaks_already_is_an_answer_at_an_open_question(self):
        """As to which language one speaks at home."""
        phone = parks("PARQUES", "1", "1")
        phone.hears("Idioma español")
        assert phone.current.answers["wish"].words == "Idioma español"

    @pytest.mark.parametrize("text", ["language please", "lang", "language 2", "the language"])
    def test_with_other_words_behind_it_names_nothing(self, text):
        assert wanted(ALL, text) is None


class TestANameAlone:
    @pytest.mark.parametrize("code", ALL.languages)
    def test_switches_at_the_consent(self, code):
        """In its own letters or without the marks, in English, or in the language the interview is in."""
        asked = ALL.say(ALL.consent.label, code)
        for language in ALL.languages:
            name = language_name(code, language)
            for text in (name, name.upper(), fold(name), language_name(code)):
                phone = Phone(EVERYONE, language=language)
                phone.send("", begin=True)
                assert phone.hears(text).startswith(asked), (language, text)
                assert phone.current.state == State(code, asked=CONSENT)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("kreyòl", "ht"),
            ("Creole", "ht"),
            ("tieng viet", "vi"),
            ("Mandarin", "zh"),
            ("普通话", "zh"),
            ("castellano", "es"),
            ("Inglés", "en"),
            ("anglè", "en"),
            ("af soomaali", "so"),
            ("عربي", "ar"),
            ("हिंदी", "hi"),
            ("한국말", "ko"),
            ("brasileiro", "pt"),
        ],
    )
    def test_may_be_one_of_every_day(self, text, code):
        assert chosen(ALL, text) == spoken(ALL, text) == code

    def test_is_an_answer_at_an_open_question(self):
        phone = parks("PARKS", "yes", "1")
        phone.hears("Spanish")
        assert phone.current.answers["wish"] == Answer(
            Given.ANSWERED, words="Spanish", language="en"
        )

    def test_of_a_language_that_is_not_offered_changes_nothing(self):
        assert parks("PARKS").hears("Korean").endswith("Español: escriba IDIOMA")
        assert parks("hi", "LANGUAGE").hears("Korean") == MENU

    def test_names_one_language_only_and_no_command(self):
        """In all the languages of the program together."""
        for code in SHIPPED:
            for language in SHIPPED:
                name = language_name(code, language)
                assert chosen(ALL, name) == code
                assert command(name, SHIPPED) is None


class TestTheFirstMessage:
    @pytest.mark.parametrize("text", ["LANGUAGE", "idioma", "LANG", "언어"])
    @pytest.mark.parametrize("known", ["en", None])
    def test_may_be_the_word(self, text, known):
        """Whoever asks for another language is not met in the one that was known."""
        phone = parks(language=known)
        outcome = phone.send(text, language=known)
        assert (outcome.reply.text, outcome.heard) == (MENU, Heard.STEER)
        assert phone.hears("2").startswith(IN_SPANISH)

    def test_may_be_the_word_with_a_name_or_the_name_alone(self):
        for text in ("Español", "LANGUAGE Spanish", "Spanish"):
            assert parks(language="en").hears(text).startswith(IN_SPANISH)

    def test_where_there_are_several_flows_shows_each_title_in_every_language(self):
        phone = Phone(BOTH, language="en")
        assert phone.hears("IDIOMA").startswith("1. Your household / Su hogar\n2. Parks")

    @pytest.mark.parametrize("text", ["👋", "Habari za asubuhi", "Der Vermieter heizt nicht", "1"])
    def test_in_a_language_that_nobody_offers_gets_the_menu(self, text):
        assert parks().hears(text) == MENU


class TestWhileNoQuestionWaits:
    def test_what_was_paused_goes_on_in_the_language_that_is_chosen(self):
        phone = parks("PARKS", "yes", "1", "PAUSE")
        assert phone.hears("IDIOMA") == MENU
        assert phone.hears("2") == "¿Qué cambiaría?"
        assert phone.current.state == State("es", asked="wish")

    def test_what_was_paused_goes_on_at_once_where_the_language_is_named(self):
        phone = parks("PARKS", "yes", "1", "PAUSE")
        assert phone.hears("LANGUAGE Spanish").endswith("¿Qué cambiaría?")

    def test_after_the_end_what_was_told_can_be_read_in_another_language(self):
        phone = parks("PARKS", "yes", "1", "Shade")
        assert phone.hears("IDIOMA") == MENU
        assert "Shade" in phone.hears("2")
        assert (phone.current.language, phone.current.state.status) == ("es", Status.COMPLETE)

    @pytest.mark.parametrize("texts", [("no",), ("x", "99", "0")])
    def test_what_ended_otherwise_says_in_which_languages_one_can_begin_again(self, texts):
        phone = parks("PARKS", *texts)
        status = phone.current.state.status
        assert phone.hears("IDIOMA") == "To begin, send PARKS.\nPara empezar, escriba PARQUES."
        assert phone.hears("LANGUAGE Spanish") == "Para empezar, escriba PARQUES."
        assert (len(phone.interviews), phone.current.state.status) == (1, status)

    def test_of_many_languages_it_says_only_the_words_that_begin(self):
        phone = Phone(EVERYONE)
        phone.hears("STREET", "no")
        told = phone.hears("LANGUAGE").splitlines()
        assert told[:3] == ["To begin, send STREET.", "Español: CALLE", "Kreyòl Ayisyen: LARI"]
        assert len(told) == len(ALL.languages)

    def test_a_language_without_a_keyword_of_its_own_is_not_promised(self):
        phone = Phone({"small": flow_of(keywords="{en: [SMALL]}")})
        phone.hears("SMALL", "no")
        assert phone.hears("LANGUAGE") == "To begin, send SMALL."

    def test_while_a_person_writes_it_is_left_to_that_person(self):
        held = Interview(PARKS["parks"], State("en", asked="near"), {}, 1, held=True)
        outcome = converse(PARKS, Standing("en", current=held), Said("LANGUAGE"), TODAY)
        assert (outcome.reply, outcome.heard) == (None, Heard.UNASKED)
        assert outcome.attention

    def test_after_stop_and_after_the_quiet_word_it_opens_nothing(self):
        assert parks("PARKS", "STOP").hears("LANGUAGE") == ""
        left = parks("PARKS", "yes", "WRONG NUMBER")
        assert left.hears("LANGUAGE") == phrasebook("en").say("leave")
        assert left.current.state.status is Status.PAUSED

    def test_instead_of_a_second_delete_it_erases_nothing(self):
        phone = parks("PARKS", "yes", "1", "DELETE")
        assert phone.hears("IDIOMA").startswith("Nothing was erased.")
        assert phone.current.answers


class TestTheMenu:
    def test_of_many_languages_is_one_short_list(self):
        """In the flow's order, so that a number means the same whenever it is sent."""
        told = language_menu(ALL, "es").splitlines()
        assert told[:4] == ["Nuestra calle", "", "1. English", "2. Español"]
        assert told[13:] == ["12. 中文", "Responda con una cifra."]

    @pytest.mark.parametrize("size", [4, 10, 12])
    def test_of_many_languages_fits_three_segments(self, size):
        flow = replace(ALL, languages=ALL.languages[:size])
        assert all(segments(language_menu(flow, code))[1] <= 3 for code in flow.languages)

    def test_has_the_own_names_as_buttons(self):
        outcome = Phone(EVERYONE).send("👋")
        assert outcome.reply.choices == tuple(map(language_name, ALL.languages))

    @pytest.mark.parametrize(
        ("text", "heading"),
        [
            ("mi casa", "Nuestra calle"),
            ("por favor", "Nuestra calle"),
            ("casa", "Our street"),
            ("Sijaelewa lugha hii kabisa ndugu", "Our street"),
            ("LANG", "Our street"),
        ],
    )
    def test_is_headed_in_the_language_that_is_most_likely(self, text, heading):
        """Of those that are offered; one word says too little."""
        phone = Phone(EVERYONE)
        assert phone.hears(text).startswith(f"{heading}\n")
        assert phone.hears(text).startswith(f"{heading}\n")
        assert phone.hears("99").startswith("Our street\n")

    def test_is_headed_in_the_language_that_is_left(self):
        phone = Phone(EVERYONE)
        assert phone.hears("RUA", "sim", "IDIOMA").startswith("A nossa rua\n")
        assert phone.hears("7").startswith("Waddadaada magaceeda?")

    @pytest.mark.parametrize("number", range(1, len(ALL.languages) + 1))
    def test_is_answered_by_number(self, number):
        phone = Phone(EVERYONE)
        phone.hears("👋", str(number))
        assert phone.language == ALL.languages[number - 1]

    @pytest.mark.parametrize(
        ("text", "code"),
        [("hi", "en"), ("so", "so"), ("AM", "am"), ("Bonjou", "ht"), ("Waa habeen fiican", "so")],
    )
    def test_is_answered_by_whatever_is_surely_in_a_language(self, text, code):
        """ "hi" is a greeting, though it is Hindi's code too."""
        phone = Phone(EVERYONE)
        phone.hears("👋", text)
        assert phone.language == code

    @pytest.mark.parametrize("text", ["Ndiyo", "no", "13", "0", "", "BACK", "???", "LANG"])
    def test_is_shown_again_where_nothing_tells(self, text):
        phone = Phone(EVERYONE)
        phone.hears("👋")
        assert phone.hears(text).endswith("Reply with a number.")
        assert phone.current.state.menu is Menu.LANGUAGES


class TestTheConsent:
    def test_of_many_languages_names_them_in_one_line(self):
        told = Phone(EVERYONE).hears("STREET").splitlines()
        assert told[-1].startswith("Español, Kreyòl Ayisyen, Français")
        assert told[-1].endswith("中文: send LANGUAGE")

    def test_in_another_language_has_the_english_word_too(self):
        """Who cannot read Arabic cannot type it."""
        told = Phone(EVERYONE).hears("شارع").splitlines()
        assert told[-1].startswith("English, Español")
        assert told[-1].endswith("«لغة» / LANGUAGE")

    @pytest.mark.parametrize(
        "text",
        [
            "No entiendo lo que dice, hablo español",
            "Hola",
            "sí",
            "en español",
            "Quiero hablar de la basura en mi calle",
        ],
    )
    def test_is_asked_again_in_the_language_that_is_surely_spoken(self, text):
        """A yes to words that one may not have understood is none."""
        phone = parks("PARKS", "99", "98")
        assert phone.current.state.attempts == 2
        assert phone.hears(text).startswith(IN_SPANISH)
        assert phone.current.state == State("es", asked=CONSENT)
        assert phone.current.answers == {}

    @pytest.mark.parametrize(
        "text",
        [
            "What is this about?",
            "no problem",
            "나는 영어를 못해요",
            "Sielewi unachosema",
            "Maria Lopez",
        ],
    )
    def test_is_asked_again_where_no_other_language_is_surely_spoken(self, text):
        phone = parks("PARKS")
        assert IN_ENGLISH in phone.hears(text)
        assert phone.current.state == State("en", asked=CONSENT, attempts=1)

    def test_hears_yes_and_no_before_any_language(self):
        """ "No" is Spanish too; and an English yes, which everyone knows, is no wish for English."""
        phone = parks("PARKS")
        phone.hears("No")
        assert phone.current.state == State("en", Status.DECLINED)
        assert IN_SPANISH in parks("PARQUES").hears("yes")

    def test_says_itself_again_to_who_names_its_own_language(self):
        phone = parks("PARKS")
        assert phone.hears("English please").startswith("Please reply 1")
        assert phone.hears("English").startswith(IN_ENGLISH)

    def test_is_the_last_place_where_the_words_of_an_answer_tell_a_language(self):
        """People quote other languages, and tell in them."""
        phone = parks("PARKS", "yes", "1")
        phone.hears("Más árboles, y que no los corten nunca")
        assert phone.language == "en"
        assert phone.current.answers["wish"].words.startswith("Más árboles")
