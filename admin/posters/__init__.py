"""Posters of a survey: what to send to which number, and a code to scan, as a page to print or a picture to share.

A pure matter: the same words give the same bytes. They are set as they are, never taken for markup, and nothing is read
but fonts and the layout (``poster.typ``, which says how all of it looks).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, TypedDict
from urllib.parse import urlsplit

from flows.phrases import phrasebook
from storage.paper.press import Kind, Unprintable, breakable, drawn, plain, printed, sms_code

__all__ = ["Kind", "Paper", "Poster", "Unprintable", "poster"]

Paper = Literal["letter", "a4"]
LAYOUT = Path(__file__).with_name("poster.typ")
LONGEST_TITLE, LONGEST_CONTACT = 300, 160
TELEGRAM = ("t.me", "telegram.me")
KEYWORD, NUMBER = "\x01", "\x02"  # hold the places in the sentence of what is set large


@dataclass(frozen=True)
class Poster:
    """What a poster tells. It asks for a text message where there is a number, and names a link where there is one.

    The number is written as people read it, with the country's digits, for the code dials them: +1 404-555-0100.
    ``scanned`` is what the code of the link holds, where that tells more than the link that people type.
    """

    title: str
    language: str
    keyword: str
    number: str | None
    link: str | None
    contact: str
    scanned: str | None = None


class Line(TypedDict):
    """A line of the sentence: the keyword or the number, set large, and the small words before and after it."""

    before: str
    large: str
    is_number: bool
    after: str


class Code(TypedDict):
    """A QR code: its picture, its name beside another one, and what it holds, for those who cannot see it."""

    svg: str
    label: str
    holds: str


def poster(asked: Poster, kind: Kind = "pdf", paper: Paper = "letter") -> bytes:
    """A PDF of one page, with strips to tear off, or a PNG for screens, where ``paper`` says nothing.

    Raises ``Unprintable`` if there is a letter that no font has, and ``ValueError`` if there is nothing to tell.
    """
    known, book = cleaned(asked), phrasebook(asked.language)
    number, link = known.number or "", known.link or ""
    words = {
        "title": breakable(known.title),
        "contact": breakable(known.contact),
        "keyword": known.keyword,
        "number": number,
        "link": link.removeprefix("https://").removeprefix("http://"),
        "scan": book.say("poster_scan"),
        "free": book.say("poster_free"),
    }
    sentence = book.say("poster_send", keyword=KEYWORD, number=NUMBER) if number else ""
    told = {
        **words,
        "lines": list(lines(sentence, {KEYWORD: known.keyword, NUMBER: number})),
        "codes": list(codes(known.keyword, number, known.scanned or link)),
        "spoken": book.language,
        "paper": paper if kind == "pdf" else "screen",
    }
    return printed(LAYOUT.read_bytes(), told, [sentence, *words.values()], asked.language, kind)


def cleaned(asked: Poster) -> Poster:
    """The same, each text on one line and none too long."""
    known = replace(
        asked,
        title=plain(asked.title, LONGEST_TITLE),
        keyword=plain(asked.keyword),
        number=plain(asked.number or "") or None,
        link=plain(asked.link or "") or None,
        contact=plain(asked.contact, LONGEST_CONTACT),
        scanned=plain(asked.scanned or "") or None,
    )
    if not known.title or not (known.number or known.link) or (known.number and not known.keyword):
        raise ValueError("A poster needs a title, and a number with a keyword, or a link.")
    return known


def lines(sentence: str, large: dict[str, str]) -> Iterator[Line]:
    """The sentence, broken so that the keyword and the number each have a line.

    Where the keyword comes first, the words between belong to the number ("to 404…"), but for an ending written on to
    the keyword. Where the number comes first, they belong to it: such languages put these words behind.
    """
    before, *rest = re.split(f"([{KEYWORD}{NUMBER}])", sentence)
    while rest:
        place, after, *rest = rest
        following = ""
        if place == KEYWORD and rest:
            after, _, following = after.partition(" ")
        yield Line(
            before=before.strip(),
            large=large[place],
            is_number=place == NUMBER,
            after=after.strip(),
        )
        before = following


def codes(keyword: str, number: str, link: str) -> Iterator[Code]:
    """One code that writes the text message, one that opens the link."""
    if number:
        message = sms_code(number, keyword)
        yield Code(svg=drawn(message), label="SMS", holds=f"SMS: {keyword}, {number}")
    if link:
        label = "Telegram" if urlsplit(link).hostname in TELEGRAM else "Web"
        yield Code(svg=drawn(link), label=label, holds=link)
