"""The list of testimonies and the page of one. They read and show; what a page shows is written to the audit log."""

from datetime import timedelta

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from admin import filters, showing
from admin.desk import desk
from admin.words import language_name
from storage import audit
from storage import testimonies as stored

PAGE = 50
ATTENTION, ATTENTION_DAYS = 10, 7  # how many testimonies are named above the list, and for how long


def testimonies() -> ResponseReturnValue:
    """The newest first, a page at a time, by filters."""
    library = desk().library
    with desk().database.reading() as session:
        known = filters.choices(library.catalog(session))
        asked = filters.read(request.args, known)
        before = filters.read_key(request.args.get("before", ""))
        listed = stored.page(session, asked.wanted, before, PAGE + 1)
        newer = stored.newer_than(session, asked.wanted, before, PAGE) if before else None
        since = desk().now() - timedelta(days=ATTENTION_DAYS)
        attention = stored.needing_attention(session, since, ATTENTION)
        heads = [showing.head(one, library.flow(session, one.version_id)) for one in listed[:PAGE]]
    return render_template(
        "admin/testimonies.html",
        heads=heads,
        attention=attention,
        choices=known,
        labels=filters.LABELS,
        asked=asked,
        paged=before is not None,
        newer=newer,
        older=listed[PAGE - 1].id if len(listed) > PAGE else None,
    )


def testimony(interview_id: int) -> ResponseReturnValue:
    """One testimony whole: facts, answers, dialogue."""
    if interview_id > filters.MAX_KEY:
        abort(404)
    with desk().database.reading() as session:
        found = stored.whole(session, interview_id, desk().library)
    if found is None:
        abort(404)
    with desk().database.writing() as session:
        subject = f"interview:{interview_id}"
        audit.record(session, desk().now(), "view", subject, current_user.id)
    wanted = request.args.get("labels", "")
    language = wanted if wanted in found.flow.languages else found.flow.source_language
    return render_template(
        "admin/testimony.html",
        head=showing.head(found.listed, found.flow),
        answers=showing.answers(found, language, aside=False),
        aside=showing.answers(found, language, aside=True),
        bubbles=showing.dialogue(found),
        languages={code: language_name(code) for code in found.flow.languages},
        language=language,
    )
