"""The codes of one testimony on its page: whose they are, where coders differ, quotations; and the forms for them.

What is put and taken back is decided in ``storage``; a testimony's words are shown by the page itself.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from flask import abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from admin.codenames import name as name  # other pages of coding call codes by these names, too
from admin.codenames import sorted_codes as sorted_codes
from admin.desk import desk
from admin.filters import MAX_KEY
from admin.letters import Sheet
from admin.passages import Chosen, NotChosen, chosen
from admin.testimony import known, page
from flows.folding import fold
from flows.framework.model import ASSESSMENTS
from flows.framework.precoding import Code
from storage import codings, quotations, quoting
from storage.codings import ASSESSMENT, GROUP, KINDS, THEME, Coded
from storage.finding import Place
from storage.quotations import Quoted
from storage.quoting import Choice

UNUSABLE = 422
LONGEST = 64  # characters of a code


@dataclass(frozen=True)
class Shown:
    """One code of a testimony. ``by`` are its coders, ``not_by`` others; ``told``: answers say it."""

    kind: str
    code: str
    label: str
    told: bool
    mine: bool
    by: Sequence[str]
    not_by: Sequence[str]


@dataclass(frozen=True)
class Section:
    """What the page shows of the coding. ``trouble`` and ``form``: a quotation that could not be taken."""

    shown: Mapping[str, Sequence[Shown]]
    mine: frozenset[Code]
    coders: Sequence[str]
    past: Sequence[Coded]
    quotes: Sequence[Quoted]
    offered: Sequence[str]
    trouble: str = ""
    form: Mapping[str, str] = field(default_factory=dict)


def section(interview_id: int) -> Section:
    """All of the coding of one testimony."""
    with desk().database.reading() as session:
        found = codings.of_interview(session, interview_id)
        quotes = quotations.of_interview(session, current_user.id, interview_id)
    standing = [one for one in found if one.ended_at is None]
    coders = tuple(dict.fromkeys(one.who for one in standing if one.who))
    shown = {kind: list(_shown(kind, standing, coders)) for kind in KINDS}
    mine = {(one.kind, one.code) for one in standing if one.staff_id == current_user.id}
    return Section(
        shown=shown,
        mine=frozenset(mine),
        coders=coders,
        past=[one for one in found if one.ended_at is not None],
        quotes=quotes,
        offered=[one.code for one in shown[THEME]],
        trouble=g.get("quote_trouble", ""),
        form=request.form if "quote_trouble" in g else {},
    )


def _shown(kind: str, standing: Iterable[Coded], coders: Sequence[str]) -> Iterable[Shown]:
    by: dict[str, list[Coded]] = {}
    for one in standing:
        if one.kind == kind:
            by.setdefault(one.code, []).append(one)
    for code in sorted(by, key=lambda code: fold(name(kind, code))):
        whose = [one.who for one in by[code] if one.who]
        yield Shown(
            kind=kind,
            code=code,
            label=name(kind, code),
            told=any(one.staff_id is None for one in by[code]),
            mine=any(one.staff_id == current_user.id for one in by[code]),
            by=whose,
            not_by=[coder for coder in coders if coder not in whose] if whose else (),
        )


def change(interview_id: int) -> ResponseReturnValue:
    """Change one's own codes as they were changed on the page: what another page of the coder put stays."""
    ticked, before = (frozenset(_codes(request.form.getlist(name))) for name in ("code", "shown"))
    put = [one for one in ticked - before if desk().themes.knows(*one)]
    with desk().database.writing() as session:
        _exists(session, interview_id)
        taken = sorted(before - ticked)
        codings.change(session, interview_id, current_user.id, sorted(put), taken, desk().now())
    return _back(interview_id)


def _codes(written: Iterable[str]) -> Iterable[Code]:
    for one in written:
        kind, _slash, code = one.partition("/")
        if kind in KINDS and code and "\0" not in code and len(code) <= LONGEST:
            yield kind, code


def quote(interview_id: int) -> ResponseReturnValue:
    """Take the passage that is named by its place or its words as a quotation."""
    try:
        with desk().database.writing() as session:
            _exists(session, interview_id)
            one, place = _passage(session, interview_id)
            choice, now = _choice(), desk().now()
            quoting.put(session, interview_id, one.answer, place, choice, current_user.id, now)
    except NotChosen as unclear:
        g.quote_trouble = str(unclear)  # for the section, which the page asks for by itself
        return page(interview_id, Sheet()), UNUSABLE
    return _back(interview_id, "quotations")


def _passage(session: Session, interview_id: int) -> tuple[Chosen, Place]:
    """The chosen passage, and its place in the original words. Raises NotChosen."""
    seen = quoting.readable(session, current_user.id, interview_id)
    one = chosen(request.form, {number: each.text for number, each in seen.items()})
    place = seen[one.answer].original(one.start, one.end)
    if place is None:
        raise NotChosen(_("These words are masked."))
    return one, place


def _choice() -> Choice:
    """The themes and the assessment of the form. Raises NotChosen."""
    wanted = [*request.form.getlist("theme"), request.form.get("other", "")]
    themes = [theme for theme in dict.fromkeys(wanted) if desk().themes.knows(THEME, theme)]
    if not themes:
        raise NotChosen(_("Say what the quotation is about: choose a theme."))
    assessment = request.form.get("assessment", "")
    return Choice(tuple(themes), assessment if assessment in ASSESSMENTS else "")


def quote_end(interview_id: int, quotation_id: int) -> ResponseReturnValue:
    """Take one's own quotation back."""
    if quotation_id > MAX_KEY:
        abort(404)
    with desk().database.writing() as session:
        _exists(session, interview_id)
        quoting.take_back(session, interview_id, quotation_id, current_user.id, desk().now())
    return _back(interview_id, "quotations")


def _exists(session: Session, interview_id: int) -> None:
    if not codings.codable(session, known(interview_id)):
        abort(404)


def _back(interview_id: int, anchor: str = "coding") -> ResponseReturnValue:
    return redirect(url_for("admin.testimony", interview_id=interview_id, _anchor=anchor), 303)


GROUPS_OF_CODES = (
    (ASSESSMENT, lazy_gettext("What it tells")),
    (THEME, lazy_gettext("Themes")),
    (GROUP, lazy_gettext("Groups of persons")),
)
