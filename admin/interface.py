"""The language in which the pages speak to staff; what residents wrote stays as it is.

Somebody's own choice comes first, kept in a cookie so that it holds before the log-in too; then what the browser
asks for; else English. A new language is one catalogue more under ``translations/``. Catalogues are read as they were
written: nobody compiles them, so none can be older than its text.
"""

from dataclasses import dataclass
from functools import cache, lru_cache
from io import BytesIO
from pathlib import Path

from babel.core import Locale
from babel.support import NullTranslations, Translations
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, Domain

from flows import Flow

COOKIE = "interface"
SOURCE = "en"
HOUSE = Locale("en", "GB")  # how English days and hours are written here: 21 Nov 2026, 13:05
CATALOGUES = Path(__file__).with_name("translations")


@dataclass(frozen=True)
class Speech:
    """A language as pages speak it: for names and numbers, for days and hours, and as browsers are told of it."""

    locale: Locale
    calendar: Locale
    tag: str  # "es", "pt-BR"
    words: NullTranslations


class Catalogues(Domain):
    """Where Flask-Babel finds what a message is in the language of the page."""

    def get_translations(self) -> NullTranslations:
        return spoken().words


@cache
def speech(code: str) -> Speech:
    """The language of a code such as "es" or "pt_BR"."""
    locale = Locale.parse(code)
    calendar = HOUSE if locale.language == SOURCE else locale
    return Speech(locale, calendar, str(locale).replace("_", "-"), catalogue(code))


@cache
def catalogue(code: str) -> NullTranslations:
    """The translations into a language; those of the source say everything as it stands."""
    path = _path(code)
    if not path.is_file():
        return NullTranslations()
    from babel.messages.mofile import write_mo  # only other languages than the source need to read
    from babel.messages.pofile import read_po

    compiled = BytesIO()
    with path.open("rb") as written:
        write_mo(compiled, read_po(written, code))
    compiled.seek(0)
    return Translations(compiled)


def speak(app: Flask) -> None:
    """Let every page of ``app`` choose its language."""
    babel = Babel(app, default_locale=SOURCE, locale_selector=chosen)
    babel.domain_instance = Catalogues()


@lru_cache(maxsize=1)
def languages() -> dict[str, str]:
    """The languages that the pages can speak, each by its own name, the source first."""
    shipped = sorted(path.name for path in CATALOGUES.glob("*/") if _path(path.name).is_file())
    return {code: _own_name(code) for code in (SOURCE, *shipped)}


def chosen() -> str:
    """The language of this request's page."""
    wanted = request.cookies.get(COOKIE, "")
    if wanted in languages():
        return wanted
    return request.accept_languages.best_match(list(languages()), SOURCE) or SOURCE


def spoken() -> Speech:
    """The language of this request's page, which is chosen once; English outside of a page."""
    if not has_request_context():
        return speech(SOURCE)
    found: Speech | None = g.get("speech")
    if found is None:
        found = g.speech = speech(chosen())
    return found


def locale() -> Locale:
    """The language for names and numbers."""
    return spoken().locale


def calendar() -> Locale:
    """The language for days and hours."""
    return spoken().calendar


def tongue_of(flow: Flow) -> str:
    """The language in which a page names a flow and its questions: its own, where the flow speaks it."""
    wanted = tag()
    spoken = (wanted, wanted.partition("-")[0], flow.source_language)
    return next(code for code in spoken if code in flow.languages)


def tag() -> str:
    """The language as pages name it to browsers."""
    return spoken().tag


def direction() -> str:
    """Which way the language runs, "ltr" or "rtl"."""
    return str(locale().text_direction)


def _path(code: str) -> Path:
    return CATALOGUES / code / "LC_MESSAGES" / "messages.po"


def _own_name(code: str) -> str:
    name = str(Locale.parse(code).get_display_name(code) or code)
    return name[:1].upper() + name[1:]
