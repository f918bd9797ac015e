"""YAML as flows are written in it: every scalar is a word, and every mistake of form has its place."""

import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_flows import examples

from flows import FlowErrors
from flows.notation.reading import MAX_CHARACTERS, decode, read

WORDS = ["yes", "no", "on", "off", "y", "N", "True", "010", "1e3", "1_000", "12:30", "2026-05-31"]
WORDS += ["0x1F", ".5", "-3", "=", "nan"]


def found(text: str) -> list[str]:
    """The mistakes as they are shown, without their cures."""
    with pytest.raises(FlowErrors) as caught:
        read(text, "f.yaml")
    return [str(one).split("\n")[0] for one in caught.value.exceptions]


@pytest.mark.parametrize("word", WORDS)
def test_a_scalar_stays_the_word_that_was_written(word):
    """No word turns into a truth, a number or a date, neither as a value nor as a key."""
    assert read(f"a: {word}\n? {word}x\n: b\n", "f").data == {"a": word, f"{word}x": "b"}


@pytest.mark.parametrize("nothing", ["", "~", "null"])
def test_a_value_left_out_is_nothing(nothing):
    """Nothing written after the colon, ~ and null are no value; in quotes they are words."""
    assert read(f"a: {nothing}\nb: '{nothing}'\n", "f").data == {"a": None, "b": nothing}


def test_the_forms_of_a_text():
    """Quoted, folded and literal texts and the two ways of lists and maps are read as YAML has them."""
    text = (
        "a: 'it''s'\nb: \"x\\n\\u00e9\"\nc: >-\n  one\n  two\nd: |\n  one\n  two\ne: [1, {f: g}]\n"
    )
    data = {"a": "it's", "b": "x\né", "c": "one two", "d": "one\ntwo\n", "e": ["1", {"f": "g"}]}
    assert read(text, "f").data == data


def test_every_value_and_key_has_its_place():
    """Lines and columns count from 1, the columns in characters."""
    document = read("é: ü\nlist:\n  - one\n  - {k: v}\n", "f")
    assert document.key(("é",)).column == 1
    assert (document.mark(("é",)).line, document.mark(("é",)).column) == (1, 4)
    assert (document.mark(("list", 0)).line, document.mark(("list", 0)).column) == (3, 5)
    assert (document.key(("list", 1, "k")).line, document.key(("list", 1, "k")).column) == (4, 6)
    assert document.mark(("list", 1, "k")).column == 9
    assert document.mark(("list", 1, "of", "nothing")) == document.mark(("list", 1))


def test_quotes_are_known():
    """Only a text in quotes or in a block counts as quoted: its own first character stands behind the quote."""
    document = read("a: plain\nb: 'single'\nc: \"double\"\n", "f")
    assert document.quoted == {("b",), ("c",)}


