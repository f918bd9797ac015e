"""The language of a first message: by its words, by its script, by its letters; when these do not tell, nobody guesses.

A wrong guess starts an interview that the person cannot read, a question costs one message: so it answers only where
it is sure, and says nothing where another language that nobody offers is the likelier one.
"""

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from unicodedata import normalize

from flows.folding import fold
from flows.tongues.profiles import profiles_of
from flows.tongues.script import dominant, primary, script_of, told_by_a_letter
from flows.tongues.words import said_by, small_words

SURE = 0.95  # what the likeliest offered language must weigh among the offered ones
STRANGE = 0.7  # what a language that nobody offers may weigh beside them
MOST_READ = 400  # letters: a longer message is known by its beginning
SMALL_WORD = 2.5  # what each of the commonest words adds to a language: a logarithm
SPANISH_MARKS, MARKED = "¿¡", 4.0  # much more than one small word
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+")
_LEAST_PRIOR = 1e-3
_NO_WORDS: Mapping[str, Sequence[str]] = MappingProxyType({})


class Why(StrEnum):
    """What told the language, or why none was told."""

    WORD = "word"
    SCRIPT = "script"
    LETTERS = "letters"
    NOTHING = "no letters"
    SHARED = "shared word"
    STRANGER = "not offered"
    UNSURE = "unsure"


@dataclass(frozen=True)
class Heard:
    """One of the offered languages or None, all of them with the likeliest first, and why."""

    language: str | None
    likely: tuple[str, ...]
    why: Why


def detect(
    text: str,
    offered: Sequence[str],
    *,
    prior: Mapping[str, float] | None = None,
    keywords: Mapping[str, Sequence[str]] = _NO_WORDS,
) -> Heard:
    """In which of ``offered`` a first message is written.

    ``prior`` tells how often each is met (any positive numbers), ``keywords`` are a flow's own words by language.
    """
    languages = _by_prior(tuple(dict.fromkeys(offered)), prior or {})
    read = _ADDRESS.sub(" ", text[:MOST_READ])
    folded = fold(read)
    if not any(map(str.isalpha, folded)):
        return Heard(None, languages, Why.NOTHING)
    said = said_by(folded, languages, keywords)
    if said is not None:
        return _by_words(said, languages)
    return _by_letters(read, folded, languages, prior or {})


def prepare(languages: Iterable[str]) -> None:
    """Read now what the first message in one of ``languages`` would have to wait for."""
    offered = tuple(languages)
    for script in {script_of(one) for one in offered}:
        profiles_of(script)
    detect("one of no known words", offered)


def _by_prior(languages: tuple[str, ...], prior: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(languages, key=lambda one: -prior.get(one, 0)))


def _first(languages: Sequence[str], chosen: Sequence[str]) -> tuple[str, ...]:
    return (*chosen, *(one for one in languages if one not in chosen))


def _by_words(said: frozenset[str], languages: tuple[str, ...]) -> Heard:
    chosen = [one for one in languages if one in said]
    if len(chosen) == 1:
        return Heard(chosen[0], _first(languages, chosen), Why.WORD)
    return Heard(None, _first(languages, chosen), Why.SHARED if chosen else Why.STRANGER)


def _by_letters(
    read: str, folded: str, languages: tuple[str, ...], prior: Mapping[str, float]
) -> Heard:
    scripts = {one: script_of(one) for one in languages}
    script = dominant(folded, scripts.values())
    only = told_by_a_letter(folded, script or "")
    among = [one for one in languages if scripts[one] == script and only in (None, primary(one))]
    if script is None or not among:
        return Heard(None, languages, Why.STRANGER)
    weights = _weights(read, folded, script)
    if not weights:
        chosen = among[0] if len(among) == 1 else None
        return Heard(chosen, _first(languages, among), Why.SCRIPT if chosen else Why.UNSURE)
    shares = _shares({one: _weight(one, weights, prior) for one in among})
    among.sort(key=lambda one: -shares[one])
    likely = _first(languages, among)
    if _strange(weights, among) > STRANGE:
        return Heard(None, likely, Why.STRANGER)
    if shares[among[0]] < SURE:
        return Heard(None, likely, Why.UNSURE)
    return Heard(among[0], likely, Why.LETTERS if len(among) > 1 else Why.SCRIPT)


def _weights(read: str, folded: str, script: str) -> dict[str, float]:
    """How well a message goes with each language of a script: empty where it has no profiles to compare."""
    profiles = profiles_of(script)
    weights = profiles.weigh(normalize("NFKC", read)) if profiles else {}
    if not weights:
        return weights
    for language, count in small_words(folded).items():
        if language in weights:
            weights[language] += count * SMALL_WORD
    if "es" in weights and any(mark in read for mark in SPANISH_MARKS):
        weights["es"] += MARKED
    return weights


def _weight(language: str, weights: Mapping[str, float], prior: Mapping[str, float]) -> float:
    """What letters and habit say together; a language that has no profile goes with a text as badly as the worst."""
    most = max(prior.values(), default=0)
    share = prior.get(language, 0) / most if most > 0 else 1
    letters = weights.get(primary(language), min(weights.values()))
    return letters + math.log(max(share, _LEAST_PRIOR))


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    most = max(weights.values())
    powers = {one: math.exp(weight - most) for one, weight in weights.items()}
    return {one: power / sum(powers.values()) for one, power in powers.items()}


def _strange(weights: Mapping[str, float], among: Sequence[str]) -> float:
    """What the likeliest of all languages that nobody offers weighs."""
    known = {primary(one) for one in among}
    shares = _shares(weights)
    return max((share for one, share in shares.items() if one not in known), default=0)
