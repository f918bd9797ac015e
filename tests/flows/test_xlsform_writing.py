"""A flow's data as YAML that an organizer would like to read, and that says the same when it is read."""

import yaml
from hypothesis import given
from hypothesis import strategies as st
from small_flows import SURVEYS, TRANSCRIPTS, examples

from flows.notation.reading import read
from flows.notation.writing import written

FILES = [*SURVEYS.glob("*.yaml"), *(TRANSCRIPTS / "flows").glob("*.yaml")]


def test_what_is_written_is_read_as_the_same_data():
    for path in FILES:
        data = read(path.read_text(encoding="utf-8"), path.name).data
        assert read(written(data), path.name).data == data


FLOW = {
    "closing": "Thanks.",
    "questions": {
        "issues": {
            "choices": {
                "rent": {"en": "Rent", "es": "Renta"},
                "no": {"accept": ["none"], "label": "No"},
            },
            "label": {"en": "Which?", "es": "¿Cuáles?"},
            "type": "select_multiple",
        },
        "story": {"label": "word " * 40 + "end", "type": "text", "multiline": True, "attempts": 2},
        "n": {"type": "note", "label": "One line.\nAnother: line.", "hint": "it's: 'so'"},
    },
    "flow": "small",
    "languages": ["en", "es"],
    "consent": {"label": "May we?", "declined": ""},
}
TEXT = """\
flow: small
languages: [en, es]

consent:
  # write your own: who asks
  label: May we?
  declined: ''

questions:
  issues:
    type: select_multiple
    label: {en: 'Which?', es: '¿Cuáles?'}
    choices:
      rent: {en: Rent, es: Renta}
      no:
        label: No
        accept: [none]

  story:
    type: text
    label: >-
      word word word word word word word word word word word word word word word word word word word word word word
      word word word word word word word word word word word word word word word word word word end
    multiline: true
    attempts: 2

  n:
    type: note
    label: |-
      One line.
      Another: line.
    hint: "it's: 'so'"

closing: Thanks.
"""


def test_keys_stand_in_their_order_and_long_texts_are_folded():
    assert written(FLOW, {("consent", "label"): "write your own: who asks"}) == TEXT


def test_only_what_would_mean_nothing_is_in_quotes():
    """yes, no and 010 are words; a blank, ~ and null are nothing."""
    data = {
        "a": "yes",
        "b": "010",
        "c": "null",
        "d": "~",
        "e": "",
        "f": "no",
        "g": "1.5",
        "h": "2026-05-31",
    }
    assert written(data) == (
        "a: yes\nb: 010\nc: 'null'\nd: '~'\ne: ''\nf: no\ng: 1.5\nh: 2026-05-31\n"
    )


SCALARS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], include_characters="\n\t\x85"),
    max_size=200,
)
DATA = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(SCALARS, max_size=3),
        st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), inner, max_size=4),
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,9}", fullmatch=True), DATA, min_size=1, max_size=4))
@examples(100)
def test_any_data_is_read_as_it_was_written(data):
    assert yaml.safe_load(written({"k": "v"})) == {"k": "v"}
    assert read(written(data), "any").data == data
