"""A translator's file comes back: taken whole, or refused with every reason; what is older than its source stays so."""

from dataclasses import replace

import pytest
from small_flows import SURVEYS, source
from translators import (
    FLOW,
    FORMATS,
    MOMENT,
    QUESTIONS,
    document,
    entries,
    entry,
    filled,
    in_vietnamese,
    row,
    sheet,
    take,
    translated,
)

from flows import FlowErrors, load, load_file, read_source
from flows.checks.staleness import completeness
from flows.language.entries import State
from flows.translating.files import read_file, write_file
from flows.translating.judging import Refused
from flows.translating.merging import merge, review
from flows.translating.sheet import Header, Row, Sheet
from flows.translating.telling import told

CITY, ISSUE = "questions.city.label", "questions.issue.label"
WORDS = "questions.issue.choices.housing.accept"
STALE = translated().replace('en: "Which city?"', 'en: "Which town?"')


def refusals(*rows: Row, text: str = FLOW) -> list[str]:
    with pytest.raises(Refused) as refused:
        take(*rows, text=text)
    return list(refused.value.reasons)


def stale(text: str, language: str = "vi") -> tuple[str, ...]:
    return completeness(document(text))[language].stale


@pytest.mark.parametrize("form", FORMATS)
def test_a_filled_file_puts_every_text_into_the_flow(form: str) -> None:
    merged = merge(FLOW, "small.yaml", filled(form=form))
    assert (merged.language, merged.changed) == ("vi", len(entries()))
    found = {one.id: one.translation for one in entries(merged.source)}
    assert found == {one.id: in_vietnamese(one) for one in entries()}
    assert load(merged.source).languages == ("en", "es", "vi")
    assert completeness(document(merged.source))["vi"].percent == 100


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("name", sorted(path.stem for path in SURVEYS.glob("*.yaml")))
def test_a_flow_that_ships_comes_back_as_it_was(form: str, name: str) -> None:
    path = SURVEYS / f"{name}.yaml"
    text, flow = read_source(path), load_file(path)
    for language in flow.languages[1:]:
        texts = told(flow, document(text), language)
        header = Header(name, flow.source_language, language)
        back = read_file(f"a.{form}", write_file(f"a.{form}", texts, header, MOMENT))
        assert merge(text, path.name, back).source == text


def test_what_is_imported_twice_is_nothing_new() -> None:
    assert merge(translated(), "small.yaml", filled()).source == translated()


def test_empty_translations_take_nothing_away() -> None:
    after = take(*(row(one.id, " ") for one in entries()))
    assert (after.source, after.changed) == (FLOW, 0)


def test_blanks_around_a_translation_and_foreign_line_ends_do_not_count() -> None:
    after = take(row(CITY, " Ở đâu?\r\nỞ đây? \n")).source
    assert load(after).by_id["city"].label["vi"] == "Ở đâu?\nỞ đây?"


@pytest.mark.parametrize("written", ["thuê, chủ nhà", "thuê،chủ nhà", "thuê、 chủ  nhà;thuê,"])
def test_words_are_parted_by_the_commas_of_any_script(written: str) -> None:
    found = load(take(row(WORDS, written)).source).by_id["issue"].choices[0].accept
    assert found["vi"] == ("thuê", "chủ nhà")


@pytest.mark.parametrize(
    ("translation", "reason"),
    [
        ("Ở đâu?", "{city} is missing. Put it where the answer belongs in the sentence."),
        (
            "Ở {city}{thành phố}?",
            "{thành phố} is no placeholder of this text. Leave the placeholders as they are: {city}.",
        ),
        ("Ở {city}}?", "a brace stands alone. Write {{ or }} for a brace, {city} for an answer."),
        ("{city} \x07", "it holds a character that cannot be sent (U+0007). Type it again."),
        ("{city}" + "x" * 1600, "it takes 1606 characters; a message holds 1600. Shorten it."),
    ],
)
def test_what_would_break_a_message_is_refused(translation: str, reason: str) -> None:
    assert refusals(row(ISSUE, translation)) == [f"{ISSUE}: {reason}"]


