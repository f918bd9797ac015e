"""The language in which the pages speak to staff; what residents wrote stays as it is.

Somebody's own choice comes first, kept in a cookie so that it holds before the log-in too; then what the browser
asks for; else English. A new language is one catalogue more under ``translations/``.
"""

from functools import lru_cache
from pathlib import Path

from babel.core import Locale
from flask import Flask, request
from flask_babel import Babel, get_locale

COOKIE = "interface"
SOURCE = "en"
CATALOGUES = Path(__file__).with_name("translations")


def speak(app: Flask) -> None:
    """Let every page of ``app`` choose its language."""
    Babel(
        app,
        default_locale=SOURCE,
        default_translation_directories=str(CATALOGUES),
        locale_selector=chosen,
    )


@lru_cache(maxsize=1)
def languages() -> dict[str, str]:
    """The languages that the pages can speak, each by its own name, the source first."""
    shipped = sorted(path.name for path in CATALOGUES.glob("*/") if any(path.rglob("*.mo")))
    return {code: _own_name(code) for code in (SOURCE, *shipped)}


def chosen() -> str:
    """The language of this request's page."""
    wanted = request.cookies.get(COOKIE, "")
    if wanted in languages():
        return wanted
    return request.accept_languages.best_match(list(languages()), SOURCE) or SOURCE


def locale() -> Locale:
    """The language for names, numbers and days; English outside of a page."""
    return get_locale() or Locale(SOURCE)


def _own_name(code: str) -> str:
    return str(Locale.parse(code).get_display_name(code) or code).capitalize()
