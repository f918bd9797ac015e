"""Translations in the YAML: what is not translated stays where it was, comments, quotes and line widths too."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from small_flows import SURVEYS, examples, source
from translators import FLOW, document, entries, filled, row, sheet, take, translated

from flows import load, read_source
from flows.language.entries import Entry
from flows.language.including import join, split
from flows.notation.reading import read
from flows.notation.rewriting import Draft
from flows.notation.spelling import scalar
from flows.translating.judging import Refused
from flows.translating.merging import merge
from flows.translating.sheet import Row, Sheet
from flows.translating.writing import verify

LONG = "This is a text of so many words that it does not fit into one line of the file any more, and so takes two."


def changed(text: str, path: tuple[str, ...], value: str | list[str]) -> str:
    draft = Draft(text)
    draft.translate(path, "en", "vi", value)
    return draft.result()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: {en: A, es: B}  # c\n", "a: {en: A, es: B, vi: V}  # c\n"),
        ("a: {en: A,  # c\n  es: B}\nb: c\n", "a: {en: A,  # c\n  es: B, vi: V}\nb: c\n"),
        ("a: {en: A, vi: old, es: B}\n", "a: {en: A, vi: V, es: B}\n"),
        ("a: A  # c\n", "a: {en: A, vi: V}  # c\n"),
        ("a: 'A, b'\n", "a: {en: 'A, b', vi: V}\n"),
        ("a: A, b\n", 'a: {en: "A, b", vi: V}\n'),
        ("a: No\n", "a: {en: No, vi: V}\n"),
        ("a:\n  en: A  # c\n\n  # d\nb: c\n", "a:\n  en: A  # c\n  vi: V\n\n  # d\nb: c\n"),
        ("a:\n  en: A\n", "a:\n  en: A\n  vi: V\n"),
        ("a:\n  en: A", "a:\n  en: A\n  vi: V"),
        ("a:\r\n  en: A\r\nb: c\r\n", "a:\r\n  en: A\r\n  vi: V\r\nb: c\r\n"),
        ("a:\n    en: A\n    es: B\n", "a:\n    en: A\n    es: B\n    vi: V\n"),
        (
            "a:\n  en: >-\n    A\n    b\n\n# c\nb: c\n",
            "a:\n  en: >-\n    A\n    b\n  vi: V\n\n# c\nb: c\n",
        ),
        (
            "a: >-\n  A\n  b\n\n# c\nb: c\n",
            "a:\n  en: >-\n    A\n    b\n  vi: V\n\n# c\nb: c\n",
        ),
        ("a: |2\n   A\n", 'a:\n  en: " A\\n"\n  vi: V\n'),
        ("a: A\n  b\nb: c\n", "a: {en: A b, vi: V}\nb: c\n"),
        (f"a: A\n  {LONG}\n", f"a:\n  en: A {LONG}\n  vi: V\n"),
        ("a:\n  en: A\n  vi: >-\n    old\n    text\nb: c\n", "a:\n  en: A\n  vi: V\nb: c\n"),
    ],
)
def test_a_text_is_put_where_it_belongs(before: str, after: str) -> None:
    assert changed(before, ("a",), "V") == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: {en: [A], es: [B]}\n", "a: {en: [A], es: [B], vi: [V, W]}\n"),
        ("a: [A, b]\n", "a: {en: [A, b], vi: [V, W]}\n"),
        ("a: A\n", "a: {en: A, vi: [V, W]}\n"),
        ("a:\n- A\n- b  # c\nb: c\n", "a:\n  en: [A, b]  # c\n  vi: [V, W]\nb: c\n"),
        ("a:\n  en:\n  - A\n  - b\nb: c\n", "a:\n  en:\n  - A\n  - b\n  vi: [V, W]\nb: c\n"),
        ("a: {en: [A], vi: [old]}\n", "a: {en: [A], vi: [V, W]}\n"),
    ],
)
def test_words_are_put_where_they_belong(before: str, after: str) -> None:
    assert changed(before, ("a",), ["V", "W"]) == after


def test_a_long_text_takes_several_lines_and_a_text_of_lines_keeps_them() -> None:
    assert changed("a:\n  en: A\n", ("a",), f"{LONG} {LONG}").count("\n") == 5
    assert changed("a: A\n", ("a",), "one\n\ntwo") == "a:\n  en: A\n  vi: |-\n    one\n\n    two\n"


def test_behind_a_comment_a_long_text_stays_in_one_line() -> None:
    """Else the comment would become a part of it."""
    after = changed("a:\n  en: A\n  vi: old  # c\n", ("a",), f"{LONG} {LONG}")
    assert after == f'a:\n  en: A\n  vi: "{LONG} {LONG}"  # c\n'


@pytest.mark.parametrize(
    "languages", ["[en, es]", "[en,\n  es]", "\n- en\n- es", "\n  - en\n  - es  # c"]
)
def test_a_new_language_is_added_to_the_languages(languages: str) -> None:
    text = FLOW.replace("languages: [en, es]", f"languages: {languages}")
    assert load(translated(text)).languages == ("en", "es", "vi")


def test_the_record_stands_at_the_end() -> None:
    tail = translated().split("translations:")[1].splitlines()
    assert tail[1:3] == ["  vi:", "    reviewed: false"]
    assert len(document(translated()).data["translations"]["vi"]["sources"]) == len(entries())


def test_no_line_is_lost() -> None:
    """What was there stands in the same order, with only languages added to it."""
    for path in sorted(SURVEYS.glob("*.yaml")):
        text = read_source(path)
        after = merge(text, str(path), _sheet_of(text, path.stem)).source
        assert _is_within(_words(text), _words(after))
        assert after.count("#") == text.count("#")


def _sheet_of(text: str, name: str) -> Sheet:
    kept = [one for one in entries(text) if "{" not in one.source and one.id.endswith("label")]
    return sheet(*(Row(one.id, one.source, f"Ồ {one.source}") for one in kept), name=name)


def _words(text: str) -> list[str]:
    return text.translate(dict.fromkeys(map(ord, "{},[]\"'"), " ")).split()


def _is_within(few: list[str], many: list[str]) -> bool:
    rest = iter(many)
    return all(word in rest for word in few)


def test_a_text_of_a_block_is_written_into_the_block() -> None:
    block = "# a block\nquestions:\n  street: {type: text, label: Street?}  # c\nchoice_lists:\n  l: {a: A}\n"
    main = source("  about: {include: about.yaml, label: About you}\n  n: {type: note, label: N}")
    whole = join(main, {"about.yaml": block})
    ids = ("questions.about.questions.street.label", "choice_lists.l.a")
    after = take(*(row(name, "Ồ", whole) for name in ids), text=whole).source
    written, blocks = split(after)
    assert blocks["about.yaml"] == block.replace(
        "label: Street?", "label: {en: Street?, vi: Ồ}"
    ).replace("{a: A}", "{a: {en: A, vi: Ồ}}")
    assert written.splitlines()[:2] == main.splitlines()[:2]
    assert "translations:" in written


def test_a_flow_in_braces_stays_in_braces() -> None:
    text = (
        '{"flow": "small", "title": "T", "languages": ["en"], "contact": "C", "closing": "Bye",\n'
    )
    text += ' "consent": {"label": "L", "declined": "D"},\n'
    text += ' "questions": {"a": {"type": "note", "label": "A"}}}\n'
    after = translated(text)
    assert after.startswith('{"flow": "small", "title": {en: "T", vi: "Dịch: T"}')
    assert load(after).languages == ("en", "vi")


def test_writing_over_a_translation_leaves_one() -> None:
    once = translated()
    name = "questions.issue.hint"
    again = take(row(name, "Khác", once), text=once).source
    assert load(again).by_id["issue"].hint["vi"] == "Khác"
    assert again.count("translations:") == 1


def test_what_would_change_something_else_is_refused() -> None:
    """The proof is held against a text in which more was changed than was asked for."""
    expected = {one.id: one.translation for one in entries(translated())}
    verify(document(), translated(), "vi", expected)
    for other in (
        translated().replace("type: select_one", "type: select_multiple"),
        translated().replace("Vivienda", "Casa"),
        translated().replace("Dịch: Small", "Dịch"),
        translated().replace("closing: ", "closing: : "),
    ):
        with pytest.raises(Refused, match="without changing something else"):
            verify(document(), other, "vi", expected)


@examples(300)
@given(st.text(), st.integers(0, 90))
def test_any_text_is_read_back_as_it_was_written(text: str, room: int) -> None:
    """By our reader and by another one, in a line of its own and inside braces."""
    whole = f"a: {scalar(text, 2, room)}\n"
    inside = f"a: {{b: {scalar(text)}, c: [{scalar(text)}]}}\n"
    if any(0xD800 <= ord(char) <= 0xDFFF for char in text):
        return
    assert read(whole, "f").data == {"a": text}
    assert read(inside, "f").data == {"a": {"b": text, "c": [text]}}
    assert yaml.safe_load(inside) == {"a": {"b": text, "c": [text]}}


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n{}")).map(
    lambda text: text.replace("{", "{{").replace("}", "}}").strip()
)


@examples(60)
@given(TEXTS.filter(bool), st.sampled_from(["po", "xlsx", "csv"]))
def test_any_translation_arrives_in_the_flow(text: str, form: str) -> None:
    def fill(one: Entry) -> str:
        return text if one.id == "questions.issue.hint" else ""

    after = merge(FLOW, "small.yaml", filled(form=form, fill=fill)).source
    assert load(after).by_id["issue"].hint["vi"] == text
