"""The headings of an XLSForm's sheets: which column they name, and in which language.

Tools and years have given one column many names; here each has one.
"""

import re
from functools import cache

from babel.core import Locale, UnknownLocaleError

from flows.checks.rules import LANGUAGE
from flows.talking.languages import language_name

ALIASES = {
    "caption": "label",
    "relevance": "relevant",
    "constraining_message": "constraint_message",
    "jr:constraintmsg": "constraint_message",
    "requiredmsg": "required_message",
    "jr:requiredmsg": "required_message",
    "calculate": "calculation",
    "command": "type",
    "tag": "name",
    "value": "name",
    "count": "repeat_count",
    "jr:count": "repeat_count",
    "readonly": "read_only",
    "set_form_title": "form_title",
    "set_form_id": "form_id",
    "id_string": "form_id",
}
TRANSLATED = frozenset({"label", "hint", "guidance_hint", "constraint_message", "required_message"})
TRANSLATED |= {"image", "big-image", "audio", "video"}
WRAPPERS = ("bind", "control", "body", "media", "instance")
PICTURES = ("image", "big-image", "audio", "video")
NAMED = "en", "es", "fr", "pt"  # the languages in which languages are named
OWN_NAMES = {
    "kreyòl": "ht",
    "kreyol": "ht",
    "kreyòl ayisyen": "ht",
    "castellano": "es",
    "mandarin": "zh",
}
_IN_BRACKETS = re.compile(r"\(\s*([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\s*\)\s*$")


def column(heading: str) -> tuple[str, str]:
    """The column that a heading names and the language in it, as written: "label::English (en)"; "" for none."""
    sign = "::" if "::" in heading else ":"
    first, *rest = (part.strip() for part in heading.split(sign))
    key = first.lower().replace(" ", "_")
    if key == "jr" and rest:  # jr:count, split at a single colon
        key, *rest = f"jr:{rest[0]}".lower(), *rest[1:]
    key = key.removeprefix("bind:") if key.startswith("bind:jr:") else key
    if key in WRAPPERS and rest:
        inner = rest[0].lower().replace(" ", "_")
        known = inner in TRANSLATED or ALIASES.get(inner, inner) in KNOWN
        key, rest = (inner, rest[1:]) if known else (heading, [])
    key = ALIASES.get(key, key)
    if key in TRANSLATED:
        return key, sign.join(rest)
    return (key, "") if not rest else (heading, "")


KNOWN = frozenset({"type", "name", "label", "hint", "relevant", "constraint", "required"})
KNOWN |= {"constraint_message", "calculation", "parameters", "repeat_count", "choice_filter"}
KNOWN |= {"guidance_hint", "required_message", "read_only", "appearance", "default", "disabled"}
KNOWN |= {"trigger", "list_name"}


def language_code(written: str) -> str:
    """The code of a language as a form names it: "English (en)", "en", "English", "español"; "" when unknown."""
    name = written.strip().casefold()
    if not name:
        return ""
    found = _IN_BRACKETS.search(written)
    code = (found[1] if found else written.strip()).replace("_", "-")
    code = "-".join([code.split("-")[0].lower(), *code.split("-")[1:]])
    for one in (code, code.split("-")[0]):  # pt-BR is Portuguese where the region is not known
        if (found or len(one) < 4) and LANGUAGE.fullmatch(one) and language_name(one) != one:
            return one
    return _names(own=False).get(name) or _names(own=True).get(name, "")


@cache
def _names(*, own: bool) -> dict[str, str]:
    """The names of languages: each in its ``own``, which takes a second to gather, or in a few that many write."""
    found = dict(OWN_NAMES)
    codes = [code for code in map(str, Locale("en").languages) if code.isalpha() and len(code) < 4]
    for named in [code for code in codes if len(code) == 2] if own else NAMED:
        try:
            languages = Locale(named).languages
        except (UnknownLocaleError, ValueError):
            continue
        for code in [named] if own else codes:
            if name := languages.get(code):
                found.setdefault(name.casefold(), code)
    return found


def heading(key: str, language: str) -> str:
    """The heading of a translated column: "label::Español (es)"."""
    return f"{key}::{language_name(language)} ({language})"
