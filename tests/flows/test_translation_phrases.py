"""The program's own phrases go to translators and come back as a phrasebook, whole and without colliding words."""

from dataclasses import replace
from pathlib import Path

import pytest
from translators import FORMATS, MOMENT

from flows import SHIPPED
from flows import phrases as books
from flows.language.entries import Entry, State
from flows.notation.reading import read
from flows.translating.files import read_file, write_file
from flows.translating.judging import Refused
from flows.translating.phrasebooks import merge_phrases, review_phrases
from flows.translating.phrases import NAME, phrases_completeness, phrases_told
from flows.translating.sheet import Header, Row, Sheet

FOLDER = Path(books.__file__).parent
ENGLISH = (FOLDER / "en.yaml").read_text(encoding="utf-8")
SPANISH = (FOLDER / "es.yaml").read_text(encoding="utf-8")
OTHERS = [language for language in SHIPPED if language != "en"]
LANGUAGE = "sw"  # one that does not ship


def in_swahili(one: Entry) -> str:
    """A made-up translation, in which every list has words of its own."""
    words = (f"{one.path[1]} neno {place}" for place, _ in enumerate(one.source.split(", ")))
    return ", ".join(words) if one.words else f"Tafsiri: {one.source}"


def sheet(*rows: Row, language: str = LANGUAGE) -> Sheet:
    return Sheet(Header(NAME, "en", language), rows)


def filled(**changed: str) -> Sheet:
    found = phrases_told(ENGLISH, "", LANGUAGE)
    given = {one.id: changed.get(one.id.replace(".", "_"), in_swahili(one)) for one in found}
    return sheet(*(Row(one.id, one.source, given[one.id]) for one in found))


def refusals(back: Sheet, text: str = "") -> list[str]:
    with pytest.raises(Refused) as refused:
        merge_phrases(ENGLISH, text, back)
    return list(refused.value.reasons)


def test_words_commands_and_phrases_go_out() -> None:
    found = {one.id: one for one in phrases_told(ENGLISH, "", LANGUAGE)}
    data = read(ENGLISH, "en").data
    assert len(found) == sum(map(len, data.values()))
    assert found["commands.stop"].source.startswith("STOP, STOPALL, ")
    assert found["commands.stop"].context.startswith("Words for the command STOP.")
    assert found["phrases.retry_text"].placeholders == {"skip": "the command SKIP"}


@pytest.mark.parametrize("form", FORMATS)
def test_a_new_phrasebook_is_written_whole(form: str) -> None:
    found = phrases_told(ENGLISH, "", LANGUAGE)
    done = [replace(one, translation=in_swahili(one)) for one in found]
    raw = write_file(f"a.{form}", done, Header(NAME, "en", LANGUAGE), MOMENT)
    merged = merge_phrases(ENGLISH, "", read_file(f"a.{form}", raw))
    assert merged.changed == len(found)
    assert merged.source.startswith("# What the program itself says and understands in Swahili.")
    written = phrases_told(ENGLISH, merged.source, LANGUAGE)
    assert [one.translation for one in written] == [in_swahili(one) for one in found]
    assert {one.state for one in written} == {State.DONE}
    assert list(read(merged.source, "sw").data) == [*read(ENGLISH, "en").data, "translation"]


@pytest.mark.parametrize("language", OTHERS)
def test_a_phrasebook_that_ships_comes_back_as_it_was(language: str) -> None:
    text = (FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    found = phrases_told(ENGLISH, text, language)
    back = sheet(*(Row(one.id, one.source, one.translation) for one in found), language=language)
    assert merge_phrases(ENGLISH, text, back).source == text


def test_a_changed_phrase_is_the_only_line_that_changes() -> None:
    phrase = next(one for one in phrases_told(ENGLISH, SPANISH, "es") if one.id == "phrases.more")
    back = sheet(Row(phrase.id, phrase.source, "Siga, y al final {done}."), language="es")
    before, after = SPANISH.splitlines(), merge_phrases(ENGLISH, SPANISH, back).source.splitlines()
    new = [line for line in after if line not in before]
    assert new[:2] == ["  more: Siga, y al final {done}.", "translation:"]
    assert len([line for line in before if line not in after]) == 1


def test_half_a_phrasebook_is_refused() -> None:
    (said,) = refusals(filled(phrases_more="", words_and=""))
    assert (
        said == "The program's phrases must be whole. These are missing: words.and, phrases.more."
    )


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"phrases_more": "Endelea."}, "phrases.more: {done} is missing."),
        ({"phrases_more": "{ done }"}, "phrases.more: write the placeholders just as they are"),
        ({"phrases_more": "{done|x}"}, "phrases.more: write the placeholders just as they are"),
        ({"phrases_more": "{done!r}"}, "{done!r} is no placeholder of this text."),
        ({"words_numbers": "sifuri, moja"}, "words.numbers: 2 words. Eleven words"),
        ({"words_yes": "ndiyo, sawa", "words_no": "sawa"}, "stands under words.yes too"),
        ({"words_yes": "ndiyo, STOP"}, "“STOP” means commands.stop in another language"),
        ({"commands_back": "sí"}, "“sí” means words in another language"),
        ({"commands_back": "NYUMA", "commands_skip": "nyuma"}, "stands under commands.back too"),
        ({"words_and": "!"}, "“!” cannot be typed as a word"),
    ],
)
def test_what_would_not_work_is_refused(changed: dict[str, str], reason: str) -> None:
    assert any(reason in said for said in refusals(filled(**changed)))


def test_a_command_of_two_languages_is_one_command() -> None:
    assert merge_phrases(ENGLISH, "", filled(commands_stop="ACHA, STOP")).changed


def test_the_phrases_of_a_flow_are_not_the_programs() -> None:
    other = Sheet(Header("small", "en", LANGUAGE), ())
    assert refusals(other) == ["This file holds the texts of small, not of phrases."]


def test_a_phrase_is_stale_when_the_english_one_has_changed() -> None:
    text = merge_phrases(ENGLISH, "", filled()).source
    changed = ENGLISH.replace("Sorry, that was not one of the choices.", "Please choose one.")
    assert phrases_completeness(changed, text, LANGUAGE).stale == ("phrases.retry_select_one",)
    reviewed = review_phrases(changed, text, LANGUAGE)
    assert phrases_completeness(changed, reviewed, LANGUAGE).stale == ()
    assert phrases_completeness(changed, reviewed, LANGUAGE).reviewed
    undone = review_phrases(changed, reviewed, LANGUAGE, undo=True)
    assert not phrases_completeness(changed, undone, LANGUAGE).reviewed


@pytest.mark.parametrize(("language", "text"), [("en", ENGLISH), ("sw", "")])
def test_only_phrases_that_were_translated_can_be_reviewed(language: str, text: str) -> None:
    with pytest.raises(Refused, match="There are no phrases in"):
        review_phrases(ENGLISH, text, language)
