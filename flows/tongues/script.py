"""Which script a text is mostly in, and which one a language is written in; what a text says is not looked at."""

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from babel.core import get_global

LATIN, HAN, JAPANESE = "Latn", "Hani", "Jpan"
_PART = re.compile(r"[-_]")
_KANA = re.compile("[ぁ-ゖァ-ヺ]")
_TIGRINYA = re.compile("[ኣቐ-ቝዃኽኾ]")  # Amharic has the same script and next to no use for these
# scripts with several names, or written in the letters of another one
_SAME = {"Hans": HAN, "Hant": HAN, "Kore": "Hang", "Aran": "Arab"}
# one letter of these says as much as so many Latin ones: a Korean who names "McDonald's" still writes Korean
_WEIGHTS: Mapping[str, int] = {HAN: 3, JAPANESE: 3, "Hang": 3, "Ethi": 2}


@cache
def primary(language: str) -> str:
    """The language that a code such as "pt-BR" or "fil" begins with, under one name: "pt", "fil" (for "tl" too)."""
    name = _PART.split(language)[0].lower()
    return str(get_global("language_aliases").get(name, name)).partition("_")[0]


@cache
def script_of(language: str) -> str:
    """The script that ``language`` is usually written in, by its ISO 15924 name: "Latn" for "en" and the unknown."""
    name, *rest = _PART.split(language)
    said = next((part.title() for part in rest if len(part) == 4 and part.isalpha()), None)
    likely = get_global("likely_subtags")
    full = next((likely[tag] for tag in (name.lower(), primary(language)) if tag in likely), "")
    usual = full.split("_")[1] if full.count("_") >= 2 else LATIN
    return _SAME.get(said or usual, said or usual)


def told_by_a_letter(text: str, script: str) -> str | None:
    """The one language of ``script`` that some letter of ``text`` belongs to, where one is known to do so."""
    return "ti" if script == "Ethi" and _TIGRINYA.search(text) else None


@lru_cache(maxsize=256)
def _letters(script: str) -> Any:
    import regex  # which knows scripts, and the command line starts without it

    letters = r"[\p{Hira}\p{Kana}\p{Hani}]" if script == JAPANESE else rf"\p{{{script}}}"
    try:
        return regex.compile(letters)
    except regex.error:  # a code may name a script that Unicode does not have
        return regex.compile(r"(?!)")


def dominant(text: str, scripts: Iterable[str]) -> str | None:
    """The one of ``scripts`` that most letters of ``text`` are in; None where most are in others.

    Chinese letters beside any kana are Japanese ones.
    """
    kana = _KANA.search(text) is not None
    told = {(JAPANESE if kana else HAN) if one in (HAN, JAPANESE) else one for one in scripts}
    counts = {one: len(_letters(one).findall(text)) for one in told}
    others = sum(map(str.isalpha, text)) - sum(counts.values())
    weighed = {one: count * _WEIGHTS.get(one, 1) for one, count in sorted(counts.items())}
    best = max(weighed, key=weighed.__getitem__, default=None)
    return best if best is not None and weighed[best] > max(others, 0) else None
