"""The JSON Schema of a flow, for editors that complete and check YAML as it is typed.

Made from the shape that the loader itself reads by, and from its table of which keys go with which type.
"""

from typing import Any

from flows.language.parts import MAY, NEEDS
from flows.language.shape import SILENT, TEXT_SCHEMA, WORD_SCHEMA, WORDS_SCHEMA, FlowShape

DIALECT = "https://json-schema.org/draft/2020-12/schema"
TEXT, WORDS, CHOICE = "#/$defs/Text", "#/$defs/Words", "#/$defs/Choice"
# what an editor shows beside a key
SAID = {
    "flow": "The name of the file, without .yaml.",
    "title": "What the survey is called, in each language.",
    "languages": "Codes such as en, es. The first is the source; a missing text falls back to it.",
    "country": "Whose phone numbers people type without a country code: US.",
    "timezone": "Whose clock counts where a person's own is not known: America/New_York.",
    "unlisted": "true: started by its keyword or link alone; no menu offers it.",
    "keywords": "Texting one of these words starts the survey in that language.",
    "contact": "Who asks, and how to reach them: HELP says it.",
    "consent": "Asked before the first question; before a yes no answer is stored.",
    "closing": "Said at the end.",
    "expires": "After such a silence an interview is closed: 30 days.",
    "remind": "After such silences a person is reminded, once for each: [2 days, 7 days].",
    "care": "Dangers that people may write of. Help is named at once to who writes one of the words.",
    "leave": "Words that only you tell people: who sends one is asked nothing more, and told nothing of this.",
    "not_private": "true, or a text: said by text message before the first sensitive question.",
    "choice_lists": "Choices that several questions share, by the name of the list.",
    "questions": "Asked from top to bottom; those that are not relevant are left out.",
    "translations": "How far each language is. Kept by the command that brings translations in.",
    "type": "What is asked for.",
    "label": "The question as people read it. {city} puts in the answer to the question city.",
    "hint": "Said on the second try.",
    "purpose": "Why a personal detail is asked. Said with the question.",
    "relevant": "Ask only if this holds: housing in issues and people > 2.",
    "constraint": "An answer must fulfil this: when <= today().",
    "constraint_message": "Said when it does not.",
    "required": "true: this question cannot be skipped.",
    "sensitive": "true: the answer is sealed, and never shown again in a message.",
    "multiline": "true: several messages are one answer, until DONE.",
    "choices": "code: label, in the order in which they are numbered; or the name of a list.",
    "start": "The lowest number of the scale.",
    "end": "The highest number of the scale.",
    "step": "From one number of the scale to the next.",
    "calculation": "What it comes to: years(born).",
    "scope": "What a yes allows.",
    "attempts": "After so many answers that cannot be used, go on.",
    "then": "keep: go on with the words as they are. pause: leave it, and tell a coordinator.",
    "theme": "The theme under which the report counts this.",
    "report": "The part of the report that this answer belongs to.",
    "repeat": "After each time: is there another one to tell of?",
    "max": "How often at most.",
    "include": "The file of a block of questions that several surveys share.",
    "words": "What people write in that danger: [he has a gun, going to kill me]. Several words each.",
    "accept": "Other words that mean this choice.",
    "other": "true, or a text: who chooses this is asked to say it in words.",
    "declined": "Said after a no.",
    "reviewed": "true: a native speaker has read this language.",
    "sources": "Marks of the source texts that were translated.",
}


def json_schema() -> dict[str, Any]:
    """The schema as plain data, in draft 2020-12."""
    schema: dict[str, Any] = FlowShape.model_json_schema()
    shapes = schema["$defs"]
    _refer(schema, "#/$defs/ChoiceShape", CHOICE)
    question = shapes["QuestionShape"]
    question["properties"]["include"] = {"type": "string"}
    listed = question["properties"]["choices"]
    question["properties"]["choices"] = {"anyOf": [listed, {"type": "string"}]}
    question["required"] = []
    question["anyOf"] = [{"required": [key]} for key in ("type", "questions", "include")]
    question["allOf"] = [*(_typed(kind) for kind in MAY), _untyped()]
    for shape in (schema, *shapes.values()):
        _say(shape)
    shapes["CareShape"]["required"] = ["words", "label"]  # the loader tells of no words by itself
    choice = shapes.pop("ChoiceShape")
    shapes |= {"Text": TEXT_SCHEMA, "Words": WORDS_SCHEMA}
    shapes["Choice"] = {"anyOf": [{"$ref": TEXT}, choice]}
    return {"$schema": DIALECT, **schema, "title": "A flow of Testimony"}


def _typed(kind: str) -> dict[str, Any]:
    """What goes with one type: the keys that it may have, and those that it must."""
    needs = [*NEEDS.get(kind, ()), *(() if kind in SILENT else ("label",))]
    allowed = sorted(MAY[kind] | {"include"} if kind == "group" else MAY[kind])
    return {
        "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
        "then": {"required": needs, "propertyNames": {"enum": allowed}},
    }


def _untyped() -> dict[str, Any]:
    """Without a type it is a repeat, a group, or a block that is included."""
    return {
        "if": {"not": {"required": ["type"]}},
        "then": {"propertyNames": {"enum": sorted(MAY["repeat"] | {"include"})}},
    }


def _say(shape: dict[str, Any]) -> None:
    """Put short names for the long parts, and beside each key what it is for."""
    shape.pop("title", None)
    for name, part in shape["properties"].items():
        optional = [one for one in part.get("anyOf", ()) if one != {"type": "null"}]
        found = optional[0] if len(optional) == 1 else part
        plain = {key: value for key, value in found.items() if key not in ("title", "default")}
        if plain == TEXT_SCHEMA:
            plain = {"$ref": TEXT}
        elif plain == WORDS_SCHEMA:
            plain = {"$ref": WORDS}
        elif plain == {"type": "string"} and name not in ("flow", "relevant"):
            plain = dict(WORD_SCHEMA)
        shape["properties"][name] = {**plain, "description": SAID[name]}


def _refer(part: Any, old: str, new: str) -> None:
    """Point every reference to ``old`` at ``new``."""
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for value in inner:
        _refer(value, old, new)
    if isinstance(part, dict) and part.get("$ref") == old:
        part["$ref"] = new
