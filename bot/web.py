"""The web channel: ``/try/<flow>``, a phone in the browser on the same engine and tables.

A visitor is a contact known by a random address in the signed cookie, one for each flow. Nothing is written before
the first press, and a page sent twice counts once.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, session, url_for
from markupsafe import escape
from sqlalchemy.orm import Session
from werkzeug import Response

from bot.channels import WEB, Inbound, well_formed
from bot.webhooks import services, take
from flows import Flow, language_name, phrasebook
from flows.phrases import Phrasebook
from flows.talking.invitations import meeting_code
from flows.talking.standing import listed
from storage.contacts import find_contact
from storage.interviews import any_open, is_left
from storage.lately import latest
from storage.messages import IN, body_of
from storage.models import Contact, MessageRow
from storage.sources import POSTER

bp = Blueprint("web", __name__)
MAX_TEXT = 20_000
SHOWN = 200  # messages
PAGE = 500_000  # bytes of their texts, as the page has them: whoever asks for it may read it never


@dataclass(frozen=True)
class Bubble:
    id: int
    inbound: bool
    text: str
    at: datetime


@bp.get("/")
def home() -> str:
    """The flows that can be tried, and the way to the admin view."""
    with services().database.reading() as db:
        catalog = services().library.catalog(db)
    flows = [
        {
            "name": flow.name,
            "title": flow.say(flow.title, flow.source_language),
            "languages": {code: language_name(code) for code in flow.languages},
        }
        for flow in listed(catalog).values()
    ]
    return render_template("home.html", flows=flows)


@bp.get("/try/<flow>")
def phone(flow: str) -> str:
    """The conversation so far. A visitor gets an address here, so that a first press sent twice is one."""
    if _address(flow) is None:
        _remember(flow, secrets.token_urlsafe(18))
    with services().database.reading() as db:
        published = _published(db, flow)
        contact = _contact(db, _address(flow))
        language = _language(published, contact)
        bubbles, choices, ended = _conversation(db, contact)
    book = phrasebook(language)
    return render_template(
        "phone.html",
        flow=flow,
        title=published.say(published.title, language),
        language=book.language,
        words=_words(book),
        messages=bubbles,
        choices=choices if bubbles else [book.phrases["web_start"]],
        ended=ended,
        nonce=secrets.token_urlsafe(16),
        meeting=_invite(),
    )


@bp.post("/try/<flow>")
def say(flow: str) -> Response:
    """One message from the phone; the first one, whatever it says, opens the flow."""
    text = well_formed(request.form.get("text", ""))
    nonce = request.form.get("nonce", "")
    if not nonce or len(nonce) > 64 or len(text) > MAX_TEXT:
        abort(400)
    with services().database.reading() as db:
        published = _published(db, flow)
        address = _address(flow)
        contact = _contact(db, address)
    if address is None:
        address = secrets.token_urlsafe(18)
        _remember(flow, address)
    first = contact is None
    inbound = Inbound(
        channel=WEB,
        provider_id=f"{address[:8]}-{nonce}",
        address=address,
        text=text,
        begin=first,
        flow=flow if first else None,
        language=_language(published, contact),
        seen=_seen(request.form.get("seen")),
        source=POSTER if request.args.get("from") == POSTER else None,
        invite=_invite() if first else "",
    )
    take(services(), inbound)
    meeting = _invite() or None
    return redirect(url_for("web.phone", flow=flow, meeting=meeting, _anchor="last"), code=303)


@bp.post("/try/<flow>/again")
def again(flow: str) -> Response:
    """Begin as somebody new; what was said before stays with the one who said it."""
    _remember(flow, None)
    return redirect(url_for("web.phone", flow=flow, meeting=_invite() or None), code=303)


def _invite() -> str:
    """The meeting's code that the page was opened with; it goes along, for a tablet there has many visitors."""
    return meeting_code(request.values.get("meeting", "")) or ""


def _published(db: Session, name: str) -> Flow:
    flow = services().library.catalog(db).get(name)
    if flow is None:
        abort(404)
    return flow


def _address(flow: str) -> str | None:
    known: dict[str, str] = session.get("try", {})
    return known.get(flow)


def _remember(flow: str, address: str | None) -> None:
    known = {name: value for name, value in session.get("try", {}).items() if name != flow}
    session["try"] = {**known, flow: address} if address else known
    session.permanent = True


def _contact(db: Session, address: str | None) -> Contact | None:
    return find_contact(db, WEB, address) if address else None


def _seen(shown: str | None) -> int | None:
    """The last message on the page that was pressed; 0 when it showed none, None when it does not say."""
    if shown is None:
        return None
    return int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 19 else 0


def _language(flow: Flow, contact: Contact | None) -> str:
    """The contact's, the one asked for in the address, or the browser's, of those the flow offers."""
    wanted = contact.language if contact else request.args.get("lang")
    if wanted in flow.languages:
        return str(wanted)
    asked = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((code for code in asked if code in flow.languages), flow.source_language)


def _words(book: Phrasebook) -> dict[str, str]:
    return {
        name.removeprefix("web_"): phrase
        for name, phrase in book.phrases.items()
        if name.startswith("web_")
    }


def _conversation(db: Session, contact: Contact | None) -> tuple[list[Bubble], list[str], bool]:
    """The last messages, the choices that wait for a press, and whether all is said."""
    if contact is None:
        return [], [], False
    rows = latest(db, contact.id, 1 if is_left(db, contact.id) else SHOWN)
    bubbles = _fitting(db, rows)
    waiting = list(rows[-1].choices or []) if rows else []
    choices = [label for label in waiting if isinstance(label, str)]
    ended = not any_open(db, contact.id)
    return bubbles, choices, ended


def _fitting(db: Session, rows: Sequence[MessageRow]) -> list[Bubble]:
    """The newest, whole, as far as they fit on a page; the last in any case."""
    fitting: list[Bubble] = []
    size = 0
    for row in reversed(rows):
        text = body_of(db, row)
        size += len(escape(text).encode())
        if fitting and size > PAGE:
            break
        fitting.append(Bubble(row.id, row.direction == IN, text, row.at))
    return fitting[::-1]
