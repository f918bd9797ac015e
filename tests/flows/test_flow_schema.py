"""The JSON Schema for editors says what the loader says about the form of a flow."""

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from small_flows import SURVEYS, TRANSCRIPTS, source

from flows import examine
from flows.language.parts import MAY, NEEDS
from flows.language.schema import SAID, json_schema
from flows.language.shape import SILENT, TYPES, FlowShape, QuestionShape

SCHEMA = Draft202012Validator(json_schema())
# a value for each key, as an author would write it
WRITTEN = {
    "label": "What?",
    "hint": "{en: As you like, es: Como guste}",
    "purpose": "To call you back.",
    "relevant": "answered(first)",
    "constraint": "answered(first)",
    "constraint_message": "That cannot be.",
    "required": "true",
    "sensitive": "true",
    "multiline": "true",
    "choices": "{a: First, b: {label: Second, accept: [two], other: true, theme: home}}",
    "start": "0",
    "end": "10",
    "step": "2",
    "calculation": "1 + 1",
    "scope": "quote",
    "attempts": "2",
    "then": "pause",
    "theme": "housing",
    "report": "problem",
    "repeat": "Another one?",
    "max": "3",
    "questions": "{inner: {type: text, label: What?}}",
}
BROKEN = {
    "an unknown key": source("  a: {type: text, lable: A?}"),
    "no type": source("  a: {label: A?}"),
    "a type that is none": source("  a: {type: txet, label: A?}"),
    "no label": source("  a: {type: text}"),
    "a list for a text": source("  a: {type: text, label: [A?]}"),
    "an empty text": source("  a: {type: text, label: {}}"),
    "a truth that is none": source("  a: {type: text, label: A?, required: perhaps}"),
    "a count that is none": source("  a: {type: text, label: A?, attempts: often}"),
    "a number that is none": source("  a: {type: range, label: A?, end: high}"),
    "a span that is none": source(expires="soon"),
    "words that are none": source(keywords="{en: {a: b}}"),
    "choices that are a list": source("  a: {type: select_one, label: A?, choices: [b, c]}"),
    "a key that means nothing here": source("  a: {type: note, label: A, required: true}"),
    "no questions": source().partition("questions:")[0],
    "a consent without its end": source(consent="{label: May we?}"),
    "languages that are a word": source(languages="en"),
    "a care that is a text": source(care="{danger: Call 911.}"),
    "a care without its label": source(care="{danger: {words: he has a gun}}"),
    "a care without words": source(care="{danger: {label: Call 911.}}"),
    "an unknown key of a care": source(
        care="{danger: {words: he has a gun, label: Call., when: now}}"
    ),
    "a truth and more for a warning": source(not_private="[true]"),
    "a quiet word that is none": source(leave="{en: {a: b}}"),
}


def by_schema(text: str) -> bool:
    return SCHEMA.is_valid(YAML(typ="safe", pure=True).load(text))


def by_loader(text: str) -> bool:
    return not examine(text).mistakes


def flow_with(kind: str, keys: set[str]) -> str:
    item = ", ".join([f"type: {kind}", *(f"{key}: {WRITTEN[key]}" for key in sorted(keys))])
    return source(f"  first: {{type: text, label: First?}}\n  a: {{{item}}}")


def needed(kind: str) -> set[str]:
    return {*NEEDS.get(kind, ()), *(() if kind in SILENT else ("label",))}


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


def test_every_key_is_explained() -> None:
    """In the editor, beside the key."""
    assert {*FlowShape.model_fields, *QuestionShape.model_fields} <= set(SAID)


FLOWS = [*SURVEYS.glob("*.yaml"), *(TRANSCRIPTS / "flows").glob("*.yaml")]


@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_the_flows_that_load_are_valid(path) -> None:
    assert by_schema(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_takes_the_same_keys_in_both(kind: str) -> None:
    """Each key alone beside those that the type needs: taken by both or refused by both."""
    for key in WRITTEN:
        keys = needed(kind) | {key} | ({"constraint"} if key == "constraint_message" else set())
        text = flow_with(kind, keys)
        assert by_schema(text) == by_loader(text) == (keys <= MAY[kind]), text


@pytest.mark.parametrize("kind", TYPES)
def test_a_type_misses_the_same_keys_in_both(kind: str) -> None:
    for key in needed(kind):
        text = flow_with(kind, needed(kind) - {key})
        assert not by_schema(text), text
        assert not by_loader(text), text


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_a_fault_of_form_is_one_in_both(text: str) -> None:
    assert not by_loader(text)
    assert not by_schema(text)
