"""The shape of the file of themes: which keys there are, what each holds. What they mean together is ``reading``'s."""

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from flows.language.scalars import mistake
from flows.language.shape import Shape, Text

ARTICLE = re.compile(r"[0-9]{1,2}[a-z]?(-[ivx]{1,5})?")
GOAL = re.compile(r"(1[0-7]|[1-9])(\.([0-9]{1,2}|[a-d]))?")
NEITHER = "neither"


def _day(value: Any) -> Any:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise mistake(f"“{value}” is not a day", "Write it as 1992-06-08.") from None


def _year(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"(19|20)\d\d", value):
        return int(value)
    raise mistake(f"“{value}” is not a year", "Write it as 1966.")


def _said(value: Any) -> Any:
    """Yes or no in words: YAML's own are words here."""
    if value in ("yes", "true", "no", "false"):
        return value in ("yes", "true")
    raise mistake(f"“{value}” is neither yes nor no", "Write yes or no.")


def _state(value: Any) -> Any:
    return {} if value == NEITHER else value


def _article(value: Any) -> Any:
    if isinstance(value, str) and ARTICLE.fullmatch(value):
        return value
    raise mistake(f"“{value}” is not an article", "Write its number, as 11, 5b or 5e-iii.")


def _goal(value: Any) -> Any:
    if isinstance(value, str) and GOAL.fullmatch(value):
        return value
    cure = "Write the number of a goal from 1 to 17, or of a target, as 16.9."
    raise mistake(f"“{value}” is not a goal for sustainable development", cure)


def _number(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(r"30|[12]?[0-9]", value) and value != "0":
        return int(value)
    cure = "Write the number of one of its articles, from 1 to 30."
    raise mistake(f"“{value}” is not an article of the Universal Declaration", cure)


def _reviewed(value: Any) -> Any:
    return "" if value in (None, "no") else value


Day = Annotated[date, BeforeValidator(_day)]
Number = Annotated[int, BeforeValidator(_number)]
Article = Annotated[str, BeforeValidator(_article)]
Goal = Annotated[str, BeforeValidator(_goal)]


class StateShape(Shape):
    signed: Day | None = None
    ratified: Day | None = None


class TreatyShape(Shape):
    title: Text
    year: Annotated[int, BeforeValidator(_year)]
    binding: Annotated[bool, BeforeValidator(_said)] = True
    states: dict[str, Annotated[StateShape, BeforeValidator(_state)]] = Field(default_factory=dict)


class ThemeShape(Shape):
    label: Text
    about: Text = Field(default_factory=dict)
    udhr: list[Number] = Field(default_factory=list)
    treaties: dict[str, list[Article]] = Field(default_factory=dict)
    sdg: list[Goal] = Field(default_factory=list)
    ohchr: list[str] = Field(default_factory=list)


class GroupShape(Shape):
    label: Text
    ohchr: str = ""


class FrameworkShape(Shape):
    reviewed: Annotated[str, BeforeValidator(_reviewed)] = ""
    languages: Annotated[list[str], Field(min_length=1, max_length=50)]
    udhr: dict[Number, Text] = Field(default_factory=dict)
    treaties: dict[str, TreatyShape] = Field(default_factory=dict)
    themes: Annotated[dict[str, ThemeShape], Field(min_length=1)]
    groups: dict[str, GroupShape] = Field(default_factory=dict)


# what may stand under each of the head's keys, for the cure of a misspelt one
WITHIN: dict[str, type[Shape]] = {
    "treaties": TreatyShape,
    "themes": ThemeShape,
    "groups": GroupShape,
}
