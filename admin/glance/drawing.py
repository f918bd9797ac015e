"""The overview's charts as numbers: columns of days and bars of kinds, ready to be placed by templates.

Each has its sentence, which tells what it shows to who does not see it, and the rows of the table behind it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import lazy_gettext, ngettext

from admin.glance import counts
from admin.glance.asking import Asked
from admin.glance.counts import GROUPS, day, group, number
from admin.words import CHANNELS, language_name
from storage import sources
from storage.glance import Parts, Tally
from storage.tallies.told import MONTHS

WIDTH, HEIGHT, GAP = (
    1000.0,
    100.0,
    0.28,
)  # of the drawing, in units of its own; the gap is a part of a column
MOST_DAYS, MOST_WEEKS = 92, MONTHS
LONGEST_LIST = 12  # bars; the table behind has them all
SOURCES = {
    sources.KEYWORD: lazy_gettext("Keyword sent"),
    sources.LINK: lazy_gettext("Link followed"),
    sources.POSTER: lazy_gettext("Poster scanned"),
    sources.WEB: lazy_gettext("Web page"),
    sources.MESSAGE: lazy_gettext("Other words"),
}
TITLES = {
    "channel": lazy_gettext("By channel"),
    "language": lazy_gettext("By language"),
    "flow": lazy_gettext("By survey"),
    "source": lazy_gettext("How they came"),
}
COLUMNS = {
    "days": lazy_gettext("Began"),
    "channel": lazy_gettext("Channel"),
    "language": lazy_gettext("Language"),
    "flow": lazy_gettext("Survey"),
    "source": lazy_gettext("Source"),
}


@dataclass(frozen=True)
class Part:
    """A rectangle of a column or bar; ``look`` is one of GROUPS."""

    look: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Row:
    """One day or kind: its name, its number and share, the cells of the table, and its drawing."""

    label: str
    number: str
    share: str
    cells: list[str]
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Chart:
    """A chart whole. ``marks`` are what stands at the ends of its axes."""

    id: str
    title: object
    sentence: str
    rows: list[Row]
    marks: tuple[str, ...] = ()

    @property
    def column(self) -> object:
        """The head of the first column of the table."""
        return COLUMNS[self.id]

    @property
    def drawn(self) -> list[Row]:
        """The rows that there is room to draw."""
        return self.rows if self.id == "days" else self.rows[:LONGEST_LIST]


def days(found: Mapping[date, Tally], asked: Asked) -> Chart | None:
    """A column for each day, week or month of the span; None where nothing began."""
    if not found:
        return None
    first, last = _ends(found, asked)
    begun: dict[date, Tally] = {one: Tally() for one in _steps(first, last)}
    for at, tally in found.items():
        begun[_step(at, first, last)] += tally
    most = max(tally.total() for tally in begun.values())
    wide = WIDTH / len(begun)
    rows = [
        Row(
            _named(at, first, last),
            number(tally.total()),
            "",
            counts.in_row(tally),
            tuple(_column(tally, place * wide, wide, most)),
        )
        for place, (at, tally) in enumerate(begun.items())
    ]
    marks = (number(most), day(first), day(last))
    return Chart("days", _title(first, last), _of_days(begun, first, last), rows, marks)


def kinds(found: Mapping[str, Parts], asked: Asked) -> list[Chart]:
    """The charts by kind that tell something: not by survey, where one was chosen."""
    wanted = [kind for kind in TITLES if kind != "flow" or not asked.flow]
    return [_kind(kind, found[kind], asked) for kind in wanted if found[kind]]


def _kind(kind: str, parts: Parts, asked: Asked) -> Chart:
    ordered = sorted(parts.items(), key=lambda one: (-one[1].total(), one[0] or ""))
    whole, most = sum(tally.total() for _v, tally in ordered), ordered[0][1].total()
    rows = [
        Row(
            label(kind, value, asked),
            number(tally.total()),
            counts.share(tally.total(), whole),
            counts.in_row(tally),
            tuple(_bar(tally, most)),
        )
        for value, tally in ordered
    ]
    sentence = _(
        "%(name)s comes first, with %(number)s of %(all)s.",
        name=rows[0].label,
        number=rows[0].number,
        all=number(whole),
    )
    return Chart(kind, TITLES[kind], sentence, rows)


def label(kind: str, value: str | None, asked: Asked) -> str:
    """What people call a value of a kind; titles of surveys keep their own direction."""
    if kind == "channel":
        return str(CHANNELS.get(value or "", value or ""))
    if kind == "language":
        return language_name(value)
    if kind == "flow":
        return f"\u2068{asked.flows.get(value or '', value)}\u2069"
    if value is None:
        return str(_("Not recorded"))
    what, colon, code = value.partition(":")
    if what == "meeting" and colon:
        return str(_("Meeting %(code)s", code=f"\u2068{code}\u2069"))
    return str(SOURCES.get(value, value))


def _ends(found: Mapping[date, Tally], asked: Asked) -> tuple[date, date]:
    """The first and the last day to be drawn; of a long span not the empty time before anybody began."""
    since, until = asked.wanted.since, asked.wanted.until
    last = min((until - timedelta(days=1)).date(), asked.today) if until else asked.today
    last = max(last, max(found))
    first = min(since.date() if since else min(found), min(found))
    return (first, last) if (last - first).days < MOST_DAYS else (min(found), last)


def _step(at: date, first: date, last: date) -> date:
    """The day, the Monday of the week, or the first of the month, as the span is long."""
    length = (last - first).days + 1
    if length <= MOST_DAYS:
        return at
    return at - timedelta(days=at.weekday()) if length <= MOST_WEEKS else at.replace(day=1)


def _steps(first: date, last: date) -> Iterator[date]:
    seen = None
    for number_ in range((last - first).days + 1):
        step = _step(first + timedelta(days=number_), first, last)
        if step != seen:
            yield step
        seen = step


def _named(at: date, first: date, last: date) -> str:
    length = (last - first).days + 1
    if length <= MOST_DAYS:
        return day(at, "EEE d MMM y")
    if length <= MOST_WEEKS:
        return str(_("Week of %(day)s", day=day(at)))
    return day(at, "MMMM y")


def _title(first: date, last: date) -> str:
    length = (last - first).days + 1
    if length <= MOST_DAYS:
        return str(_("By day"))
    return str(_("By week") if length <= MOST_WEEKS else _("By month"))


def _of_days(begun: Mapping[date, Tally], first: date, last: date) -> str:
    whole = sum(begun.values(), Tally())
    high = max(begun, key=lambda one: begun[one].total())
    told = ngettext(
        "%(number)s testimony began from %(first)s to %(last)s, %(done)s complete.",
        "%(number)s testimonies began from %(first)s to %(last)s, %(done)s of them complete.",
        whole.total(),
        number=number(whole.total()),
        first=day(first),
        last=day(last),
        done=number(group(whole, "complete")),
    )
    most = _(
        "Most began on: %(when)s, with %(number)s.",
        when=_named(high, first, last),
        number=number(begun[high].total()),
    )
    return f"{told} {most}" if whole.total() > 1 else told


def _column(tally: Tally, x: float, wide: float, most: int) -> Iterator[Part]:
    """A column from the ground up."""
    gap, ground = wide * GAP, HEIGHT
    for look in GROUPS:
        high = HEIGHT * group(tally, look) / most
        ground -= high
        if high:
            yield Part(
                look, round(x + gap / 2, 2), round(ground, 2), round(wide - gap, 2), round(high, 2)
            )


def _bar(tally: Tally, most: int) -> Iterator[Part]:
    """A bar from its beginning; the longest fills its place."""
    x = 0.0
    for look in GROUPS:
        wide = WIDTH * group(tally, look) / most
        if wide:
            yield Part(look, round(x, 2), 0, round(wide, 2), HEIGHT)
        x += wide
