"""A good flow as it is loaded, and files of any content: a Flow or FlowErrors comes out, nothing else."""

import hashlib
import random
from contextlib import suppress

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from small_flows import SURVEYS, TRANSCRIPTS, examples, flow_of, shipped, source

from flows import Flow, FlowError, FlowErrors, load, load_file
from flows.notation.reading import decode

CITY = (SURVEYS / "city-testimony.yaml").read_text(encoding="utf-8")
ANY = {"en": "Any", "es": "Elija una"}
FLOWS = [*SURVEYS.glob("*.yaml"), *TRANSCRIPTS.glob("flows/*.yaml")]


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_every_flow_of_the_project_is_without_mistakes(path):
    assert load_file(path).name == path.stem


def test_a_loaded_flow_holds_what_was_written():
    """Texts without a language are in the first one, and lists keep their order."""
    flow = flow_of(
        "  pick:\n"
        "    type: select_one\n"
        "    label: Pick\n"
        "    hint: {en: Any, es: ' Elija una '}\n"
        "    required: 'TRUE'\n"
        "    choices: {b: Bee, a: {label: {en: Ay, es: A}, accept: first}}\n"
        "  note: {type: note, label: 'Well done, {pick}.', relevant: pick == a}\n",
        keywords="{en: [ONE, TWO], es: UNO}",
    )
    pick, note = flow.questions
    assert (flow.languages, flow.source_language) == (("en", "es"), "en")
    assert (flow.title, flow.contact) == ({"en": "Small", "es": "Breve"}, {"en": "The testers"})
    assert flow.keywords == {"en": ("ONE", "TWO"), "es": ("UNO",)}
    assert (pick.label, pick.hint, pick.required) == ({"en": "Pick"}, ANY, True)
    assert [choice.code for choice in pick.choices] == ["b", "a"]
    assert pick.choice("a").accept == {"en": ("first",)}
    assert pick.choice("c") is None
    assert (pick.asks, note.asks, note.required) == (True, False, False)
    assert (note.relevant.source, note.relevant.uses) == ("pick == a", {"pick"})
    assert [flow.position(name) for name in ("pick", "note", "consent")] == [0, 1, -1]


def test_a_text_falls_back_to_the_source_language():
    flow = flow_of()
    assert flow.say({"en": "One", "es": "Uno"}, "es") == "Uno"
    assert flow.say({"en": "One"}, "es") == "One"
    assert flow.say({}, "es") == ""


def test_the_version_is_the_hash_of_the_source():
    """One comment more is another version; the file's name is none."""
    text = source()
    assert load(text).version == hashlib.sha256(text.encode()).hexdigest()
    assert load(text, "a").version == load(text, "b").version != load(text + "# more\n").version


def test_a_file_is_named_like_its_flow(tmp_path):
    (tmp_path / "other.yaml").write_text(source(), encoding="utf-8")
    with pytest.raises(FlowErrors) as caught:
        load_file(tmp_path / "other.yaml")
    assert [str(one) for one in caught.value.exceptions] == [
        f"{tmp_path / 'other.yaml'}:1:7: the file is named other, the flow small\n"
        "    Write flow: other, or rename the file to small.yaml."
    ]


