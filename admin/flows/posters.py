"""Posters of a published flow: which there can be, and each as a file. How one looks is told in ``admin.posters``."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import phonenumbers
from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from admin.desk import desk
from admin.flows.common import stand_of
from admin.interface import tongue_of
from admin.posters import Paper, Poster, Unprintable, poster
from admin.words import language_name
from flows import Flow
from storage import sources

PAPERS: Mapping[str, Paper] = {"letter": "letter", "a4": "a4"}
KINDS = {"pdf": "application/pdf", "png": "image/png"}
LINKS = {
    "telegram": lazy_gettext("A Telegram bot"),
    "web": lazy_gettext("The web page"),
    "none": lazy_gettext("No second code"),
}
BOT = r"[A-Za-z][A-Za-z0-9_]{3,31}"
NOWHERE = ("localhost", "127.0.0.1", "0.0.0.0", "::1")  # noqa: S104 - recognised, not listened on


@dataclass(frozen=True)
class Wanted:
    """What posters shall tell, as a page asks for it. ``faults`` are the fields that cannot be used, and why."""

    number: str
    link: str
    bot: str
    paper: Paper
    faults: Mapping[str, str]

    @property
    def values(self) -> Mapping[str, Any]:
        """The same as the fields of an address."""
        return {"number": self.number, "link": self.link, "bot": self.bot, "paper": self.paper}


def posters(flow: str) -> ResponseReturnValue:
    """A poster for each language, with what it shall tell to be filled in."""
    with desk().database.reading() as session:
        stand = stand_of(session, flow)
        shown = desk().library.flow(session, stand.current.id) if stand.current else None
    wanted = _wanted(shown) if shown else None
    return render_template(
        "admin/flows_posters.html",
        name=flow,
        title=shown.say(shown.title, tongue_of(shown)) if shown else flow,
        wanted=wanted,
        languages={code: language_name(code) for code in shown.languages} if shown else {},
        keywords={code: _keyword(shown, code) for code in shown.languages} if shown else {},
        possible=bool(shown and wanted and not wanted.faults and _leads(shown, wanted)),
        nowhere=urlsplit(desk().public_url or "").hostname in (None, *NOWHERE),
        links=LINKS,
    )


def poster_file(flow: str, language: str, kind: str) -> ResponseReturnValue:
    """One poster, to print (PDF) or to share (PNG)."""
    with desk().database.reading() as session:
        stand = stand_of(session, flow)
        shown = desk().library.flow(session, stand.current.id) if stand.current else None
    if shown is None or language not in shown.languages or kind not in KINDS:
        abort(404)
    wanted = _wanted(shown)
    if wanted.faults:
        abort(404)
    try:
        made = poster(
            _told(shown, language, wanted), "png" if kind == "png" else "pdf", wanted.paper
        )
    except ValueError:
        abort(404)
    except Unprintable as reason:
        return render_template(
            "admin/error.html",
            heading=_("This poster cannot be printed"),
            text=unprintable(reason),
        ), 409
    response = Response(made, content_type=KINDS[kind])
    name = f"{flow}-{language}.{kind}"
    shape = "attachment" if "download" in request.args or kind == "pdf" else "inline"
    response.headers.set("Content-Disposition", shape, filename=name)
    return response


def unprintable(reason: Unprintable) -> str:
    return _(
        "No font on this machine has %(letters)s. Leave it out, or install a font that has it, from "
        "fonts.google.com/noto or, on Debian, by apt install fonts-noto-core fonts-noto-color-emoji.",
        letters=reason.named,
    )


def _told(flow: Flow, language: str, wanted: Wanted) -> Poster:
    keyword = _keyword(flow, language)
    return Poster(
        title=flow.say(flow.title, language),
        language=language,
        keyword=keyword,
        number=wanted.number if wanted.number and keyword else None,
        link=_address(flow, language, wanted),
        scanned=_address(flow, language, wanted, scanned=True),
        contact=flow.say(flow.contact, language),
    )


def _leads(flow: Flow, wanted: Wanted) -> bool:
    """Whether a poster would lead anywhere."""
    return bool((wanted.number and flow.keywords) or _address(flow, flow.source_language, wanted))


def _keyword(flow: Flow, language: str) -> str:
    words = flow.keywords.get(language) or flow.keywords.get(flow.source_language) or ("",)
    return words[0]


def _address(flow: Flow, language: str, wanted: Wanted, *, scanned: bool = False) -> str | None:
    """Where the second code leads. As it is ``scanned`` it tells that it was on a poster; nobody should type that."""
    if wanted.link == "telegram" and wanted.bot:
        start = sources.marked(flow.name, sources.POSTER) if scanned else flow.name
        return f"https://t.me/{wanted.bot}?start={quote(start)}"
    if wanted.link == "web" and desk().public_url:
        told = f"&from={sources.POSTER}" if scanned else ""
        return f"{desk().public_url}/try/{quote(flow.name)}?lang={quote(language)}{told}"
    return None


def _wanted(flow: Flow) -> Wanted:
    """What the address asks for; what it does not name is what we know of the service."""
    args, known = request.args, desk()
    faults: dict[str, str] = {}
    number = args.get("number", known.number or "").strip()
    bot = args.get("bot", known.telegram or "").strip().removeprefix("@")
    readable = _readable(number, flow.country)
    if number and not readable:
        faults["number"] = _(
            "This is not a phone number. Write it with its area code: 404-555-0100."
        )
    usual = "telegram" if bot else "web" if known.public_url else "none"
    link = args.get("link", usual)
    link = link if link in LINKS else usual
    if link == "telegram" and not re.fullmatch(BOT, bot):
        faults["bot"] = _("Write the name of the bot as Telegram has it, such as OurCityBot.")
    paper = PAPERS.get(args.get("paper", ""), "letter")
    return Wanted(readable or number, link, bot, paper, faults)


def _readable(number: str, country: str) -> str:
    """A number as people read it, its country's code before it; "" for what is none."""
    try:
        found = phonenumbers.parse(number, country)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(found):
        return ""
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
