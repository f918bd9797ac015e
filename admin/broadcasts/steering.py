"""What is done with a broadcast: tried out, scheduled, paused, gone on with, stopped. Twice is once."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from admin import letters
from admin.broadcasts import common
from admin.broadcasts.shown import FALLBACK_LAND, page
from admin.desk import desk
from admin.meetings.writing import zones
from storage.broadcasts import steering as stored
from storage.broadcasts import trying
from storage.broadcasts.trying import TooMany, Try

UNUSABLE, SLOWLY = 422, 429
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d", re.ASCII)


def test(broadcast_id: int) -> ResponseReturnValue:
    """Send it to a number that is typed."""
    number, token = _number(request.form.get("number", "")), request.form.get("token", "")
    with desk().database.reading() as session:
        common.known(session, broadcast_id)
    if number is None:
        return page(
            broadcast_id, _("This is no phone number. Write it as +1 404 555 0100.")
        ), UNUSABLE
    if not letters.TOKEN.fullmatch(token):
        return page(broadcast_id, str(letters.BROKEN)), UNUSABLE
    one = Try(broadcast_id, request.form.get("language", ""), number, token)
    try:
        with desk().database.writing() as session:
            trying.attempt(session, one, current_user.id, desk().library, desk().now())
    except TooMany:
        return page(broadcast_id, _("That was too many tests. Please wait a while.")), SLOWLY
    told = _("It goes to that number now, unless whoever has it wants no messages.")
    return page(broadcast_id, told=told)


def schedule(broadcast_id: int) -> ResponseReturnValue:
    """Let it begin, now or at a moment."""
    now = desk().now()
    starts_at = now if "now" in request.form else _moment()
    if starts_at is None:
        with desk().database.reading() as session:
            common.known(session, broadcast_id)
        return page(broadcast_id, _("Choose a day and an hour.")), UNUSABLE
    with desk().database.writing() as session:
        common.known(session, broadcast_id)
        stored.schedule(session, broadcast_id, starts_at, current_user.id, now)
    return _back(broadcast_id)


def steer(broadcast_id: int, press: str) -> ResponseReturnValue:
    """Pause, go on, or stop."""
    with desk().database.writing() as session:
        common.known(session, broadcast_id)
        stored.DEEDS[press](session, broadcast_id, current_user.id, desk().now())
    return _back(broadcast_id)


def _back(broadcast_id: int) -> ResponseReturnValue:
    return redirect(url_for("admin.broadcast", broadcast_id=broadcast_id), 303)


def _moment() -> datetime | None:
    """The moment that was chosen, by the clock of the time zone that was chosen."""
    written, zone = request.form.get("starts", ""), request.form.get("timezone", "")
    with desk().database.reading() as session:
        offered = zones(desk().library.catalog(session), "")
    if not _MOMENT.fullmatch(written) or zone not in offered:
        return None
    try:
        return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):  # at its two ends a day of the calendar may be none in UTC
        return None


def _number(written: str) -> str | None:
    """A telephone number as providers write it; None for what is none."""
    import phonenumbers  # loaded here: its tables are large, and few pages need them

    with desk().database.reading() as session:
        lands = [flow.country for flow in desk().library.catalog(session).values()]
    try:
        number = phonenumbers.parse(written[:40], next(iter(lands), FALLBACK_LAND))
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