def test_a_file_that_is_not_there_is_no_mistake_of_a_flow(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_file(tmp_path / "none.yaml")


def test_a_byte_order_mark_changes_nothing(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(source(), encoding="utf-8-sig")
    assert load_file(path) == load(source())


def test_a_published_version_stays_loadable():
    """Trusted, a flow is not checked for meaning: only for a form that the engine can walk."""
    text = source("  language: {type: text, label: 'Hi {nobody}'}", keywords="[STOP]")
    assert load(text, trusted=True).questions[0].id == "language"
    with pytest.raises(FlowErrors):
        load(text)


def test_mistakes_are_a_group_of_errors_that_show_where_they_are():
    with pytest.raises(ExceptionGroup, match="the flow has mistakes") as caught:
        load("flow: x\nflow: y\n", "survey.yaml")
    (mistake,) = caught.value.exceptions
    assert isinstance(mistake, FlowError)
    assert str(mistake) == (
        "survey.yaml:2:1: “flow” stands here twice (first in line 1)\n"
        "    Remove one of them or give it another name."
    )
    kept, rest = caught.value.split(lambda one: one is mistake)
    assert isinstance(kept, FlowErrors)
    assert rest is None


def loaded_or_refused(text: str) -> None:
    """A flow comes out, or mistakes in the order of the lines, each of them told once."""
    try:
        flow = load(text, "f")
    except FlowErrors as errors:
        found = errors.exceptions
    else:
        found = ()
        assert isinstance(flow, Flow)
    assert [one.mark for one in found] == sorted(one.mark for one in found)
    assert len({str(one) for one in found}) == len(found)


PARTS = [
    "flow",
    "title",
    "languages",
    "keywords",
    "contact",
    "consent",
    "closing",
    "questions",
    "en",
]
PARTS += ["es", "type", "label", "hint", "relevant", "constraint", "choices", "accept", "required"]
PARTS += [
    "scope",
    "declined",
    "text",
    "note",
    "select_one",
    "quote",
    "small",
    "{a}",
    "a == b",
    "yes",
    "",
]
words = st.sampled_from(PARTS) | st.text(max_size=8)
nested = st.recursive(
    words | st.none() | st.integers() | st.booleans(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=5),
    max_leaves=25,
)


@examples(150)
@given(st.text() | nested.map(lambda data: yaml.safe_dump(data, allow_unicode=True)))
def test_any_text_and_any_data_is_a_flow_or_has_mistakes(text):
    loaded_or_refused(text)


@examples(150)
@given(
    st.fixed_dictionaries(
        dict.fromkeys(("flow", "title", "languages", "contact"), nested)
        | {
            "consent": nested | st.fixed_dictionaries({"label": nested, "declined": nested}),
            "closing": nested,
            "questions": st.dictionaries(
                words,
                nested
                | st.fixed_dictionaries(
                    {
                        "type": st.sampled_from(["text", "note", "select_one", "date", "consent"]),
                        "label": nested,
                    },
                    optional={
                        "choices": nested,
                        "relevant": words,
                        "constraint": words,
                        "scope": words,
                    },
                ),
                max_size=4,
            ),
        }
    )
)
def test_anything_under_the_right_keys_is_a_flow_or_has_mistakes(data):
    loaded_or_refused(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))


@examples(100)
@given(st.binary())
def test_any_bytes_are_a_flow_or_have_mistakes(raw):
    with suppress(FlowErrors):
        loaded_or_refused(decode(raw, "f"))


def mutated(text: str, chance: random.Random) -> str:
    """The text with a line or a stretch of it deleted, doubled, moved or written over."""
    parts = text.splitlines(keepends=True) if chance.random() < 0.5 else list(text)
    start = chance.randrange(len(parts))
    end = min(len(parts), start + chance.choice([1, 1, 1, 2, 5, 40]))
    other = chance.randrange(len(parts))
    match chance.randrange(5):
        case 0:
            del parts[start:end]
        case 1:
            parts[start:start] = parts[start:end]
        case 2:
            parts[start:end] = chance.choices(
                ["\n", " ", ":", "{", "}", "'", '"', "-", "*", "\t", "é", "x"], k=2
            )
        case 3:
            parts[start], parts[other] = parts[other], parts[start]
        case _:
            parts[start:end] = parts[other : other + 1]
    return "".join(parts)


@examples(250)
@given(st.randoms(use_true_random=False), st.integers(1, 4))
def test_a_damaged_flow_is_a_flow_or_has_mistakes(chance, times):
    """Lines and characters of the shipped survey deleted, doubled, moved and replaced at random."""
    text = CITY
    for _ in range(times):
        text = mutated(text, chance)
    loaded_or_refused(text)


def test_the_shipped_survey_is_loaded_from_its_file():
    assert shipped("city-testimony") == load(CITY)