@pytest.mark.parametrize("translation", ["Ở { city }?", "Ở {city|nơi đó}?", "{city}, {city} {{a}}"])
def test_placeholders_may_be_moved_repeated_and_given_words(translation: str) -> None:
    assert take(row(ISSUE, translation)).changed == 1


def test_every_refusal_is_told_and_nothing_is_changed() -> None:
    wrong = [row(ISSUE, "Ở đâu?"), row(CITY, "{city}"), row("title", "Nhỏ")]
    assert len(refusals(*wrong)) == 2


def test_words_that_would_collide_refuse_the_file() -> None:
    said = refusals(row(WORDS, "cảnh sát"), row("questions.issue.choices.police", "Cảnh sát"))
    assert said[0] == "With these translations the flow would have mistakes:"
    assert "means both housing and police" in said[1]


def test_a_text_with_two_translations_is_refused() -> None:
    assert refusals(row("title", "Nhỏ"), row("title", "Bé")) == [
        "title: stands twice, with two translations. Keep one of them."
    ]
    assert take(row("title", "Nhỏ"), row("title", "Nhỏ ")).changed == 1


def test_texts_that_are_gone_are_left_out_and_named() -> None:
    merged = take(row("title", "Nhỏ"), Row("questions.gone.label", "G", "X"))
    assert merged.changed == 1
    assert "there is no such text any more: questions.gone.label" in merged.remarks[0]


def test_a_file_that_knows_no_text_of_the_flow_is_refused() -> None:
    assert "not one of its ids is known" in refusals(Row("questions.gone.label", "G", "X"))[0]


