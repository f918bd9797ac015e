"""An export as the list shows it: what it is of, where it stands, what may be done with it. No data is read here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from babel.numbers import format_percent
from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from admin import words
from admin.exporting import FORMAT_NAMES
from admin.filters import LABELS, Choices
from admin.interface import locale
from admin.retelling import retold
from admin.words import SCOPES, language_name
from storage.exports import making, register
from storage.exports.formats import FORMATS
from storage.exports.orders import WANTED
from storage.exports.register import Entry

TOLD = {
    register.WAITING: lazy_gettext("Waiting to be made"),
    register.RUNNING: lazy_gettext("Being made"),
    register.READY: lazy_gettext("Ready"),
    register.DONE: lazy_gettext("Sent"),
    register.UNFINISHED: lazy_gettext("Not sent to its end"),
    register.CANCELLED: lazy_gettext("Cancelled"),
    register.FAILED: lazy_gettext("Could not be made"),
    register.EXPIRED: lazy_gettext("File removed"),
    register.WITHDRAWN: lazy_gettext("File removed"),
}
BADGES = {
    register.WAITING: "waiting",
    register.RUNNING: "waiting",
    register.READY: "complete",
    register.UNFINISHED: "gone",
    register.FAILED: "gone",
}
LIMITS = {"since": lazy_gettext("from %(day)s"), "until": lazy_gettext("until %(day)s")}

PLAIN = ("status", "language", "channel")  # filters whose values say by themselves what they are


@dataclass(frozen=True)
class Asker:
    """Who looks at the list. ``knows``: their role may know who people are. ``choices``: what values are called."""

    staff_id: int
    knows: bool
    now: datetime
    choices: Choices


@dataclass(frozen=True)
class Line:
    """One export. ``percent`` is how much of it is made, None when nothing is being made."""

    entry: Entry
    title: str
    form: str
    state: str
    badge: str
    news: str
    percent: int | None
    share: str
    count: str
    size: str
    what: tuple[str, ...]
    cancels: bool
    downloads: bool
    repeats: bool


def line(entry: Entry, titles: Mapping[str, str], asker: Asker) -> Line:
    """An export as it is shown to one who asks."""
    mine, known = entry.staff_id == asker.staff_id, asker.knows or not entry.tells_who
    ready = entry.status == register.READY
    kept = ready and entry.gone_at is not None and entry.gone_at > asker.now
    percent = 100 * entry.done // max(entry.total, 1) if entry.under_way else None
    rows = entry.rows
    return Line(
        entry,
        title=titles.get(entry.flow, entry.flow),
        form=_form(entry.form),
        state=str(TOLD[entry.status]),
        badge=BADGES.get(entry.status, ""),
        news=_news(entry),
        percent=percent,
        share=str(format_percent((percent or 0) / 100, locale=locale())),
        count="" if rows is None else _testimonies(rows),
        size=words.size(entry.size) if entry.size and kept else "",
        what=tuple(_what(entry.asked, asker.choices)),
        cancels=entry.under_way and mine,
        downloads=kept and known and (mine or not entry.tells_who),
        repeats=known and not entry.under_way,
    )


def _form(name: str) -> str:
    label = FORMATS[name].label if name in FORMATS else name
    return str(FORMAT_NAMES.get(name, label))


def _testimonies(rows: int) -> str:
    told = words.number(rows)
    return str(ngettext("%(told)s testimony", "%(told)s testimonies", rows, told=told))


def _news(entry: Entry) -> str:
    """What the state means where a word does not say it."""
    if entry.status == register.READY and entry.gone_at is not None:
        return str(_("Kept until %(moment)s.", moment=words.moment(entry.gone_at)))
    if entry.status == register.WITHDRAWN:
        return str(_("What it held was erased or removed for good since. Repeat it without that."))
    if entry.status == register.EXPIRED:
        return str(_("It was kept for %(days)s days.", days=making.DAYS.days))
    if entry.status == register.UNFINISHED:
        return str(_("It broke off, or is being sent yet. What arrived is not the whole."))
    if entry.status == register.FAILED:
        return _failure(entry.error or "")
    return ""


def _failure(error: str) -> str:
    if error == making.NO_RIGHT:
        return str(_("Your role does not allow it any more."))
    if error.endswith("."):  # in words: why it cannot be written in this format
        return retold(error)
    return str(_("Something was in the way for an hour. Try again."))


def _what(asked: Mapping[str, Any], choices: Choices) -> Iterator[str]:
    """What was asked for beyond the table that everybody gets."""
    if asked.get("identified"):
        yield _("with what tells who people are")
    if asked.get("exact"):
        yield _("with exact places")
    if asked.get("behind"):
        yield _("with masked words in clear")
    if scope := asked.get("scope"):
        yield _("words only of who agreed: %(scope)s", scope=SCOPES.get(scope, scope))
    if asked.get("labels"):
        yield _("labels")
    if language := asked.get("language"):
        yield _("labels in %(language)s", language=language_name(language))
    if into := asked.get("translation"):
        yield _("with translations into %(language)s", language=language_name(into))
    if asked.get("codes"):
        yield _("with codes")
    for name, value in asked[WANTED].items():
        if name != "flow":
            yield _filter(name, value, choices.get(name, {}))


def _filter(name: str, value: Any, called: Mapping[str, str]) -> str:
    if name in LIMITS:
        day = datetime.fromisoformat(value) - timedelta(days=name == "until")
        return str(LIMITS[name] % {"day": words.day(day)})
    written = "/".join(value) if isinstance(value, list) else str(value)
    label = called.get(written, written)
    if name in PLAIN:
        return label
    return str(_("%(filter)s: %(value)s", filter=LABELS[name], value=label))
