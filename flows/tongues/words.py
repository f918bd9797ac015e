"""By which words a language is known: greetings, its names, the program's own words, and the commonest small words.

One YAML file a language in ``vocabulary``. A word may stand in several: then it tells only that it is one of those.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from babel.core import Locale, UnknownLocaleError

from flows.folding import fold
from flows.notation.reading import read
from flows.phrases import SHIPPED, phrasebook
from flows.tongues.script import primary

FOLDER = Path(__file__).parent / "vocabulary"
WRITTEN = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
LEAST = 4  # letters of a first word that is followed by others: "si" and "no" begin sentences in many languages
_ASKED = ("{}", "{} please", "in {}", "i speak {}")
_Languages = frozenset[str]
NOBODY: _Languages = frozenset()


@cache
def _vocabulary() -> Mapping[str, Mapping[str, tuple[str, ...]]]:
    lists = {}
    for code in WRITTEN:
        path = FOLDER / f"{code}.yaml"
        lists[code] = {
            key: tuple(map(fold, words))
            for key, words in read(path.read_text("utf-8"), path.name).data.items()
        }
    return lists


def _turned(words: Iterable[tuple[str, Iterable[str]]]) -> dict[str, _Languages]:
    """From words by language to languages by word."""
    turned: dict[str, _Languages] = {}
    for code, said in words:
        for word in said:
            turned[word] = turned.get(word, NOBODY) | {primary(code)}
    return turned


@cache
def _greetings() -> Mapping[str, _Languages]:
    return _turned((code, lists["greetings"]) for code, lists in _vocabulary().items())


@cache
def _common() -> Mapping[str, _Languages]:
    return _turned((code, lists.get("common", ())) for code, lists in _vocabulary().items())


@cache
def _commands() -> Mapping[str, _Languages]:
    """The program's own words but for "co", "da" or "ko", which other languages have too."""
    books = ((code, phrasebook(code)) for code in SHIPPED)
    said = ((code, {*book.commands, *book.yes, *book.no}) for code, book in books)
    return _turned((code, filter(_telling, words)) for code, words in said)


def _telling(word: str) -> bool:
    return len(word) > 2 or not word.isascii()


@lru_cache(maxsize=256)
def _names(code: str) -> tuple[frozenset[str], frozenset[str]]:
    """A language's own name, and the ways in which its English name asks for it."""
    try:
        locale = Locale.parse(code, sep="-" if "-" in code else "_")
    except (UnknownLocaleError, ValueError):
        return frozenset(), frozenset()
    own, english = locale.get_language_name(), locale.get_language_name("en")
    called = [english] if english else []
    called += sorted(names_of(code))
    asked = frozenset(fold(form.format(name)) for form in _ASKED for name in called)
    return frozenset({fold(own)} if own else ()), asked


@lru_cache(maxsize=256)
def names_of(language: str) -> frozenset[str]:
    """The folded names of a language that no table of languages has: "creole", "castellano", "한국말"."""
    return frozenset(_vocabulary().get(primary(language), {}).get("names", ()))


def _known(phrase: str, code: str, *, whole: bool) -> bool:
    language = primary(code)
    own, english = _names(code)
    if language in _greetings().get(phrase, NOBODY) or phrase in own:
        return True
    return whole and (language in _commands().get(phrase, NOBODY) or phrase in english)


def _sayers(
    phrase: str, offered: Iterable[str], keywords: Mapping[str, Sequence[str]], *, whole: bool
) -> _Languages:
    declared = {code for code in keywords if phrase in map(fold, keywords[code])}
    return frozenset(one for one in offered if one in declared or _known(phrase, one, whole=whole))


def said_by(
    folded: str, offered: Sequence[str], keywords: Mapping[str, Sequence[str]]
) -> _Languages | None:
    """Those of ``offered`` in which the whole message, or the first word or two of it, is a known word.

    None where it is nowhere known; nobody where it is a word of languages that are not offered.
    """
    if said := _sayers(folded, offered, keywords, whole=True):
        return said
    words = folded.split(" ")
    for count in (2, 1):
        first = " ".join(words[:count])
        if count < len(words) and len(first) >= LEAST:
            said = _sayers(first, offered, keywords, whole=False)
            if len(said) == 1:
                return said
    return NOBODY if any(_known(folded, code, whole=True) for code in WRITTEN) else None


def small_words(folded: str) -> dict[str, int]:
    """How many of the words are among the commonest of each language that has a list of them."""
    counts: dict[str, int] = {}
    for word in folded.split(" "):
        for language in _common().get(word, NOBODY):
            counts[language] = counts.get(language, 0) + 1
    return counts
