"""Whose clock a contact lives by: what they told, else their number, else their flow. Nothing but the zone is kept.

Where several zones are possible all are given: who must not be woken is safe only when it is day in each of them.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from flows import Flow, Given, Turn, parts_of
from flows.talking.silence import opening
from storage.contacts import address_of
from storage.models import Contact
from storage.prepared import change
from storage.suppressions import spellings

US = "US"
COASTS = ("America/New_York", "America/Los_Angeles")
ZIP = re.compile(
    r"(?:.*[\s,])?([0-9]{5})(?:-[0-9]{4})?", re.DOTALL
)  # at the end, as addresses have it
PLACE = re.compile(r"(-?[0-9.]+) (-?[0-9.]+)")  # as the engine keeps a latitude and longitude

Zones = tuple[ZoneInfo, ...]


def zones_of(session: Session, contact: Contact, flow: Flow, now: datetime) -> Zones:
    """The zones that a contact may live in, by the best that is known; never none, and some hour is day in all."""
    address = address_of(session, contact) or ""
    known = _zones([contact.timezone] if contact.timezone else [])
    own = _zones([flow.timezone] if flow.timezone else [])
    dialled = _zones(of_number(address))
    if len(dialled) > 1 and own and own[0] in dialled:
        dialled = own
    for zones in (known, dialled, own, _zones(of_country(flow.country))):
        if zones and opening(now, zones):  # zones that share no hour of the day tell nothing
            return zones
    return (ZoneInfo("UTC"),)


def learn(session: Session, contact: Contact, turn: Turn) -> None:
    """Keep the zone of a place that was told in answer to a question for one; the newest counts."""
    for slot in turn.changed:
        answer, flow = turn.interview.answers[slot], turn.interview.flow
        question = flow.by_id.get(parts_of(slot)[0])
        if question is None or question.type != "geopoint" or answer.given is not Given.ANSWERED:
            continue
        name = of_place(answer.words) or (of_zip(answer.words) if flow.country == US else None)
        change(session, contact, timezone=name or contact.timezone)


def learn_from_carrier(session: Session, contact: Contact, postcode: str) -> None:
    """Keep the zone of the ZIP code that a carrier names with a message, where no better is known."""
    if postcode and contact.timezone is None:
        change(session, contact, timezone=of_zip(postcode))


@lru_cache(maxsize=4096)  # a look takes longer than all else with a message
def _names_of_zip(code: str) -> tuple[str, ...]:
    import zipcodes  # 50 MB of tables, for those who need them only

    return tuple(place["timezone"] for place in zipcodes.matching(code))  # type: ignore[no-untyped-call]


def of_zip(text: str) -> str | None:
    """The zone of the US ZIP code that a text is, or ends with; None where there is none."""
    found = ZIP.fullmatch(text.strip())
    if found is None:
        return None
    return next((zone.key for zone in _zones(_names_of_zip(found[1]))), None)


def of_place(text: str) -> str | None:
    """The zone of a latitude and longitude; None for other texts, and at sea."""
    found = PLACE.fullmatch(text.strip())
    if found is None:
        return None
    import tzfpy  # the borders of all zones, for those who need them only

    name = tzfpy.get_tz(float(found[2]), float(found[1]))
    return next((zone.key for zone in _zones([name]) if not name.startswith("Etc/")), None)


def of_number(address: str) -> tuple[str, ...]:
    """The zones in which a phone number may be; none for what is no number, or of no country."""
    import phonenumbers
    from phonenumbers.timezone import time_zones_for_number  # tables that replies never need

    try:
        number = phonenumbers.parse(spellings(address)[0])
    except phonenumbers.NumberParseException:
        return ()
    return tuple(time_zones_for_number(number))


@lru_cache(maxsize=32)
def of_country(country: str) -> tuple[str, ...]:
    """The zones of a country. Of the United States the two coasts: who lives farther off has a number that says so."""
    if country == US:
        return COASTS
    from babel.core import get_global

    return tuple(
        sorted(name for name, land in get_global("zone_territories").items() if land == country)
    )


def _zones(names: Iterable[str]) -> Zones:
    """The zones of these names, each once; a name that nobody knows is left out."""
    found: list[ZoneInfo] = []
    for name in names:
        try:
            zone = ZoneInfo(name)
        except (
            ValueError,
            OSError,
            LookupError,
        ):  # also of a path, or of a machine with older tables
            continue
        if zone not in found:
            found.append(zone)
    return tuple(found)
