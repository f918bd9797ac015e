"""Texts of a form and texts of a flow: ``${name}`` and ``{name}``, marks of other tools, lists of words."""

import csv
import html
import re
from collections.abc import Callable, Iterable

REF = re.compile(r"\$\{\s*(?:last-saved#)?([^{}]*?)\s*\}")
_PIPE = re.compile(r"\{\{|\}\}|\{\s*([^{}|]*?)\s*(?:\|[^{}]*)?\}")
_TAG = re.compile(
    r"</?(?:span|b|i|u|em|strong|font|p|div|h[1-6]|a|small|big|center)(?:\s[^<>]*)?>", re.I
)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_BOLD = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
_TITLE = re.compile(r"^#{1,6}\s+", re.M)
UNKNOWN = "..."


def from_form(text: str, piped: Callable[[str], str]) -> str:
    """A form's text as a flow's: references become pipes, braces are doubled. ``piped`` names what may stand in."""
    parts = REF.split(text)
    for place, part in enumerate(parts):
        if place % 2:
            name = piped(part)
            parts[place] = f"{{{name}}}" if name else UNKNOWN
        else:
            parts[place] = part.replace("{", "{{").replace("}", "}}")
    return "".join(parts)


def to_form(text: str, referred: Callable[[str], str]) -> str:
    """A flow's text as a form's. ``referred`` is what stands for a question; "" where nothing can."""

    def replace(found: re.Match[str]) -> str:
        if found[0] in ("{{", "}}"):
            return found[0][0]
        return referred(found[1]) or UNKNOWN

    shown = _PIPE.sub(lambda found: "\0" if found[0] == "{{" else replace(found), text)
    return shown.replace("$\0", "$ {").replace("\0", "{")


def plain(text: str) -> str:
    """The text without the marks of HTML and Markdown, which a text message would show as they are."""
    bare = _TAG.sub("", _BREAK.sub("\n", text))
    bare = html.unescape(bare) if bare != text or "&" in text else bare
    return _TITLE.sub("", _BOLD.sub(r"\2", bare)).strip()


def join_words(words: Iterable[str]) -> str:
    """Words in one cell: "rent, landlord"; a word that would be read otherwise stands in quotes."""
    return ", ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    plain_word = word == word.strip() and word and not set(',"\n\r') & set(word)
    return word if plain_word else '"' + word.replace('"', '""') + '"'


def split_words(cell: str) -> list[str]:
    """The other way round."""
    rows = (
        csv.reader([cell], skipinitialspace=True)
        if "\n" not in cell
        else csv.reader(cell.splitlines(keepends=True), skipinitialspace=True)
    )
    return [word for row in rows for word in row]
