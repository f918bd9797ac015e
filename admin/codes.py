"""What staff do to the codes of one testimony: put their own and take them back, quote a passage.

What is put and taken back is decided in ``storage``.
"""

from collections.abc import Iterable

from flask import abort, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from admin.desk import desk
from admin.filters import key_or_404
from admin.passages import Asked, Chosen, NotChosen, chosen
from admin.rights import READERS, Routes
from admin.testimony import ONE, back, page
from flows.framework.model import ASSESSMENTS
from flows.framework.precoding import Code
from storage import codings, quoting
from storage.codings import KINDS, THEME
from storage.finding import Place
from storage.quoting import Choice

UNUSABLE = 422
LONGEST = 64  # characters of a code


def change(interview_id: int) -> ResponseReturnValue:
    """Change one's own codes as they were changed on the page: what another page of the coder put stays."""
    ticked, before = (frozenset(_codes(request.form.getlist(name))) for name in ("code", "shown"))
    put = [one for one in ticked - before if desk().themes.knows(*one)]
    with desk().database.writing() as session:
        _exists(session, interview_id)
        taken = sorted(before - ticked)
        codings.change(session, interview_id, current_user.id, sorted(put), taken, desk().now())
    return back(interview_id, "coding")


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
        return page(interview_id, quote=Asked(str(unclear), request.form)), UNUSABLE
    return back(interview_id, "quotations")


def _passage(session: Session, interview_id: int) -> tuple[Chosen, Place]:
    """The chosen passage, and its place in the original words. Raises NotChosen."""
    seen = quoting.readable(session, current_user.id, interview_id, desk().library)
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
    with desk().database.writing() as session:
        _exists(session, interview_id)
        one, now = key_or_404(quotation_id), desk().now()
        quoting.take_back(session, interview_id, one, current_user.id, now)
    return back(interview_id, "quotations")


def _exists(session: Session, interview_id: int) -> None:
    if not codings.codable(session, key_or_404(interview_id)):
        abort(404)


ROUTES: Routes = (
    (f"{ONE}/codes", "codes", change, ["POST"], READERS),
    (f"{ONE}/quotations", "quote", quote, ["POST"], READERS),
    (f"{ONE}/quotations/<int:quotation_id>/end", "quote_end", quote_end, ["POST"], READERS),
)
