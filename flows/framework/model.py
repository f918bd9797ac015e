"""What a framework is once it is read: themes and groups of persons, with labels, articles and treaties. Frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from flows.language.model import Text

ASSESSMENTS = ("problem", "progress", "recommendation")  # what a testimony, or a part of it, tells


class Bond(StrEnum):
    """How a country stands to a treaty."""

    RATIFIED = "ratified"
    SIGNED = "signed"
    NEITHER = "neither"
    UNKNOWN = "unknown"
    DECLARATION = "declaration"  # no country ratifies one


@dataclass(frozen=True, slots=True)
class Joined:
    """What a country did about a treaty; ``ratified`` is the day it ratified or acceded."""

    signed: date | None = None
    ratified: date | None = None


@dataclass(frozen=True, slots=True)
class Treaty:
    """A treaty, or a declaration (not ``binding``). ``states`` are the countries that are known, by their codes."""

    code: str
    title: Text
    year: int
    binding: bool = True
    states: Mapping[str, Joined] = field(default_factory=dict)

    def bond(self, country: str) -> Bond:
        """How ``country`` (two capital letters) stands to it."""
        if not self.binding:
            return Bond.DECLARATION
        joined = self.states.get(country)
        if joined is None:
            return Bond.UNKNOWN
        if joined.ratified:
            return Bond.RATIFIED
        return Bond.SIGNED if joined.signed else Bond.NEITHER

    def since(self, country: str) -> date | None:
        """The day on which ``country`` came to stand so, where there is one."""
        joined = self.states.get(country, Joined())
        return joined.ratified or joined.signed


@dataclass(frozen=True, slots=True)
class Theme:
    """What testimonies are about: ``udhr`` are articles of the Universal Declaration, ``treaties`` those of treaties.

    ``about`` says it in residents' words; ``sdg`` are Sustainable Development Goals, ``ohchr`` the UN's own labels.
    """

    code: str
    label: Text
    about: Text = field(default_factory=dict)
    udhr: tuple[int, ...] = ()
    treaties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sdg: tuple[str, ...] = ()
    ohchr: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Persons whom a testimony is about, with the UN's own label."""

    code: str
    label: Text
    ohchr: str = ""


@dataclass(frozen=True)
class Framework:
    """All of it. ``reviewed``: which lawyer has read it, and when; "" while it awaits that.

    The first language is the source.
    """

    languages: tuple[str, ...]
    themes: Mapping[str, Theme]
    groups: Mapping[str, Group]
    treaties: Mapping[str, Treaty] = field(default_factory=dict)
    udhr: Mapping[int, Text] = field(default_factory=dict)
    reviewed: str = ""

    def say(self, text: Text, language: str) -> str:
        """The text in ``language``, else in the file's first, else nothing."""
        return text.get(language) or text.get(self.languages[0]) or ""

    def theme(self, code: str, language: str) -> str:
        """The label of a theme; the code itself when the file has it no more."""
        found = self.themes.get(code)
        return (self.say(found.label, language) if found else "") or code

    def group(self, code: str, language: str) -> str:
        """The label of a group; the code itself when the file has it no more."""
        found = self.groups.get(code)
        return (self.say(found.label, language) if found else "") or code

    def knows(self, kind: str, code: str) -> bool:
        """Whether a code of this kind (theme, group, assessment) may be put on a testimony."""
        known = {"theme": self.themes, "group": self.groups, "assessment": ASSESSMENTS}
        return code in known.get(kind, ())
