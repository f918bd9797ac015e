"""The shape of a flow's YAML: which keys there are and what each holds.

Only form is checked here, by pydantic; what the parts mean to each other is checked in ``checks``. Every message is
written for an organizer, and says what to write instead.
"""

from datetime import timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from flows.language.scalars import SPAN, count, flag, mistake, number, span

SOURCE = ""  # stands for the source language where a text is written without one
LISTED = ""  # the one "choice" of a question that names a shared list, which is its label

QuestionType = Literal[
    "note",
    "text",
    "integer",
    "decimal",
    "range",
    "date",
    "select_one",
    "select_multiple",
    "geopoint",
    "media",
    "phone",
    "email",
    "consent",
    "calculate",
    "group",
    "repeat",
]
Scope = Literal["quote", "updates", "follow_up", "media"]
Report = Literal["problem", "progress", "recommendation"]
Then = Literal["keep", "pause"]
TYPES: tuple[str, ...] = get_args(QuestionType)
SCOPES: tuple[str, ...] = get_args(Scope)
WORDS_ALLOWED: dict[str, tuple[str, ...]] = {
    "type": TYPES,
    "scope": SCOPES,
    "report": get_args(Report),
    "then": get_args(Then),
}
SILENT = ("calculate", "group", "repeat")  # what needs no label


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return {SOURCE: value}
    if isinstance(value, dict) and value and all(isinstance(text, str) for text in value.values()):
        return value
    if isinstance(value, dict) and any(" " in key for key, text in value.items() if text is None):
        raise mistake("a comma ends this text", "Put the text in quotes: its comma belongs to it.")
    raise mistake(
        "this must be a text", "Write a text, or one for each language: {en: ..., es: ...}."
    )


def _words(value: Any) -> Any:
    """Words by language; a single word or a list stands for the source language."""
    if isinstance(value, str | list):
        value = {SOURCE: value}
    if isinstance(value, dict):
        listed = {key: [item] if isinstance(item, str) else item for key, item in value.items()}
        if all(_is_words(words) for words in listed.values()):
            return listed
    raise mistake(
        "this must be words", "Write [one, two], or for each language {en: [one, two], es: [uno]}."
    )


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _spans(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


def _other(value: Any) -> Any:
    """True, or the text that asks for the words."""
    truth = isinstance(value, str) and value.lower() in ("true", "false")
    return flag(value) if truth else _text(value)


def _choices(value: Any) -> Any:
    """The name of a shared list stands for its choices."""
    return {LISTED: value} if isinstance(value, str) else value


def _item(value: Any) -> Any:
    """What holds questions is a repeat or a group, also where its type is not written."""
    if not isinstance(value, dict):
        return value
    item = dict(value)
    if "type" not in item and ("questions" in item or "repeat" in item):
        item["type"] = "repeat" if "repeat" in item else "group"
    if item.get("type") in SILENT:
        item.setdefault("label", {SOURCE: ""})
    return item


def _choice(value: Any) -> Any:
    """The short form of a choice is its label alone."""
    long_form = isinstance(value, dict) and not {"label", "accept", "other", "theme"}.isdisjoint(
        value
    )
    return value if long_form else {"label": value}


WORD_SCHEMA = {"type": ["string", "number", "boolean"]}  # what YAML makes of a word
_WORDS = {"anyOf": [WORD_SCHEMA, {"type": "array", "items": WORD_SCHEMA}]}
_BY_LANGUAGE = {"type": "object", "minProperties": 1, "additionalProperties": WORD_SCHEMA}
WORDS_SCHEMA = {"anyOf": [*_WORDS["anyOf"], {"type": "object", "additionalProperties": _WORDS}]}
TEXT_SCHEMA = {"anyOf": [WORD_SCHEMA, _BY_LANGUAGE]}
_SPANNED = {"type": "string", "pattern": f"^{SPAN.pattern}$"}

Text = Annotated[dict[str, str], BeforeValidator(_text), WithJsonSchema(TEXT_SCHEMA)]
Words = Annotated[
    dict[str, list[str]],
    BeforeValidator(_words),
    WithJsonSchema(WORDS_SCHEMA),
]
Flag = Annotated[bool, BeforeValidator(flag), WithJsonSchema({"type": "boolean"})]
Count = Annotated[
    int, BeforeValidator(count), WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 999})
]
Number = Annotated[Decimal, BeforeValidator(number), WithJsonSchema({"type": "number"})]
Span = Annotated[timedelta, BeforeValidator(span), WithJsonSchema(_SPANNED)]
Spans = Annotated[
    list[Span],
    BeforeValidator(_spans),
    WithJsonSchema({"anyOf": [_SPANNED, {"type": "array", "items": _SPANNED}]}),
]
# a text, or true for one that the program has
Other = Annotated[
    bool | dict[str, str],
    BeforeValidator(_other),
    WithJsonSchema({"anyOf": [{"type": "boolean"}, *TEXT_SCHEMA["anyOf"]]}),
]


class Shape(BaseModel):
    """Unknown keys are mistakes: a misspelt key must not vanish in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ChoiceShape(Shape):
    label: Text
    accept: Words = Field(default_factory=dict)
    other: Other = False
    theme: str = ""


Choice = Annotated[ChoiceShape, BeforeValidator(_choice)]
Choices = Annotated[dict[str, Choice], BeforeValidator(_choices)]


class CareShape(Shape):
    """Words that tell of a danger, and what is said to who writes one of them."""

    words: Words = Field(default_factory=dict)
    label: Text


class ConsentShape(Shape):
    label: Text
    declined: Text


class TranslationShape(Shape):
    """How far a language is: read over by a native speaker or not, and the sources it was translated from."""

    reviewed: Flag = False
    sources: list[str] = Field(default_factory=list)


class QuestionShape(Shape):
    type: QuestionType
    label: Text
    hint: Text = Field(default_factory=dict)
    purpose: Text = Field(default_factory=dict)
    relevant: str | None = None
    constraint: str | None = None
    constraint_message: Text = Field(default_factory=dict)
    required: Flag = False
    sensitive: Flag = False
    multiline: Flag = False
    choices: Choices = Field(default_factory=dict)
    start: Number | None = None
    end: Number | None = None
    step: Number | None = None
    calculation: str | None = None
    scope: Scope | None = None
    attempts: Count | None = None
    then: Then | None = None
    theme: str = ""
    report: Report | None = None
    repeat: Text = Field(default_factory=dict)
    max: Count | None = None
    questions: dict[str, "Item"] = Field(default_factory=dict)


Item = Annotated[QuestionShape, BeforeValidator(_item)]


class FlowShape(Shape):
    flow: str
    title: Text
    languages: Annotated[list[str], Field(min_length=1, max_length=50)]
    country: str = "US"
    timezone: str = ""
    unlisted: Flag = False
    keywords: Words = Field(default_factory=dict)
    contact: Text
    consent: ConsentShape
    closing: Text
    expires: Span | None = None
    remind: Spans = Field(default_factory=list)
    care: dict[str, CareShape] = Field(default_factory=dict)
    leave: Words = Field(default_factory=dict)
    not_private: Other = False
    choice_lists: dict[str, dict[str, Choice]] = Field(default_factory=dict)
    questions: Annotated[dict[str, Item], Field(min_length=1)]
    translations: dict[str, TranslationShape] = Field(default_factory=dict)
