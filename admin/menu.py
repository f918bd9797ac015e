"""The way around: the sections of the desk, in their order, for whoever may open them."""

from dataclasses import dataclass

from flask import request
from flask_babel import lazy_gettext

from admin.rights import may


@dataclass(frozen=True)
class Section:
    """One entry of the menu. ``pages``: how the endpoints of its other pages begin."""

    page: str
    label: str
    pages: tuple[str, ...] = ()
    needs: str = ""  # another page that one must be let into to have any use of this


SECTIONS = (
    Section("glance", lazy_gettext("Overview"), ("glance",)),
    Section("testimonies", lazy_gettext("Testimonies"), ("testimony", "found"), needs="testimony"),
    Section("coding", lazy_gettext("Themes"), ("coding",)),
    Section("meetings", lazy_gettext("Meetings"), ("meeting", "interview")),
    Section("broadcasts", lazy_gettext("Broadcasts"), ("broadcast",)),
    Section("flows", lazy_gettext("Surveys"), ("flow",)),
    Section("export", lazy_gettext("Export"), ("export",)),
    Section("people", lazy_gettext("People"), ("people", "person", "audit")),
    Section("alerts", lazy_gettext("Alerts"), ("alerts", "quarantine")),
)


@dataclass(frozen=True)
class Entry:
    """A section as a page shows it. ``current``: "page" on its first page, "true" on one of its others, else ""."""

    endpoint: str
    label: str
    current: str


def entries() -> list[Entry]:
    """The sections that the member may open."""
    here = (request.endpoint or "").removeprefix("admin.")
    if here == "testimonies" and not may("admin.testimony"):
        here = "glance"  # who reads no testimony is shown how many there are in its place
    open_to = [one for one in SECTIONS if may(f"admin.{one.needs or one.page}")]
    if here == "testimonies" and not may("admin.testimony"):
        here = "glance"  # what stands there for a viewer
    return [Entry(f"admin.{one.page}", one.label, _current(one, here)) for one in open_to]


def _current(section: Section, here: str) -> str:
    if here == section.page:
        return "page"
    return "true" if here.startswith(section.pages or (section.page,)) else ""
