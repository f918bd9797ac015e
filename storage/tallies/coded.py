"""How the testimonies of some days are coded, counted: by code, coder, and two coders together. It reads alone."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from itertools import combinations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from flows.framework.precoding import Code
from storage import quotations
from storage.coding_counts import LEFT_OUT
from storage.codings import STANDING, THEME
from storage.models import AnswerRow, Coding, Quotation, QuotedTheme
from storage.tallies.begun import Sums
from storage.tallies.spans import FlowDay, Span, begun

ALL, ONE, SEVERAL = "all", "one", "several"
CODE, CODER, PAIR, SHARED, QUOTE = "code", "coder", "pair", "shared", "quote"
ANY, TOLD, PUT = "any", "told", "put"
BOTH, FIRST, SECOND = "both", "first", "second"

Coders = defaultdict[int | None, set[Code]]  # the codes by each; those of None follow from answers


def count(session: Session, spans: Collection[Span]) -> dict[FlowDay, Sums]:
    """Of each flow and day in the spans on which any testimony began, all that is counted."""
    rows = begun(session, spans, LEFT_OUT)
    key = (rows.c.flow, rows.c.day)
    found: dict[FlowDay, Sums] = {}
    for flow, day, number in session.execute(select(*key, func.count()).group_by(*key)):
        found[flow, day] = Counter({ALL: number})
    put = select(rows.c.id, *key, Coding.staff_id, Coding.kind, Coding.code)
    put = put.join_from(rows, Coding, Coding.interview_id == rows.c.id).where(STANDING)
    each: dict[tuple[str, str, int], Coders] = {}
    for number, flow, day, coder, *code in session.execute(put):
        codes = each.setdefault((flow, day, number), defaultdict(set))
        codes[coder].add((code[0], code[1]))
    for (flow, day, _), coders in each.items():
        found[flow, day].update(_of_one(coders))
    quoted = (
        select(*key, func.count(), QuotedTheme.theme)
        .join_from(rows, AnswerRow, AnswerRow.interview_id == rows.c.id)
        .join(Quotation, Quotation.answer_id == AnswerRow.id)
        .join(QuotedTheme, QuotedTheme.quotation_id == Quotation.id)
        .where(quotations.STANDING)
    )
    for flow, day, number, theme in session.execute(quoted.group_by(*key, QuotedTheme.theme)):
        found[flow, day][f"{QUOTE}\t{theme}"] += number
    return found


def _of_one(coders: Coders) -> Iterator[str]:
    """What one testimony adds to the sums."""
    people = sorted(one for one in coders if one is not None)
    if people:
        yield ONE if len(people) == 1 else SEVERAL
    put = set[Code]().union(*(coders[one] for one in people))
    told = coders.get(None, set())
    for by, codes in ((ANY, put | told), (TOLD, told), (PUT, put)):
        yield from (f"{CODE}\t{kind}\t{by}\t{code}" for kind, code in codes)
    yield from (f"{CODER}\t{one}" for one in people)
    themes = {one: {code for kind, code in coders[one] if kind == THEME} for one in people}
    for first, second in combinations(people, 2):
        yield f"{PAIR}\t{first}\t{second}"
        mine, theirs = themes[first], themes[second]
        for by, among in ((BOTH, mine & theirs), (FIRST, mine - theirs), (SECOND, theirs - mine)):
            yield from (f"{SHARED}\t{first}\t{second}\t{by}\t{theme}" for theme in among)
