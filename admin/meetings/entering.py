"""Typing in what was written on paper or told at a meeting: one sheet, saved with a press, and the next empty one.

The engine decides which questions are asked and what an answer means. What is typed is kept sealed as a draft until it
is saved, and comes back whole where something cannot be used. A person's name is asked for nowhere.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user

from admin.desk import desk
from admin.filters import read_key
from admin.flows.common import today
from admin.letters import TOKEN
from admin.meetings import fields as written_on
from admin.meetings import helping
from admin.meetings.fields import Fields, one
from admin.meetings.listing import known
from admin.words import clock, language_name
from flows import Flow, Slot, Turn
from flows.talking import sitting
from flows.talking.channels import MEETING, PAPER
from flows.talking.sitting import Sheet
from storage import meetings, sheets, sittings
from storage.meetings import Known
from storage.sittings import By, SaidBy

UNUSABLE = 422
WAYS = {
    PAPER: lazy_gettext("Written on a paper form"),
    MEETING: lazy_gettext("Told aloud at the meeting"),
}
SAID_BY = {
    SaidBy.PERSON: lazy_gettext("The person"),
    SaidBy.GUARDIAN: lazy_gettext("A parent or guardian"),
    SaidBy.INTERPRETER: lazy_gettext("The person, through an interpreter"),
}


@dataclass(frozen=True)
class Desk:
    """The meeting at which somebody types, its survey, and what stands on the sheet."""

    meeting: Known
    flow: Flow
    typed: Fields

    @property
    def language(self) -> str:
        wanted = one(self.typed, "language")
        return wanted if wanted in self.flow.languages else self.flow.source_language

    @property
    def channel(self) -> str:
        wanted = one(self.typed, "channel")
        return wanted if wanted in WAYS else PAPER

    @property
    def said_by(self) -> SaidBy | None:
        wanted = one(self.typed, "said_by")
        return SaidBy(wanted) if wanted in list(SaidBy) else None

    @property
    def texts(self) -> dict[Slot, str]:
        """What stands on the sheet, by slot."""
        return helping.texts_of(written_on.written(self.flow, self.typed))

    @property
    def help(self) -> tuple[str, ...]:
        """The help that the survey names to it."""
        return helping.help_for(self.flow, self.texts, self.language)

    def read(self, day: date) -> Sheet:
        """The sheet as the engine reads it."""
        on_sheet = written_on.written(self.flow, self.typed)
        return sitting.read_sheet(self.flow, self.language, self.channel, on_sheet, day)


def enter(meeting_id: int) -> ResponseReturnValue:
    """The sheet: empty or as it was left, or what came of a press on it."""
    if request.method == "GET":
        at, kept_at = _left(meeting_id)
        return _page(at, kept_at)
    at = _desk(meeting_id, written_on.sent())
    if "drop" in request.form:
        with desk().database.writing() as session:
            sheets.drop(session, meeting_id, current_user.id)
        return redirect(_next(at), 303)
    if "save" in request.form:
        return _save(at)
    return _page(at, _keep(at))


def look(meeting_id: int) -> ResponseReturnValue:
    """What the engine makes of the sheet so far, for a page that is being typed in; it is kept meanwhile."""
    at = _desk(meeting_id, written_on.sent())
    sheet = at.read(today())
    kept = _keep(at)
    return {
        "shown": sorted(sheet.relevant | sheet.notes),
        "labels": dict(sitting.labels(sheet, today())),
        "help": at.help,
        "kept": _("Kept at %(time)s UTC", time=kept),
    }


def _desk(meeting_id: int, typed: Fields) -> Desk:
    with desk().database.reading() as session:
        found = known(session, meeting_id)
        flow = sittings.current_flow(session, desk().library, found.facts.flow)
    return Desk(found, flow or abort(404), typed)


def _left(meeting_id: int) -> tuple[Desk, str]:
    """The sheet as the member left it, or an empty one in the way of the last."""
    with desk().database.reading() as session:
        found = known(session, meeting_id)
        left = sheets.get(session, found.id, current_user.id, desk().now())
    if left is not None:
        return _desk(meeting_id, left[0]), clock(left[1])
    asked = {name: [request.args[name]] for name in ("language", "channel") if name in request.args}
    return _desk(meeting_id, asked), ""


def _keep(at: Desk) -> str:
    """Keep the sheet as far as it is typed; returns when."""
    now = desk().now()
    with desk().database.writing() as session:
        sheets.keep(session, at.meeting.id, current_user.id, at.typed, now)
    return clock(now)


def _save(at: Desk) -> ResponseReturnValue:
    """Keep the testimony and hand out the next empty sheet; or the same one, with what is wrong on it."""
    agreed = one(at.typed, "agreed")
    sheet = at.read(today())
    wrong = dict(_wrong(at, agreed))
    if wrong or (agreed == "yes" and sheet.wrong):
        return _page(at, _keep(at), wrong, told=agreed == "yes"), UNUSABLE
    told = helping.alarms_in(at.flow, at.texts, at.language) if agreed == "yes" else ()
    turn = sheet.turn if agreed == "yes" else _declined(at)
    by = By(current_user.id, one(at.typed, "token"), at.said_by, at.meeting.id)
    with desk().database.writing() as session:
        number, _new = sittings.add(
            session, desk().library, turn, at.channel, by, desk().now(), told
        )
        sheets.settle(session, at.meeting.id, current_user.id, by.token)
    return redirect(_next(at, saved=number), 303)


def _declined(at: Desk) -> Turn:
    """Who said no: nothing of the sheet is kept but that."""
    opened = sitting.open_at(at.flow, at.language, at.channel, today())
    return sitting.agree(opened.interview, False, today()).turn


def _wrong(at: Desk, agreed: str) -> Mapping[str, str]:
    """What is missing of the consent."""
    found = {}
    if agreed not in ("yes", "no"):
        found["agreed"] = _("Say whether the person agreed. Without it nothing can be kept.")
    if at.said_by is None:
        found["said_by"] = _("Say who agreed or refused.")
    if not TOKEN.fullmatch(one(at.typed, "token")):
        found["token"] = _("This form did not arrive whole. Please save it again.")
    return found


def _next(at: Desk, **more: int) -> str:
    return url_for(
        "admin.meeting_enter",
        meeting_id=at.meeting.id,
        language=at.language,
        channel=at.channel,
        **more,  # type: ignore[arg-type]
    )


def _page(
    at: Desk, kept_at: str, wrong: Mapping[str, str] | None = None, *, told: bool = False
) -> str:
    sheet = at.read(today())
    labels = sitting.labels(sheet, today())
    fields = written_on.fields_of(at.flow, at.language, sheet, labels, at.typed, told=told)
    token = one(at.typed, "token")
    saved = read_key(request.args.get("saved", ""))
    with desk().database.reading() as session:
        count = meetings.tally(session, [at.meeting.id]).get(at.meeting.id, 0)
        told_before = helping.help_of(session, saved, at.flow, at.language) if saved else ()
    return render_template(
        "admin/meeting_enter.html",
        at=at,
        fields=fields,
        at_fault="" if wrong else next((field.slot for field in fields if field.fault), ""),
        consent=at.flow.say(at.flow.consent.label, at.language),
        agreed=one(at.typed, "agreed"),
        wrong=wrong or {},
        faulty=bool(wrong) or told,
        token=token if TOKEN.fullmatch(token) else secrets.token_urlsafe(18),
        languages={code: language_name(code) for code in at.flow.languages},
        ways=WAYS,
        said_by=SAID_BY,
        kept_at=kept_at,
        saved=saved,
        help=dict.fromkeys((*told_before, *at.help)),
        count=count,
        rtl=at.language.partition("-")[0] in RIGHT_TO_LEFT,
    )


RIGHT_TO_LEFT = ("ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi")
