"""Beginning a flow: from the template, from a copy, or from a file. Its name is made sure of first, then it is kept."""

import re
import unicodedata
from collections.abc import Mapping
from pathlib import PurePath

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from flask_login import current_user
from sqlalchemy.orm import Session

from admin.desk import desk
from admin.flows import beginning
from admin.flows.beginning import Model
from admin.flows.examining import name_in
from admin.flows.incoming import Unusable, uploaded
from flows.checks.rules import FLOW_NAME
from storage import audit, drafts, library
from storage.drafts import Stale

LONGEST_TITLE, LONGEST_NAME = 100, 60
NAMING = lazy_gettext(
    "Use small letters, digits and hyphens for the short name, such as bus-stops."
)


def new() -> ResponseReturnValue:
    """Choose what to begin from; the first draft is kept when it is sent."""
    with desk().database.reading() as session:
        models = beginning.models(session)
    if request.method != "POST":
        return _page(models)
    try:
        name, text = _begun(models)
        with desk().database.writing() as session:
            _keep(session, name, text)
    except Unusable as reason:
        return _page(models, str(reason)), 422
    return redirect(url_for("admin.flow_edit", flow=name), 303)


def _page(models: Mapping[str, Model], refused: str = "") -> str:
    given = {name: request.form.get(name, "") for name in ("title", "name", "begin")}
    return render_template("admin/flows_new.html", models=models, refused=refused, given=given)


def _begun(models: Mapping[str, Model]) -> tuple[str, str]:
    """The name and the first text; raises Unusable."""
    title = " ".join(request.form.get("title", "").split())[:LONGEST_TITLE]
    given = request.form.get("name", "").strip() or _short(title)
    begin = request.form.get("begin", "")
    if begin == "+file":
        return _from_file(request.form.get("name", "").strip())
    if not FLOW_NAME.fullmatch(given):
        raise Unusable(str(NAMING) if given else _("Give the survey a title."))
    if begin in models:
        return given, beginning.copy(models[begin], given)
    return given, beginning.template(given, title or given)


def _from_file(given: str) -> tuple[str, str]:
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Unusable(_("Choose a file."))
    text = uploaded(file.stream)
    name = name_in(text) or given or _short(PurePath(file.filename).stem)
    if not FLOW_NAME.fullmatch(name):
        told = _("A survey cannot be called “%(name)s”.", name=name[:80])
        raise Unusable(f"{told} {NAMING}")
    return name, text


def _short(title: str) -> str:
    """A short name made of a title: "Bus stops" gives bus-stops."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-")


def _keep(session: Session, name: str, text: str) -> None:
    """The first draft of a flow that is new; raises Unusable when it is not."""
    taken = _(
        "There is a survey called %(name)s already. Choose another name, or go on with that one.",
        name=name,
    )
    if library.versions(session, name):
        raise Unusable(taken)
    now = desk().now()
    try:
        drafts.save(session, name, text, 0, now, current_user.id)
    except Stale:
        raise Unusable(taken) from None
    audit.record(session, now, "draft saved", f"flow:{name}", current_user.id, revision=1)
