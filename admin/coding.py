"""The pages of themes: how often each is told of, how far the coding is, where coders differ; and a theme's quotations.

Who may read no testimony sees counts alone, the small ones left out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flask import abort, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from sqlalchemy.orm import Session

from admin import codenames, filters, interface
from admin.desk import desk
from admin.rights import MEMBERS, READERS, Routes, may
from admin.words import language_name
from flows.folding import fold
from flows.framework.model import Bond, Theme
from flows.framework.precoding import Code
from storage import agreement, audit, coding_counts, quotations
from storage.coding_counts import Coder, Count, Progress, Shared
from storage.codings import THEME
from storage.small_counts import THRESHOLD, suppressed_list
from storage.tallies import told

PAGE = 50
WAITING = 10  # testimonies that are named as not coded yet


@dataclass(frozen=True)
class Row:
    """One code in the table of counts. ``count`` is None where it is not shown; ``linked``: it has a page."""

    code: str
    label: str
    count: int | None
    told: int = 0
    put: int = 0
    quotes: int = 0
    linked: bool = False


@dataclass(frozen=True)
class Agreement:
    """How two coders agree on one theme."""

    label: str
    shared: Shared
    kappa: float | None


@dataclass(frozen=True)
class Pair:
    """Two coders who coded some of the same testimonies, ``number`` of them."""

    first: Coder
    second: Coder
    number: int

    @property
    def key(self) -> str:
        return f"{self.first.id}-{self.second.id}"


@dataclass(frozen=True)
class Whole:
    """What is counted over all that is coded."""

    codes: Mapping[Code, Count]
    quotes: Mapping[str, int]
    coders: Sequence[Coder]
    pairs: Sequence[Pair]
    progress: Progress


def overview() -> ResponseReturnValue:
    """Counts of every theme, group and assessment; for who reads testimonies, the coders' work too."""
    if not may("admin.testimony"):
        return _counts_alone()
    before = filters.read_key(request.args.get("before", ""))
    with desk().database.reading() as session:
        whole = desk().counts.get("coding", lambda: _whole(session))
        pairs = whole.pairs
        pair = next((one for one in pairs if one.key == request.args.get("pair")), None)
        pair = pair or (pairs[0] if pairs else None)
        people = (pair.first.id, pair.second.id) if pair else (0, 0)
        differing = coding_counts.differing(session, *people, before, PAGE + 1) if pair else []
        agreements = (
            desk().counts.get(("agreement", people), lambda: _agreements(session, *people))
            if pair
            else []
        )
        uncoded = coding_counts.uncoded(session, WAITING)
    return render_template(
        "admin/coding.html",
        tables=[
            (title, _rows(kind, whole.codes, whole.quotes))
            for kind, title in codenames.GROUPS_OF_CODES
        ],
        pairs=pairs,
        pair=pair,
        agreements=_named(agreements),
        few=agreement.FEW,
        differing=differing[:PAGE],
        older=differing[PAGE - 1].id if len(differing) > PAGE else None,
        paged=before is not None,
        name=codenames.name,
        progress=whole.progress,
        coders=whole.coders,
        uncoded=uncoded,
    )


def _counts_alone() -> str:
    """The page of who reads no testimony: one list of counts for each kind, none of them small."""
    with desk().database.reading() as session:
        counts = desk().counts.get("codes", lambda: told.by_code(session))
    tables = []
    for kind, title in codenames.GROUPS_OF_CODES:
        rows = _rows(kind, counts, {})
        shown = suppressed_list([row.count or 0 for row in rows])[: len(rows)]
        known = dict(codenames.sorted_codes(kind))
        hidden = [
            Row(row.code, row.label, count)
            for row, count in zip(rows, shown, strict=True)
            if count is not None or row.code in known  # no other has a row unless somebody has it
        ]
        # by what is shown: a place between two others would tell what is not
        tables.append((title, sorted(hidden, key=lambda row: (-(row.count or 0), fold(row.label)))))
    return render_template("admin/coding_counts.html", tables=tables, threshold=THRESHOLD)


