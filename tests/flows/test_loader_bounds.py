"""Whatever is given to the loader, it comes to an end: a flow, or a number of mistakes that a person can read."""

import pytest
from small_flows import source

from flows import examine
from flows.errors import MOST
from flows.language.forms import MOST_QUESTIONS
from flows.notation.reading import MAX_CHARACTERS


def lines(number: int, pattern: str) -> str:
    return "\n".join(pattern.format(place=place) for place in range(number))


MANY = 3 * MOST
HOSTILE = {
    "keys that are none": "flow: x\n" + lines(MANY, "k{place}: b"),
    "types that are none": source(lines(MANY, "  q{place}: {{type: txet, label: A}}")),
    "keys of a question": source(
        "  a:\n    type: text\n    label: A\n" + lines(MANY, "    k{place}: b")
    ),
    "unknown names": source(
        lines(MANY, "  q{place}: {{type: text, label: A, relevant: zz{place} > 1}}")
    ),
    "unknown pipes": source(lines(MANY, "  q{place}: {{type: text, label: 'A {{zz{place}}}'}}")),
    "aliases": "a: &a [x]\n" + lines(MANY, "b{place}: *a"),
    "the same key": source(lines(MANY, "  q: {{type: text, label: A}}")),
    "languages": source(languages=f"[en, {', '.join(f'l{place}' for place in range(MANY))}]"),
    "brackets": "[" * 100_000,
    "steps": "\n".join(" " * place + "a:" for place in range(500)),
    "braces": source("  a: {type: text, label: '" + "{" * 10_000 + "'}"),
    "a long condition": source(
        "  a: {type: integer, label: A}\n  b: {type: text, label: B, relevant: "
        + "not " * 200
        + "a > 1}"
    ),
    "nothing but zeros": "\0" * 10_000,
    "groups in groups": "questions:\n"
    + "".join(f"{'  ' * n}g{n}:\n{'  ' * n} questions:\n" for n in range(60)),
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_file_has_mistakes_but_not_too_many_to_read(text: str) -> None:
    found = examine(text)
    assert found.flow is None
    assert 1 <= len(found.mistakes) <= 2 * MOST


def test_a_file_of_ten_million_letters_is_refused_for_its_size() -> None:
    (only,) = examine("a" * 5 * MAX_CHARACTERS).mistakes
    assert only.message == "the file is too large for a flow"


def test_more_questions_than_anyone_can_answer_are_refused() -> None:
    (only,) = examine(
        source(lines(MOST_QUESTIONS + 1, "  q{place}: {{type: text, label: A}}"))
    ).mistakes
    assert only.message == f"this flow has more than {MOST_QUESTIONS} questions"


def test_however_many_warnings_there_are_a_mistake_is_told() -> None:
    """Else a broken flow would be published because so much else is odd about it."""
    odd = lines(2 * MOST, "  q{place}: {{type: phone, label: Your phone?}}")
    found = examine(source(odd + "\n  last: {type: text, label: 'A {nobody}'}"))
    assert len(found.warnings) >= MOST
    assert [one.message for one in found.mistakes] == ["there is no question “nobody”"]
