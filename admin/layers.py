"""What staff do to the layers over people's words: mask, show again, remove for good by two, translate.

Who may, and what becomes of the words, is decided in ``storage``; here forms are read and answered.
"""

from collections.abc import Callable, Mapping

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import layered
from admin.desk import desk
from admin.filters import MAX_KEY, key_or_404
from admin.interface import tongue_of
from admin.passages import Asked, NotChosen, chosen
from admin.rights import READERS, UNMASKED, Routes
from admin.showing import head
from admin.testimony import ONE, back, page
from admin.words import language_name
from storage import audit, masks, removing, translations
from storage import testimonies as stored

UNUSABLE = 422
Deed = Callable[[Session, int, int], bool]


def mask(interview_id: int) -> ResponseReturnValue:
    """Mask the passage that is named by its place or by its words."""
    reason = " ".join(request.form.get("reason", "").replace("\0", "").split())
    with desk().database.writing() as session:
        texts = _texts(session, interview_id)
        try:
            one = chosen(request.form, texts)
        except NotChosen as unclear:
            trouble = str(unclear)
        else:
            trouble = ""
            place = one.start, one.end
            masks.put(session, one.answer, place, current_user.id, reason, desk().now())
    if trouble:
        asked = Asked(trouble, request.form)
        return page(interview_id, words=asked), UNUSABLE
    return back(interview_id, "words")


def mask_suggested(interview_id: int) -> ResponseReturnValue:
    """Mask what was suggested: one passage, or all of them; only what is still suggested now."""
    wanted = set(request.form.getlist("place"))
    with desk().database.writing() as session:
        found = stored.open_for(session, current_user.id, key_or_404(interview_id), desk().library)
        if found is None:
            abort(404)
        for one in layered.suggestions(session, found):
            if layered.name_of(one) in wanted:
                place = one.start, one.stop
                masks.put(session, one.answer_id, place, current_user.id, "", desk().now())
    return back(interview_id, "words")


def mask_change(interview_id: int, mask_id: int, deed: str) -> ResponseReturnValue:
    """Do to a mask what the button says."""
    work = _deeds().get(deed)
    if work is None or mask_id > MAX_KEY:
        abort(404)
    with desk().database.writing() as session:
        work(session, key_or_404(interview_id), mask_id)
    return back(interview_id, "words")


def _deeds() -> Mapping[str, Deed]:
    who, now = current_user.id, desk().now()
    return {
        "lift": lambda session, one, mask: masks.lift(session, one, mask, who, now),
        "settle": lambda session, one, mask: masks.settle(session, one, mask, who, now),
        "ask": lambda session, one, mask: removing.ask(session, one, mask, who, now),
        "refuse": lambda session, one, mask: removing.refuse(session, one, mask, who, now),
        "agree": lambda session, one, mask: removing.agree(
            session, one, mask, who, desk().library, now
        ),
    }


def translate(interview_id: int, answer_id: int) -> ResponseReturnValue:
    """Keep a translation of an answer, or a better one."""
    words, language = request.form.get("words", "").replace("\0", ""), request.form.get("to", "")
    if language not in layered.LANGUAGES or answer_id > MAX_KEY:
        abort(404)
    with desk().database.writing() as session:
        if answer_id not in _texts(session, interview_id):
            abort(404)
        translations.save(session, answer_id, language, words, current_user.id, desk().now())
    return back(interview_id, f"answer-{answer_id}")


def translated(interview_id: int, answer_id: int, language: str) -> ResponseReturnValue:
    """Every version of a translation, beside the words as they were told."""
    with desk().database.writing() as session:
        found = stored.open_for(session, current_user.id, key_or_404(interview_id), desk().library)
        if found is None or answer_id not in layered.texts(found):
            abort(404)
        kept = translations.versions(session, current_user.id, answer_id, language)
        if not kept:
            abort(404)
        subject, seen = f"interview:{interview_id}", {"translations": answer_id}
        audit.record(session, desk().now(), "view", subject, current_user.id, **seen)
    given = next(one for one in found.answers if one.id == answer_id)
    return render_template(
        "admin/translated.html",
        head=head(found.listed, found.flow),
        heading=_("Translation into %(language)s", language=language_name(language)),
        question=layered.question_of(found, given, tongue_of(found.flow)),
        answer=given.answer,
        answer_id=answer_id,
        versions=kept,
        called=language_name,
    )


def _texts(session: Session, interview_id: int) -> dict[int, str]:
    """The answers in words, by id, as this member sees them."""
    found = stored.open_for(session, current_user.id, key_or_404(interview_id), desk().library)
    return layered.texts(found) if found is not None else abort(404)


ROUTES: Routes = (
    (f"{ONE}/mask", "mask", mask, ["POST"], UNMASKED),
    (f"{ONE}/mask/suggested", "mask_suggested", mask_suggested, ["POST"], UNMASKED),
    (f"{ONE}/masks/<int:mask_id>/<deed>", "mask_change", mask_change, ["POST"], UNMASKED),
    (f"{ONE}/answers/<int:answer_id>/translate", "translate", translate, ["POST"], READERS),
    (
        f"{ONE}/answers/<int:answer_id>/translations/<language>",
        "translated",
        translated,
        ["GET"],
        READERS,
    ),
)