def _rows(kind: str, counts: Mapping[Code, Count], quotes: Mapping[str, int]) -> list[Row]:
    """Every code of a kind that there is or was, the commonest first."""
    labels = dict(codenames.sorted_codes(kind))
    labels.update({code: code for known, code in counts if known == kind and code not in labels})
    rows = []
    for code, label in labels.items():
        count = counts.get((kind, code), Count(0, 0, 0))
        linked = kind == THEME and code in desk().themes.themes
        number = quotes.get(code, 0) if kind == THEME else 0
        rows.append(Row(code, label, count.all, count.told, count.put, number, linked))
    return sorted(rows, key=lambda row: -(row.count or 0))


def _whole(session: Session) -> Whole:
    found = told.coding(session)
    return Whole(
        codes=found.codes,
        quotes=found.quotes,
        coders=found.coders,
        pairs=_pairs(found),
        progress=found.progress,
    )


def _pairs(coded: told.Coding) -> list[Pair]:
    """Coders two by two, those with most in common first."""
    known = {one.id: one for one in coded.coders}
    found = [
        Pair(known[first], known[second], number) for (first, second), number in coded.pairs.items()
    ]
    return sorted(found, key=lambda pair: (-pair.number, pair.first.email, pair.second.email))


def _agreements(session: Session, first: int, second: int) -> list[Agreement]:
    shared = told.shared(session, first, second)
    return [Agreement(theme, counts, agreement.kappa(counts)) for theme, counts in shared.items()]


def _named(agreements: Sequence[Agreement]) -> list[Agreement]:
    """With the themes' names in the language of the page, and in their order."""
    named = [replace(one, label=codenames.name(THEME, one.label)) for one in agreements]
    return sorted(named, key=lambda one: fold(one.label))


@dataclass(frozen=True)
class Law:
    """One treaty that a theme rests on: its articles, and how each country of the surveys stands to it."""

    code: str
    title: str
    articles: Sequence[str]
    bonds: Sequence[tuple[str, Bond, str]]


def theme(code: str) -> ResponseReturnValue:
    """A theme: what it rests on, and its quotations, a page at a time."""
    found = desk().themes.themes.get(code)
    if found is None:
        abort(404)
    before = filters.read_key(request.args.get("before", ""))
    with desk().database.reading() as session:
        listed = quotations.of_theme(session, current_user.id, code, before, PAGE + 1)
        newer = quotations.newer_than(session, code, before, PAGE) if before else None
        catalog = desk().library.catalog(session)
    shown = listed[:PAGE]
    with desk().database.writing() as session:
        seen = sorted({one.interview_id for one in shown})
        what = f"theme:{code}"
        audit.record(session, desk().now(), "view", what, current_user.id, interviews=seen)
    language, themes = interface.chosen(), desk().themes
    return render_template(
        "admin/coding_theme.html",
        theme=found,
        themes=themes,
        say=lambda text: themes.say(text, language),
        laws=list(_laws(found, sorted({flow.country for flow in catalog.values()} or {"US"}))),
        quotes=shown,
        name=codenames.name,
        language_name=language_name,
        paged=before is not None,
        newer=newer,
        older=shown[-1].id if len(listed) > PAGE else None,
    )


def _laws(found: Theme, countries: Sequence[str]) -> Sequence[Law]:
    themes, language = desk().themes, interface.chosen()
    laws = []
    for code, articles in found.treaties.items():
        treaty = themes.treaties[code]
        bonds = []
        for country in countries:
            since = treaty.since(country)
            bonds.append((country, treaty.bond(country), since.isoformat() if since else ""))
        laws.append(Law(code, themes.say(treaty.title, language), articles, bonds))
    return laws


ROUTES: Routes = (
    ("/coding", "coding", overview, ["GET"], MEMBERS),
    ("/coding/<code>", "coding_theme", theme, ["GET"], READERS),
)