@pytest.mark.parametrize(
    ("header", "asked", "reason"),
    [
        (Header("other", "en", "vi"), "", "holds the texts of other, not of small"),
        (Header("small", "en", ""), "", "does not say its language"),
        (Header("small", "en", "vi"), "ht", "is in vi, not in ht"),
        (Header("small", "en", "en"), "", "is the language that is translated from"),
        (Header("small", "en", "xx"), "", "not the code of a language"),
        (Header("small", "en", "vi.../../up"), "", "not the code of a language"),
    ],
)
def test_a_file_of_something_else_is_refused(header: Header, asked: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        merge(FLOW, "small.yaml", Sheet(header, (row("title", "Nhỏ"),)), asked)


@pytest.mark.parametrize(("said", "asked"), [("", "vi"), ("vi-VN", "vi")])
def test_the_language_may_be_named_by_hand(said: str, asked: str) -> None:
    back = Sheet(Header("", "", said), (row("title", "Nhỏ"),))
    assert merge(FLOW, "small.yaml", back, asked).language == "vi"


def test_a_flow_with_mistakes_is_mended_first() -> None:
    with pytest.raises(FlowErrors):
        merge(FLOW.replace("select_one", "select_on"), "small.yaml", sheet())


def test_what_is_marked_as_unfinished_is_left_out() -> None:
    merged = take(replace(row(CITY, "Ở đâu?"), unsure=True), row("title", "Nhỏ"))
    assert merged.changed == 1
    assert f"they are marked as unfinished (fuzzy): {CITY}." in merged.remarks[0]


def test_a_translation_of_an_older_text_is_taken_and_stale() -> None:
    merged = take(row(CITY, "Ở đâu?", source="Where?"), row(ISSUE, "{city}?"))
    assert stale(merged.source) == (CITY,)
    assert "translated from an older text (“Where?”)" in merged.remarks[0]
    assert stale(merged.source.replace('en: "Which city?"', 'en: "Where?"')) == ()


def test_an_older_file_does_not_make_a_text_stale_that_it_does_not_change() -> None:
    same = entry(CITY, translated()).translation
    merged = take(row(CITY, same, source="Where?"), text=translated())
    assert merged.source == translated()


def test_quotes_and_blanks_that_a_spreadsheet_changed_do_not_count() -> None:
    text = FLOW.replace("Which city?", '"The city\'s name - please..."')
    merged = take(row(CITY, "Ở đâu?", text, source="The\u00a0city’s name – please…"), text=text)
    assert stale(merged.source) == ()


@pytest.mark.parametrize("form", ["xlsx", "csv"])
def test_a_stale_row_that_was_not_touched_stays_stale(form: str) -> None:
    back = filled(STALE, form, fill=lambda one: one.translation)
    assert merge(STALE, "small.yaml", back).source == STALE


def test_a_stale_row_that_was_written_again_is_fresh() -> None:
    merged = take(replace(row(CITY, "Thị trấn nào?", STALE), stale=True), text=STALE)
    assert stale(merged.source) == ()


def test_a_stale_row_that_was_looked_at_is_fresh() -> None:
    """Its mark was taken away (in a table the state, in a catalog “fuzzy”); the words stay."""
    same = entry(CITY, STALE).translation
    merged = take(row(CITY, same, STALE), text=STALE)
    assert (merged.changed, stale(merged.source)) == (0, ())
    assert merged.source != STALE


def test_what_was_stale_and_is_not_in_the_file_stays_stale() -> None:
    merged = take(row("title", "Bé", STALE), text=STALE)
    assert stale(merged.source) == (CITY,)


def test_what_was_written_by_hand_before_is_not_stale_after() -> None:
    back = sheet(row(CITY, "¿Qué ciudad?"), language="es")
    after = merge(FLOW, "small.yaml", back).source
    assert stale(after, "es") == ()
    assert entry(ISSUE, after, "es").state is State.DONE


def test_new_texts_are_to_be_reviewed_again() -> None:
    reviewed = review(translated(), "small.yaml", "vi")
    assert load(reviewed).reviewed == {"vi"}
    assert load(take(row(CITY, "Thành phố?", reviewed), text=reviewed).source).reviewed == set()
    assert load(merge(reviewed, "small.yaml", filled(reviewed)).source).reviewed == {"vi"}


def test_a_review_makes_everything_fresh_and_can_be_undone() -> None:
    reviewed = review(STALE, "small.yaml", "vi")
    assert (load(reviewed).reviewed, stale(reviewed)) == ({"vi"}, ())
    undone = review(reviewed, "small.yaml", "vi", undo=True)
    assert (load(undone).reviewed, stale(undone)) == (set(), ())


def test_undoing_a_review_leaves_stale_texts_stale() -> None:
    assert stale(review(STALE, "small.yaml", "vi", undo=True)) == (CITY,)


def test_a_language_written_by_hand_can_be_reviewed_and_is_watched_from_then_on() -> None:
    reviewed = review(FLOW, "small.yaml", "es")
    assert load(reviewed).reviewed == {"es"}
    assert stale(reviewed.replace("For example, rent.", "Such as rent."), "es") == (
        "questions.issue.hint",
    )


@pytest.mark.parametrize("language", ["en", "vi"])
def test_only_a_language_that_is_translated_into_can_be_reviewed(language: str) -> None:
    with pytest.raises(Refused, match="no language that this flow is translated into"):
        review(FLOW, "small.yaml", language)


@pytest.mark.parametrize(
    ("language", "translation", "remark"),
    [
        ("es", "Por ejemplo, la “renta”.", "makes the message dearer"),
        ("vi", "x" * 80, "it takes 80 characters; up to 70 are good."),
    ],
)
def test_what_costs_more_is_remarked(language: str, translation: str, remark: str) -> None:
    back = sheet(row("questions.issue.hint", translation), language=language)
    assert any(remark in one for one in merge(FLOW, "small.yaml", back).remarks)


def test_lost_words_for_an_unknown_answer_are_remarked() -> None:
    text = source(QUESTIONS.replace("on you in {city}", "on you in {city|your city}"))
    assert take(row(ISSUE, "{city}?", text), text=text).remarks[0] == (
        f"{ISSUE}: {{city|...}} has lost its words for when there is no answer."
    )


def test_new_warnings_of_the_checker_are_told() -> None:
    assert any("vi" in one for one in take(row("title", "Nhỏ")).remarks)
