"""How answers are read many at a time: as each would be alone, and opened only where that has to be."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows import Given, load
from storage.answers import SEALED, WORDS, opened
from storage.exports.columns import tables_for
from storage.exports.disclosing import disclosure
from storage.exports.labelling import Labels
from storage.exports.readers import KEPT, SHORT, Reader, Way
from storage.exports.shaping import Cells, Plain, Shape
from storage.tables import harmless
from storage.vault import Vault, VaultError
from tests.storage.exporting import TOWN
from tests.storage.material import examples

FLOW = load(TOWN)
VAULT = Vault([bytes(range(32)), bytes(32)])
TABLES = tables_for("small", [FLOW])
LABELS = Labels((FLOW,), "es")
QUESTIONS = [*(one.id for one in FLOW.questions), "gone"]
RULES = [
    disclosure([FLOW]),
    disclosure([FLOW], scope="quote"),
    disclosure([FLOW], identified=True, exact=True),
    disclosure([FLOW], identified=True, scope="quote"),
]
SHAPES: list[Shape] = [Plain()]
SHAPES += [Cells(table, labels, harmless) for table in TABLES for labels in (None, LABELS)]
SAID = ["", "=1+1", "house", "(refused)", "33.748997 -84.387985", "by the church", "\t\0x"]
CLOSED = [3, 950.25, "flat", ["cat", "dog"], [], ["cow"], True, False]


@st.composite
def stored_answers(draw: st.DrawFn) -> tuple[str, str, Any, bytes | None]:
    """A question, how it was answered, and the columns in which the answer is kept."""
    question = draw(st.sampled_from(QUESTIONS))
    dated = question == "moved"
    value = draw(st.none() | st.sampled_from(["1999-12-31"] if dated else CLOSED))
    words = draw(st.none() | st.sampled_from(SAID))
    if value is not None and draw(st.booleans()):  # a sensitive one
        value, words = SEALED, json.dumps({"value": value, "words": words or ""})
    number = isinstance(value, int | float) and not isinstance(value, bool)
    stored = value if value is None or number else json.dumps(value)  # as SQLite gives it back
    sealed = None if words is None else VAULT.seal(words, WORDS)
    return question, draw(st.sampled_from(list(Given))).value, stored, sealed


def alone(way: Way, agreed: bool, question: str, how: str, stored: Any, sealed: Any) -> Any:
    """What becomes of one answer where nothing is known beforehand."""
    value = json.loads(stored) if isinstance(stored, str) else stored
    answer = opened(way.vault, FLOW.by_id.get(question), how, value, sealed, "en", False)
    seen = way.rule.of(question, answer, agreed=agreed)
    return way.shape.of(question, seen) if way.shape.wants(question) else None


@given(stored_answers(), st.sampled_from(RULES), st.sampled_from(SHAPES), st.booleans())
@examples(1000)
def test_an_answer_is_read_as_it_would_be_alone(
    told: tuple[str, str, Any, bytes | None], rule: Any, shape: Shape, agreed: bool
) -> None:
    way = Way(VAULT, rule, shape)
    question, how, stored, sealed = told
    reader = way.readers(FLOW, agreed=agreed)[how][question]
    expected = alone(way, agreed, *told)
    for _ in range(2):  # the second time it may be kept
        made = reader[stored] if sealed is None else reader.words(stored, sealed)
        assert (made, type(made)) == (expected, type(expected))
    assert reader.several == isinstance(expected, dict)


def reader_of(question: str, how: Given = Given.ANSWERED, **asked: Any) -> Reader:
    way = Way(VAULT, disclosure([FLOW], **asked), Cells(TABLES[0]))
    return way.readers(FLOW, agreed=False)[how.value][question]


FOREIGN = Vault([bytes([7] * 32)]).seal("Nobody may read this", WORDS)


@pytest.mark.parametrize(
    ("question", "asked"),
    [("papers", {}), ("call", {}), ("said", {"scope": "quote"}), ("what", {})],
)
def test_what_stays_here_is_not_even_opened(question: str, asked: dict[str, Any]) -> None:
    """Withheld, not agreed to, or of another table: no key is asked for."""
    assert reader_of(question, **asked).words(None, FOREIGN) in ("(withheld)", None)


def test_words_that_no_key_opens_end_the_export() -> None:
    with pytest.raises(VaultError):
        reader_of("said").words(None, FOREIGN)


def test_only_so_many_values_are_kept_and_none_that_is_long() -> None:
    people, home = reader_of("people"), reader_of("home")
    assert [people[number] for number in range(KEPT + 5)] == list(range(KEPT + 5))
    assert len(people) == KEPT
    assert home[json.dumps("x" * SHORT)] == "x" * SHORT
    assert len(home) == 0
