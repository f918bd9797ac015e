"""The codes of one testimony as its page shows them: whose they are, where coders differ, quotations. It reads only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from flask_login import current_user
from sqlalchemy.orm import Session

from admin.codenames import name
from flows.folding import fold
from flows.framework.precoding import Code
from storage import codings, quotations
from storage.codings import KINDS, THEME, Coded
from storage.quotations import Quoted


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
    """What the page shows of the coding."""

    shown: Mapping[str, Sequence[Shown]]
    mine: frozenset[Code]
    coders: Sequence[str]
    past: Sequence[Coded]
    quotes: Sequence[Quoted]
    offered: Sequence[str]


def section(session: Session, interview_id: int) -> Section:
    """All of the coding of one testimony."""
    found = codings.of_interview(session, interview_id)
    standing = [one for one in found if one.ended_at is None]
    coders = tuple(dict.fromkeys(one.who for one in standing if one.who))
    shown = {kind: list(_shown(kind, standing, coders)) for kind in KINDS}
    mine = {(one.kind, one.code) for one in standing if one.staff_id == current_user.id}
    return Section(
        shown=shown,
        mine=frozenset(mine),
        coders=coders,
        past=[one for one in found if one.ended_at is not None],
        quotes=quotations.of_interview(session, current_user.id, interview_id),
        offered=[one.code for one in shown[THEME]],
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
