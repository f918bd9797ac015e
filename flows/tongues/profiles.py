"""How well a text goes with each language that langdetect has a profile of, and with those in ``learned``.

A profile says how often each one, two and three letters follow each other in a language. langdetect draws some of a
text's letters by lot; here each counts once, so the same text is always weighed the same, and faster. The profiles of
one script are read when its first text is weighed, never at import.

Those in ``learned`` are of languages that langdetect does not know, so that they are not taken for their neighbours,
and of Vietnamese as it is typed without its marks. They were made by ``learn`` from the Universal Declaration of Human
Rights, whose translations the OHCHR gives to all (some 10,000 letters each; of Haitian Creole both translations).
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from json import dumps
from pathlib import Path
from threading import Lock
from typing import Any

from flows.tongues.script import HAN, JAPANESE, primary, script_of

LEARNED = {path.stem: path for path in sorted((Path(__file__).parent / "learned").glob("*.json"))}
MOST_LETTERS = 250  # a longer text is known by its beginning
TEMPERATURE = 2.0  # neighbouring letters are no independent witnesses: each says half
_UNSEEN = 0.5 / 10_000  # langdetect's own smoothing
NOT_SEEN = (
    math.log(_UNSEEN) / TEMPERATURE
)  # most of all weights, and one object: a third of the memory
_LOADING = Lock()


@dataclass(frozen=True)
class Profiles:
    """The profiles of one script: for all that can be counted in a text, its weight in each."""

    names: tuple[str, ...]
    factory: Any
    weights: Mapping[str, tuple[float, ...]]

    def weigh(self, text: str) -> dict[str, float]:
        """For each language a logarithm: the higher, the better ``text`` goes with it. Empty where nothing counts."""
        detector = self.factory.create()
        detector.append(text[:MOST_LETTERS].lower())
        detector.cleaning_text()
        found = [self.weights[gram] for gram in detector._extract_ngrams()]
        best: dict[str, float] = {}
        for name, weight in zip(self.names, map(sum, zip(*found, strict=True)), strict=bool(found)):
            best[name] = max(weight, best.get(name, -math.inf))
        return best


def profiles_of(script: str) -> Profiles | None:
    """The profiles of the languages written in ``script``; None where there are fewer than two to tell apart."""
    with _LOADING:  # langdetect's own loading is not safe among threads
        return _load(script)


@cache
def _load(script: str) -> Profiles | None:
    from langdetect import detector_factory  # the command line starts without it

    wanted = {HAN, JAPANESE} if script in (HAN, JAPANESE) else {script}
    shipped = Path(detector_factory.PROFILES_DIRECTORY).iterdir()
    named = [*((path.name, path) for path in shipped), *LEARNED.items()]
    texts = [path.read_text("utf-8") for name, path in named if script_of(name) in wanted]
    if len(texts) < 2:
        return None
    factory = detector_factory.DetectorFactory()
    factory.load_json_profile(texts)
    frequencies = factory.word_lang_prob_map
    for gram, often in frequencies.items():
        frequencies[gram] = tuple(_weight(one) if one else NOT_SEEN for one in often)
    return Profiles(tuple(map(primary, factory.get_lang_list())), factory, frequencies)


def _weight(frequency: float) -> float:
    return math.log(_UNSEEN + frequency) / TEMPERATURE


def learn(name: str, texts: Iterable[str]) -> str:
    """A profile made from ``texts`` (10,000 letters are enough), as the JSON of the files in that folder."""
    from langdetect.utils.lang_profile import LangProfile

    profile = LangProfile(name)
    for text in texts:
        profile.update(f" {text.lower()} ")
    profile.omit_less_freq()
    kept = {"freq": dict(profile.freq), "n_words": profile.n_words, "name": name}
    return dumps(kept, ensure_ascii=False, separators=(",", ":"))
