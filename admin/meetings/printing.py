"""What is printed for a meeting: a sheet with its code, and the survey's form; and a form of any survey."""

import phonenumbers
from flask import Response, abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from admin.desk import desk
from admin.flows.common import stand_of
from admin.flows.posters import unprintable
from admin.meetings.listing import known
from admin.posters import Poster, poster
from flows import Flow
from storage import sittings
from storage.meetings import Known
from storage.paper.form import Occasion, Paper, form
from storage.paper.meeting import Doors, link, occasion
from storage.paper.press import Unprintable


def poster_of(meeting_id: int, language: str) -> ResponseReturnValue:
    """The sheet for the door and the tables, with the code in place of a keyword."""
    found, flow = _meeting(meeting_id, language)
    doors = _doors()
    told = Poster(
        title=found.facts.title,
        language=language,
        keyword=found.code,
        number=doors.number or None,
        link=link(doors, found, language) or None,
        contact=flow.say(flow.contact, language),
    )
    try:
        return _file(poster(told, "pdf", _paper()), f"{found.code}-{language}.pdf")
    except Unprintable as reason:
        return _unprintable(reason)
    except ValueError:
        text = _("The service has no number, no Telegram bot and no public address yet.")
        return _refused(text)


def form_of_meeting(meeting_id: int, language: str) -> ResponseReturnValue:
    """The survey's form, with the meeting at its head."""
    found, flow = _meeting(meeting_id, language)
    return _form(flow, language, occasion(found, flow, language, _doors()), found.code)


def form_of_flow(flow: str, language: str) -> ResponseReturnValue:
    """The form of a published survey."""
    with desk().database.reading() as session:
        current = stand_of(session, flow).current
        shown = desk().library.flow(session, current.id) if current else None
    if shown is None or language not in shown.languages:
        abort(404)
    return _form(shown, language, None, flow)


def _form(flow: Flow, language: str, at: Occasion | None, name: str) -> ResponseReturnValue:
    try:
        return _file(form(flow, language, at, _paper()), f"{name}-form-{language}.pdf")
    except Unprintable as reason:
        return _unprintable(reason)


def _meeting(meeting_id: int, language: str) -> tuple[Known, Flow]:
    with desk().database.reading() as session:
        found = known(session, meeting_id)
        flow = sittings.current_flow(session, desk().library, found.facts.flow)
    if flow is None or language not in flow.languages:
        abort(404)
    return found, flow


def _doors() -> Doors:
    us = desk()
    number = ""
    if us.number:
        international = phonenumbers.PhoneNumberFormat.INTERNATIONAL
        number = phonenumbers.format_number(phonenumbers.parse(us.number), international)
    return Doors(number, us.telegram or "", us.public_url or "")


def _paper() -> Paper:
    return "a4" if request.args.get("paper") == "a4" else "letter"


def _file(made: bytes, name: str) -> Response:
    response = Response(made, content_type="application/pdf")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response


def _unprintable(reason: Unprintable) -> ResponseReturnValue:
    return _refused(unprintable(reason))


def _refused(text: str) -> ResponseReturnValue:
    heading = _("This cannot be printed")
    return render_template("admin/error.html", heading=heading, text=text), 409
