"""The page of one broadcast: what is said, whom it is for and what it costs, how far it is, and what can be done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from babel.numbers import format_decimal, format_percent
from flask import render_template
from sqlalchemy.orm import Session

from admin import filters, letters
from admin.broadcasts import common
from admin.desk import desk
from admin.interface import locale, tongue_of
from admin.meetings.writing import zones
from admin.words import CHANNELS, day, language_name
from flows import Catalog, Flow
from flows.sms import segments
from storage.broadcasts import audience, telling
from storage.broadcasts.recipients import QUEUED, WAITING
from storage.broadcasts.register import Facts, Known, Standing
from storage.broadcasts.wording import whole
from storage.exports.extract import Order
from storage.exports.orders import WANTED, plain_of

WATCHED = (Standing.SCHEDULED, Standing.RUNNING)
FALLBACK_LAND = "US"


@dataclass(frozen=True)
class Text:
    """The message in one language, as a phone shows it. ``cost`` is in segments."""

    language: str
    name: str
    whole: str
    length: str
    cost: int


@dataclass(frozen=True)
class Row:
    """How many people of one language on one channel get it. ``segments`` and ``price`` are of all of them."""

    language: str
    channel: str
    number: int
    stopped: int
    untold: bool
    segments: int
    price: str


@dataclass(frozen=True)
class Progress:
    """How far it is: ``done`` of ``total`` recipients have come to an end."""

    counts: Mapping[str, int]
    total: int
    percent: int
    share: str
    watched: bool


def broadcast(broadcast_id: int) -> str:
    """One broadcast whole."""
    return page(broadcast_id)


def page(broadcast_id: int, problem: str = "", told: str = "") -> str:
    """The page, with what its forms have to say."""
    with desk().database.reading() as session:
        found = common.known(session, broadcast_id)
        catalog = desk().library.catalog(session)
        known = filters.known(session, desk().library, {"flow": found.facts.wanted.flow or ""})
        rows = _rows(session, found, texts := _texts(found.facts, catalog))
        going = _going(session, found)
    soon = desk().now() + timedelta(minutes=5)
    return render_template(
        "admin/broadcast.html",
        texts=texts,
        rows=rows,
        sums={
            "number": sum(row.number for row in rows),
            "segments": sum(row.segments for row in rows),
            "price": _sum(found, rows),
        },
        what=list(_what(found.facts, known)),
        invited=_title(catalog.get(found.facts.flow or "")),
        purposes=common.PURPOSES,
        zones=zones(catalog, ""),
        soon=soon,
        token=letters.new_token(),
        problem=problem,
        told=told,
        **going,
    )


def news(broadcast_id: int) -> str:
    """How far it is now, for a page that stands open."""
    with desk().database.reading() as session:
        going = _going(session, common.known(session, broadcast_id))
    return render_template("admin/_broadcast_progress.html", **going)


def _going(session: Session, found: Known) -> dict[str, Any]:
    number, counts = found.id, telling.counts(session, found.id)
    kept = desk().counts
    total = sum(counts.values())
    left = counts[WAITING] + counts[QUEUED]
    share = (total - left) / total if total else 0.0
    watched = found.standing in WATCHED or bool(counts[QUEUED])
    return {
        "broadcast": found,
        "progress": Progress(
            counts,
            total,
            int(100 * share),
            str(format_percent(int(100 * share) / 100, locale=locale())),
            watched,
        ),
        "arrived": kept.get(("arrived", number), lambda: telling.delivered(session, number)),
        "why": kept.get(("why", number), lambda: telling.reasons(session, number)),
        "standings": common.STANDINGS,
        "badges": common.BADGES,
        "states": common.states_of(found),
        "reasons": common.REASONS,
        "whys": common.WHY,
    }


def _texts(facts: Facts, catalog: Catalog) -> list[Text]:
    flow = catalog.get(facts.flow) if facts.flow else None
    found = []
    for language, text in facts.texts.items():
        said = whole(facts.sender, text, language, flow)
        name = language_name(language)
        found.append(Text(language, name, said, letters.count(said, "sms"), segments(said)[1]))
    return found


def _rows(session: Session, found: Known, texts: list[Text]) -> list[Row]:
    """Who would get it now; nobody is counted any more once all are written down."""
    if found.gathered:
        return []
    facts = found.facts
    key = ("broadcast", facts.wanted, facts.scope)
    groups = desk().counts.get(key, lambda: audience.preview(session, facts.wanted, facts.scope))
    costs = {text.language: text.cost for text in texts}
    return [_row(group, costs, facts) for group in groups]


def _row(group: audience.Group, costs: Mapping[str, int], facts: Facts) -> Row:
    cost = costs.get(group.language or "", 0)
    number = group.open if cost else 0
    spent = number * cost if group.channel == "sms" else 0
    return Row(
        language=language_name(group.language),
        channel=CHANNELS.get(group.channel, group.channel),
        number=number,
        stopped=group.stopped,
        untold=not cost,
        segments=spent,
        price=_money(spent, facts),
    )


def _sum(found: Known, rows: list[Row]) -> str:
    return _money(sum(row.segments for row in rows), found.facts)


def _money(spent: int, facts: Facts) -> str:
    return format_decimal(Decimal(facts.price) * spent, "#,##0.00", locale()) if facts.price else ""


def _what(facts: Facts, known: filters.Choices) -> Iterator[tuple[str, str]]:
    """The filters in words: their labels, and what was chosen."""
    for name, value in plain_of(Order(facts.wanted))[WANTED].items():
        written = "/".join(value) if isinstance(value, list) else str(value)
        if name in filters.DATES:
            at = datetime.fromisoformat(written) - timedelta(days=name == "until")
            written = day(at)
        yield str(filters.LABELS[name]), known.get(name, {}).get(written, written)


def _title(flow: Flow | None) -> str:
    return flow.say(flow.title, tongue_of(flow)) if flow else ""
