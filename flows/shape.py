"""The shape of a flow's YAML: which keys there are and what each holds.

Only form is checked here, by pydantic; what the parts mean to each other is checked in ``checks``. Every message is
written for an organizer, and says what to write instead.
"""

from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

SOURCE = ""  # stands for the source language where a text is written without one

QuestionType = Literal[
    "note", "text", "integer", "decimal", "date", "select_one", "select_multiple", "consent"
]
Scope = Literal["quote", "updates", "follow_up", "media"]
TYPES: tuple[str, ...] = get_args(QuestionType)
SCOPES: tuple[str, ...] = get_args(Scope)


def _mistake(message: str, cure: str) -> PydanticCustomError:
    return PydanticCustomError("flow", "{message}\n{cure}", {"message": message, "cure": cure})


def _text(value: Any) -> Any:
    if isinstance(value, str):
        return {SOURCE: value}
    if isinstance(value, dict) and value and all(isinstance(text, str) for text in value.values()):
        return value
    raise _mistake(
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
    raise _mistake(
        "this must be words", "Write [one, two], or for each language {en: [one, two], es: [uno]}."
    )


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _flag(value: Any) -> Any:
    if value in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return value.lower() == "true"
    raise _mistake(f"“{value}” is neither true nor false", "Write true or false.")


def _choice(value: Any) -> Any:
    """The short form of a choice is its label alone."""
    long_form = isinstance(value, dict) and "label" in value
    return value if long_form else {"label": value}


Text = Annotated[dict[str, str], BeforeValidator(_text)]
Words = Annotated[dict[str, list[str]], BeforeValidator(_words)]
Flag = Annotated[bool, BeforeValidator(_flag)]


class Shape(BaseModel):
    """Unknown keys are mistakes: a misspelt key must not vanish in silence."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ChoiceShape(Shape):
    label: Text
    accept: Words = Field(default_factory=dict)


class ConsentShape(Shape):
    label: Text
    declined: Text


class QuestionShape(Shape):
    type: QuestionType
    label: Text
    hint: Text = Field(default_factory=dict)
    relevant: str | None = None
    constraint: str | None = None
    constraint_message: Text = Field(default_factory=dict)
    required: Flag = False
    choices: dict[str, Annotated[ChoiceShape, BeforeValidator(_choice)]] = Field(
        default_factory=dict
    )
    scope: Scope | None = None


class FlowShape(Shape):
    flow: str
    title: Text
    languages: Annotated[list[str], Field(min_length=1)]
    keywords: Words = Field(default_factory=dict)
    contact: Text
    consent: ConsentShape
    closing: Text
    questions: Annotated[dict[str, QuestionShape], Field(min_length=1)]