MISTAKES = {
    "a duplicate key": (
        "a: 1\nb: 2\na: 3\n",
        ["f.yaml:3:1: “a” stands here twice (first in line 1)"],
    ),
    "a duplicate key in braces": (
        "a: {x: 1,\n  y: 2, 'x': 3}\n",
        ["f.yaml:2:9: “x” stands here twice (first in line 1)"],
    ),
    "two at once, in their order": (
        "a: 1\na: 2\nb: {c: 1, c: 2}\n",
        [
            "f.yaml:2:1: “a” stands here twice (first in line 1)",
            "f.yaml:3:11: “c” stands here twice (first in line 3)",
        ],
    ),
    "a merge key": (
        "a: {<<: {b: c}}\n",
        ["f.yaml:1:5: a merge key (<<) is not allowed"],
    ),
    "a list as a key": ("? [a, b]\n: c\n", ["f.yaml:1:3: a key must be a word"]),
    "braces without quotes": (
        "label: {city}: now\n",
        ["f.yaml:1:8: this text begins with a brace"],
    ),
    "a tag": ("a: !!int 3\n", ["f.yaml:1:4: a tag (tag:yaml.org,2002:int) is not allowed"]),
    "an alias as a key": (
        "a: &b c\n*b : d\n",
        ["f.yaml:2:1: a key must be a word", "f.yaml:2:1: an alias (*) is not allowed"],
    ),
    "an alias of nothing": ("a: *b\n", ["f.yaml:1:4: an alias (*) is not allowed"]),
    "a tab": (
        "a:\n\tb: c\n",
        ["f.yaml:2:1: this line begins with a tab"],
    ),
    "an unclosed quote": (
        'a: b\nc: "d\ne: f\n',
        ["f.yaml:2:4: a quote is opened here and not closed"],
    ),
    "an unclosed bracket": (
        "a: [b, c\nd: e\n",
        ["f.yaml:1:4: a bracket is open, or a text in brackets holds a comma, a colon or a brace"],
    ),
    "a colon in a text": (
        "a: b: c\n",
        ["f.yaml:1:4: this text holds a colon"],
    ),
    "curly quotes": ("a: “b”: c\n", ["f.yaml:1:4: these are curly quotes"]),
    "no blank behind a colon": ("a:b\nc: d\n", ["f.yaml:1:2: there is no blank behind the colon"]),
    "a line too far in": (
        "a:\n    b: c\n   d: e\n",
        ["f.yaml:3:4: this line stands 3 blanks in, and no line beside it does"],
    ),
    "two documents": (
        "a: b\n---\nc: d\n",
        ["f.yaml:3:1: a file holds one flow"],
    ),
    "a control character": (
        "a: \x07\n",
        ["f.yaml:1:1: the file holds a character that YAML does not allow"],
    ),
    "half a surrogate pair": (
        "a: \ud800\n",
        ["f.yaml:1:1: the file holds a character that YAML does not allow"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_of_form_has_its_place_and_reason(text, expected):
    """File, line and column stand before what is wrong."""
    assert found(text) == expected


def test_an_alias_is_refused_where_it_stands():
    """The place is the star's, not that of the text it repeats."""
    assert found("a: &x text\nb: *x\n") == ["f.yaml:2:4: an alias (*) is not allowed"]


def test_deep_nesting_is_refused():
    """Forty levels are more than any flow needs; the place is the first level too deep."""
    assert found("[" * 50 + "]" * 50) == ["f.yaml:1:42: this is nested too deeply"]
    lines = "".join("  " * level + "a:\n" for level in range(45))
    assert found(lines) == ["f.yaml:42:83: this is nested too deeply"]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "])
def test_nesting_without_end_does_not_end_the_program(opening):
    """A hostile file of many levels is refused like any other; it must not take the process down."""
    closing = {"[": "]", "{a: ": "}"}.get(opening, "x")
    program = (
        "from flows import FlowErrors, load\n"
        f"try: load({opening!r} * 100_000 + {closing!r} * 100_000)\n"
        "except FlowErrors: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "refused\n")


def test_a_file_too_large_is_refused_unread():
    assert found("#" * (MAX_CHARACTERS + 1)) == ["f.yaml:1:1: the file is too large for a flow"]


@pytest.mark.parametrize(
    ("raw", "place"),
    [
        (b"\xff", "1:1"),
        (b"a: b\nc: \xe9t\xe9\n", "2:4"),
        ("é: ".encode() + b"\xff", "1:4"),
        (b"\xef\xbb\xbfa: \xff", "1:4"),
        (b"\xef\xbb\xbfa: b\n\xff", "2:1"),
        ("a: b\n".encode("utf-16"), "1:1"),
    ],
)
def test_what_is_not_utf8_is_refused_at_its_place(raw, place):
    """The column counts characters, and a byte order mark is none."""
    with pytest.raises(FlowErrors) as caught:
        decode(raw, "f.yaml")
    assert str(caught.value.exceptions[0]) == (
        f"f.yaml:{place}: this is not UTF-8 text\n    Save the file as UTF-8."
    )


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert decode(b"\xef\xbb\xbfa: b", "f") == "a: b"


@examples(200)
@given(st.text() | st.text(alphabet="ab:-{}[]&*!|>?'\"%@`#, \t\n\0é👍<"))
def test_any_text_is_read_or_refused(text):
    """No text at all raises anything but FlowErrors."""
    with suppress(FlowErrors):
        read(text, "f")


@examples(100)
@given(st.binary())
def test_any_bytes_are_text_or_refused(raw):
    with suppress(FlowErrors):
        assert decode(raw, "f").encode() in raw
