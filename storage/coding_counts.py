"""How many testimonies have which code, who coded how many, and where two coders differ: numbers and ids, no words."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from flows import Status
from flows.framework.precoding import Code
from storage.codings import KINDS, STANDING, THEME, coded_by, differ, shared_by
from storage.models import Coding, Contact, InterviewRow, StaffMember

LEFT_OUT = (Status.DECLINED, Status.ERASED)  # no testimony, or one that was taken back
COUNTED = InterviewRow.status.not_in(LEFT_OUT)


@dataclass(frozen=True)
class Count:
    """Testimonies with one code: ``all`` of them, those whose answers say it, and those on which a coder put it."""

    all: int
    told: int
    put: int


@dataclass(frozen=True)
class Progress:
    """How far the coding is: testimonies in all, and how many nobody, one coder, or several have coded."""

    all: int
    nobody: int
    one: int
    several: int


@dataclass(frozen=True)
class Coder:
    """A member who coded ``number`` of the testimonies that count."""

    id: int
    email: str
    number: int


@dataclass(frozen=True)
class Shared:
    """For one theme: testimonies that two coders both coded, by which of them put it. ``neither`` did on the rest."""

    both: int
    first: int
    second: int
    neither: int

    @property
    def number(self) -> int:
        return self.both + self.first + self.second + self.neither

    @property
    def agreed(self) -> int:
        return self.both + self.neither


@dataclass(frozen=True)
class Differing:
    """A testimony on which two coders differ: the codes that only the one, and only the other, put on it."""

    id: int
    pseudonym: str
    first: tuple[Code, ...]
    second: tuple[Code, ...]


def by_code(session: Session) -> Mapping[Code, Count]:
    """Every code that any testimony has."""
    kinds = (Coding.kind, Coding.code)
    each = func.count(Coding.interview_id.distinct())
    told = each.filter(Coding.staff_id.is_(None))
    put = each.filter(Coding.staff_id.is_not(None))
    rows = session.execute(
        select(*kinds, each, told, put)
        .join(InterviewRow, InterviewRow.id == Coding.interview_id)
        .where(COUNTED, STANDING)
        .group_by(*kinds)
    )
    return {(kind, code): Count(*numbers) for kind, code, *numbers in rows}


def progress(session: Session) -> Progress:
    """How far the coding is."""
    total = session.scalar(select(func.count()).select_from(InterviewRow).where(COUNTED)) or 0
    coders = func.count(Coding.staff_id.distinct()).label("coders")
    each = (
        select(coders)
        .join(InterviewRow, InterviewRow.id == Coding.interview_id)
        .where(COUNTED, STANDING, Coding.staff_id.is_not(None))
        .group_by(Coding.interview_id)
        .subquery()
    )
    coded = func.count()
    one, several = session.execute(
        select(coded.filter(each.c.coders == 1), coded.filter(each.c.coders > 1)).select_from(each)
    ).one()
    return Progress(total, total - one - several, one, several)


def coders(session: Session) -> list[Coder]:
    """Everybody whose codes stand on a testimony, by address."""
    number = func.count(Coding.interview_id.distinct())
    rows = session.execute(
        select(StaffMember.id, StaffMember.email, number)
        .join(Coding, Coding.staff_id == StaffMember.id)
        .join(InterviewRow, InterviewRow.id == Coding.interview_id)
        .where(COUNTED, STANDING)
        .group_by(StaffMember.id, StaffMember.email)
        .order_by(StaffMember.email)
    )
    return [Coder(*row) for row in rows]


def pairs(session: Session) -> dict[tuple[int, int], int]:
    """Every two coders (by id, the smaller first) who coded some of the same testimonies, and how many."""
    each = (
        select(Coding.interview_id, Coding.staff_id)
        .join(InterviewRow, InterviewRow.id == Coding.interview_id)
        .where(COUNTED, STANDING, Coding.staff_id.is_not(None))
        .distinct()
    )
    one, other = each.subquery(), each.subquery()
    together = and_(one.c.interview_id == other.c.interview_id, one.c.staff_id < other.c.staff_id)
    people = (one.c.staff_id, other.c.staff_id)
    rows = session.execute(
        select(*people, func.count()).select_from(one).join(other, together).group_by(*people)
    )
    return {(first, second): number for first, second, number in rows}


def shared(session: Session, first: int, second: int) -> Mapping[str, Shared]:
    """For every theme that either coder put on a testimony that both coded, by how many of them each did."""
    both_coded = select(InterviewRow.id).where(COUNTED, shared_by(first, second))
    total = session.scalar(select(func.count()).select_from(both_coded.subquery()))
    mine, theirs = (_themed(session, one, both_coded) for one in (first, second))
    same = _same(session, first, second, both_coded)
    found = {}
    for theme in mine.keys() | theirs.keys():
        both = same.get(theme, 0)
        alone = (mine.get(theme, 0) - both, theirs.get(theme, 0) - both)
        found[theme] = Shared(both, *alone, (total or 0) - both - sum(alone))
    return found


def _themed(session: Session, coder: int, interviews: Select[int]) -> Mapping[str, int]:
    rows = session.execute(
        select(Coding.code, func.count())
        .where(Coding.interview_id.in_(interviews), *_themes_of(coder))
        .group_by(Coding.code)
    )
    return dict(rows.all())


def _themes_of(coder: int) -> tuple[ColumnElement[bool], ...]:
    return STANDING, Coding.kind == THEME, Coding.staff_id == coder


def _same(session: Session, first: int, second: int, interviews: Select[int]) -> Mapping[str, int]:
    """How many times both put a theme on the same testimony."""
    by = select(Coding.interview_id, Coding.code).where(Coding.interview_id.in_(interviews))
    one = by.where(*_themes_of(first)).subquery()
    other = by.where(*_themes_of(second)).subquery()
    together = and_(one.c.interview_id == other.c.interview_id, one.c.code == other.c.code)
    rows = session.execute(
        select(one.c.code, func.count()).join(other, together).group_by(one.c.code)
    )
    return dict(rows.all())


def differing(
    session: Session, first: int, second: int, before: int | None, size: int
) -> list[Differing]:
    """``size`` testimonies on which two coders differ, with an id below ``before``, the newest first."""
    chosen = (
        select(InterviewRow.id, Contact.pseudonym)
        .join(Contact, Contact.id == InterviewRow.contact_id)
        .where(COUNTED, differ(first, second))
        .order_by(InterviewRow.id.desc())
        .limit(size)
    )
    if before is not None:
        chosen = chosen.where(InterviewRow.id < before)
    names = dict(session.execute(chosen).all())
    codes: dict[tuple[int, int], set[Code]] = {}
    for number, coder, *code in session.execute(_codes(first, second, list(names))):
        codes.setdefault((number, coder), set()).add((code[0], code[1]))
    return [_differing(number, name, codes, first, second) for number, name in names.items()]


def _codes(first: int, second: int, interviews: list[int]) -> Select[int, int, str, str]:
    return select(Coding.interview_id, Coding.staff_id, Coding.kind, Coding.code).where(  # type: ignore[return-value]
        Coding.interview_id.in_(interviews), Coding.staff_id.in_((first, second)), STANDING
    )


def _differing(
    number: int,
    pseudonym: str,
    codes: Mapping[tuple[int, int], set[Code]],
    first: int,
    second: int,
) -> Differing:
    mine, theirs = codes.get((number, first), set()), codes.get((number, second), set())
    order = {kind: place for place, kind in enumerate(KINDS)}

    def sorted_(found: set[Code]) -> tuple[Code, ...]:
        return tuple(sorted(found, key=lambda code: (order.get(code[0], 9), code[1])))

    return Differing(number, pseudonym, sorted_(mine - theirs), sorted_(theirs - mine))


def uncoded(session: Session, size: int) -> list[tuple[int, str]]:
    """The newest testimonies, by id and pseudonym, that nobody has coded."""
    rows = session.execute(
        select(InterviewRow.id, Contact.pseudonym)
        .join(Contact, Contact.id == InterviewRow.contact_id)
        .where(COUNTED, coded_by(None))
        .order_by(InterviewRow.id.desc())
        .limit(size)
    )
    return [(number, pseudonym) for number, pseudonym in rows]
