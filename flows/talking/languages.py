"""The languages of a flow: what they are called, how they are offered, and by which words one of them is asked for.

Nothing is switched here. A name is a wish only where it cannot be an answer; that is for the engine to know.
"""

from collections.abc import Iterable
from functools import cache, lru_cache

from babel.core import Locale, UnknownLocaleError

from flows.folding import fold, whole_number
from flows.language.model import Flow
from flows.phrases import FALLBACK, SHIPPED, Command, command, commands, phrasebook
from flows.tongues import KNOWN, Heard, Why, detect, names_of, prepare

FEW = 3  # languages; the title and how to choose in each of more would fill ten segments
SENTENCE = 4  # words


@lru_cache(maxsize=1024)
def language_name(code: str, language: str | None = None) -> str:
    """A language's own name ("Español" for "es"), or its name in ``language``; the code if unknown."""
    try:
        name = Locale.parse(code).get_display_name(language or code)
    except (UnknownLocaleError, ValueError):
        return code
    return name[:1].upper() + name[1:] if name else code


def language_menu(flow: Flow, likely: str) -> str:
    """The title and how to choose, once in each language of the flow; of many, a list with both in the ``likely`` one.

    The list has a line for each: in one line, Arabic letters would draw the number behind them to their front.
    """
    if len(flow.languages) > FEW:
        names = [f"{place}. {language_name(code)}" for place, code in enumerate(flow.languages, 1)]
        choose = phrasebook(likely).say("choose_one")
        return "\n".join([f"{flow.say(flow.title, likely)}\n", *names, choose])
    lines = []
    for number, code in enumerate(flow.languages, 1):
        values = {"name": language_name(code), "number": str(number)}
        choose = phrasebook(code).say("choose_language", **values)
        lines.append(f"{flow.say(flow.title, code)}\n{choose}")
    return "\n\n".join(lines)


def other_languages(flow: Flow, language: str) -> list[str]:
    """For each other language, a line in it that says how to get to it; for many one line, with their own names.

    That line has the English word too: who cannot read the language it is in cannot type its word either.
    """
    others = [code for code in flow.languages if code != language]
    if len(flow.languages) > FEW:
        line = phrasebook(language).say(
            "other_language", name=", ".join(map(language_name, others))
        )
        common = phrasebook(FALLBACK).shown[Command.LANGUAGE]
        return [line if common in line else f"{line} / {common}"]
    return [phrasebook(code).say("other_language", name=language_name(code)) for code in others]


def wanted(flow: Flow, text: str) -> str | None:
    """The language that is asked for by LANGUAGE with a name behind it: "LANGUAGE Spanish", "idioma inglés".

    It need not be one that the flow offers.
    """
    folded = fold(text)
    for word in _language_words():
        rest = folded.removeprefix(word)
        if rest != folded and (language := _named(rest.strip(), (*flow.languages, *KNOWN))):
            return language
    return None


def named(flow: Flow, text: str) -> str | None:
    """The language that the whole message is the name of, with LANGUAGE before it or without; offered or not."""
    return _named(fold(text), flow.languages) or wanted(flow, text)


def spoken(flow: Flow, text: str) -> str | None:
    """The language of the flow that a message names or surely is in; None for our own words and when unsure."""
    asked = named(flow, text)
    if asked or command(text, SHIPPED):
        return asked if asked in flow.languages else None
    return _heard(flow, text).language


def instead(flow: Flow, text: str, language: str) -> str | None:
    """The language that an unclear reply to what was asked in ``language`` names, or another that it surely is in.

    A few words are not enough: letters alone take "no problem" for Spanish. And an English yes is said by everyone.
    """
    asked = named(flow, text)
    if asked in flow.languages:
        return asked
    folded, english = fold(text), phrasebook(FALLBACK)
    if asked or command(text, SHIPPED) or folded in english.yes | english.no:
        return None
    heard = _heard(flow, text)
    enough = heard.why is not Why.LETTERS or folded.count(" ") + 1 >= SENTENCE
    return heard.language if enough and heard.language != language else None


def chosen(flow: Flow, text: str) -> str | None:
    """The language that answers the menu: by its number, its code, its title or name, or by what is said in it."""
    return picked(flow, text) or spoken(flow, text)


def picked(flow: Flow, text: str) -> str | None:
    """The language that answers the menu by its number, its code, its title or name: words that tell nothing else."""
    number, folded = whole_number(text), fold(text)
    for position, code in enumerate(flow.languages, 1):
        if number == position or (folded and folded == fold(flow.title.get(code, ""))):
            return code
    if folded in flow.languages and _heard(flow, text).why is not Why.WORD:  # "hi" greets
        return folded
    asked = named(flow, text)
    return asked if asked in flow.languages else None


def likeliest(flow: Flow, text: str) -> str:
    """The language that a message may be in, of which that is not sure; where little tells, the flow's source."""
    heard = _heard(flow, text)
    told = heard.why is Why.SHARED or (heard.why is Why.UNSURE and " " in fold(text))
    return heard.likely[0] if told and not command(text, SHIPPED) else flow.source_language


def warm_up() -> None:
    """Read now what the first message would have to wait for: how languages are told, and all their names."""
    prepare(SHIPPED)
    for code in SHIPPED:
        _names(code)


def _heard(flow: Flow, text: str) -> Heard:
    return detect(text, flow.languages, keywords=flow.keywords)


def _named(folded: str, languages: Iterable[str]) -> str | None:
    """The first of ``languages`` that a whole folded message is the name of, in whatever language."""
    return next((code for code in languages if folded in _names(code)), None)


@lru_cache(maxsize=256)
def _names(code: str) -> frozenset[str]:
    return names_of(code) | {fold(language_name(code, one)) for one in (code, *SHIPPED)} - {code}


@cache
def _language_words() -> tuple[str, ...]:
    """The word LANGUAGE in every language, the longest first."""
    words = (word for word, steer in commands(()).items() if steer is Command.LANGUAGE)
    return tuple(sorted(words, key=len, reverse=True))
