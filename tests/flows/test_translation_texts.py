"""What there is to translate, what a translator is told about it, and how far a language is."""

import pytest
from small_flows import SURVEYS, source
from translators import FLOW, document, entries, entry, translated

from flows import examine, read_source
from flows.checks.staleness import check_stale, completeness, gate
from flows.language.entries import State, fingerprint
from flows.language.findings import Findings

CHANGED = translated().replace('en: "Which city?"', 'en: "Which city or county?"')


def warnings(text: str) -> list[str]:
    flow = examine(text, "small.yaml").flow
    findings = Findings(document(text))
    assert flow is not None
    check_stale(flow, findings)
    return [str(mistake) for _, mistake in findings.placed]


def test_texts_and_lists_of_words_are_translated_and_nothing_else() -> None:
    assert [one.id for one in entries()] == [
        *("title", "contact", "closing", "consent.label", "consent.declined"),
        "questions.city.label",
        "questions.issue.label",
        "questions.issue.hint",
        "questions.issue.choices.housing.label",
        "questions.issue.choices.housing.accept",
        "questions.issue.choices.police",
    ]


def test_what_is_translated_already_comes_along() -> None:
    found = {one.id: (one.translation, one.state) for one in entries(language="es")}
    assert found["questions.issue.choices.housing.accept"] == ("renta", State.DONE)
    assert found["questions.issue.hint"] == ("Por ejemplo, renta.", State.DONE)
    assert found["questions.city.label"] == ("", State.MISSING)


@pytest.mark.parametrize(
    ("name", "context"),
    [
        ("title", "The title of the survey."),
        ("questions.city.label", "A question, answered in words."),
        ("questions.issue.hint", "A hint to the question “What weighs on you in {city}?”."),
        (
            "questions.issue.choices.housing.accept",
            "Other words people may type for the choice “Housing” "
            "of the question “What weighs on you in {city}?”.",
        ),
        (
            "questions.issue.choices.police",
            "A choice of the question “What weighs on you in {city}?”. Keep it short.",
        ),
    ],
)
def test_a_translator_is_told_what_a_text_is(name: str, context: str) -> None:
    assert entry(name).context == context


def test_every_text_of_a_rich_flow_has_its_context() -> None:
    for path in sorted(SURVEYS.glob("*.yaml")):
        assert all(one.context for one in entries(read_source(path)))


def test_a_translator_is_told_what_a_placeholder_will_show() -> None:
    assert entry("questions.issue.label").placeholders == {"city": "the answer to “Which city?”"}


def test_of_a_choice_and_a_date_there_is_an_example() -> None:
    text = source("""
  home: {type: select_one, label: Which?, choices: {flat: {en: A flat, es: Un piso}}}
  day: {type: date, label: When?}
  again: {type: note, label: "{home}, {day}"}
""")
    assert entry("questions.again.label", text, "es").placeholders == {
        "home": "the answer to “Which?”, such as “Un piso”",
        "day": "the answer to “When?”, such as “31 de mayo de 2026”",
    }


@pytest.mark.parametrize(("language", "longest"), [("ht", 306), ("vi", 201)])
def test_a_text_may_be_as_long_as_the_messages_of_its_source(language: str, longest: int) -> None:
    """A language whose letters need messages of 70 characters gets as many of those as the source would fill."""
    text = source(f"  name: {{type: text, label: {'long ' * 40}}}")
    assert entry("questions.name.label", text, language).longest == longest


def test_a_choice_is_to_stay_short() -> None:
    assert entry("questions.issue.choices.housing.label").longest == 30


@pytest.mark.parametrize("label", ["1-5", "{city}", "{city|-}: 7"])
def test_what_says_the_same_in_every_language_need_not_be_translated(label: str) -> None:
    text = source(f'  city: {{type: text, label: City?}}\n  n: {{type: note, label: "{label}"}}')
    assert not entry("questions.n.label", text).needed
    assert "questions.n.label" not in completeness(document(text))["es"].missing


def test_a_language_without_a_record_is_never_stale() -> None:
    assert completeness(document(FLOW.replace("Housing", "Home")))["es"].stale == ()


def test_a_text_is_stale_when_its_source_has_changed() -> None:
    assert completeness(document(CHANGED))["vi"].stale == ("questions.city.label",)
    assert entry("questions.city.label", CHANGED).state is State.STALE
    assert entry("questions.issue.label", CHANGED).state is State.DONE


def test_a_text_is_not_fresh_because_another_one_says_the_same() -> None:
    text = translated(source("  a: {type: note, label: Yes}\n  b: {type: note, label: No}"))
    swapped = text.replace("en: No,", "en: Yes,")
    assert completeness(document(swapped))["vi"].stale == ("questions.b.label",)


def test_a_question_may_be_moved_into_a_group_and_a_choice_written_longer() -> None:
    grouped = fingerprint(("questions", "g", "questions", "q", "choices", "a", "label"), "Yes")
    assert grouped == fingerprint(("questions", "q", "choices", "a"), " Yes ")
    assert grouped != fingerprint(("questions", "p", "choices", "a"), "Yes")
    assert fingerprint(("choice_lists", "l", "a", "label"), "Yes") == fingerprint(
        ("choice_lists", "l", "a"), "Yes"
    )


def test_an_older_copy_tells_what_a_stale_text_once_said() -> None:
    found = {one.id: one for one in entries(CHANGED, older=translated())}
    assert found["questions.city.label"].previous == "Which city?"
    assert "It said before: “Which city?”" in found["questions.city.label"].note
    assert found["questions.issue.label"].previous == ""


def test_a_copy_that_was_never_translated_tells_nothing() -> None:
    older = CHANGED.replace("Which city or county?", "Which town?")
    assert all(one.previous == "" for one in entries(CHANGED, older=older))


def test_completeness_counts_texts() -> None:
    found = completeness(document())["es"]
    missing = ("closing", "consent.label", "consent.declined")
    assert found.missing == (*missing, "questions.city.label", "questions.issue.choices.police")
    assert (found.total, found.done, found.percent) == (10, 5, 50)
    assert not found.reviewed


def test_a_list_of_words_may_stay_empty() -> None:
    text = FLOW.replace(", es: [renta]", "")
    assert completeness(document(text))["es"].words == ("questions.issue.choices.housing.accept",)
    assert "accept" not in "".join(gate(document(text)))


def test_the_checker_warns_once_for_a_language() -> None:
    (told,) = warnings(CHANGED)
    assert told.startswith("small.yaml:3:21: 1 vi text is older than its source in en\n")
    assert "questions.city.label" in told


def test_the_checker_has_nothing_to_say_about_fresh_texts() -> None:
    assert warnings(translated()) == []
    assert warnings(FLOW) == []


def test_the_gate_names_what_is_missing_and_what_is_stale() -> None:
    assert gate(document(CHANGED)) == [
        "es: 5 texts are missing (closing, consent.label, consent.declined and 2 more).",
        "vi: 1 text is stale (questions.city.label).",
    ]


def test_what_is_whole_passes_the_gate() -> None:
    text = translated().replace("languages: [en, es, vi]", "languages: [en, vi, es]")
    assert not [line for line in gate(document(text)) if line.startswith("vi")]
