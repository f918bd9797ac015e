"""Kept counts tell what a direct count tells, whatever happens, and keep nothing of who was erased."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from flows import Said, converse, load
from flows.talking.silence import Silence, look
from storage import (
    coding_counts,
    codings,
    contacts,
    erasure,
    funnel,
    glance,
    interviews,
    library,
    messages,
    moving,
    quotations,
    quoting,
    receipts,
    saving,
    silences,
    staff,
)
from storage.db import Database
from storage.glance import Tally
from storage.library import Library
from storage.models import AnswerRow, Contact, InterviewRow, Quotation
from storage.models import Tally as TallyRow
from storage.narrowing import Filter
from storage.quoting import Choice
from storage.staff import Role
from storage.tallies import keeping, marking, summing, told
from storage.tallies.spans import BEGUN, CODED, PARTS
from tests.storage.material import NOW, arrival, publish, source
from tests.storage.test_glance import counted

QUESTIONS = """\
  wrong:
    type: select_one
    label: What is wrong?
    choices: {{lead: {{label: Lead, theme: water_sanitation}}, none: Nothing}}
  story: {{type: text, label: "What happened{mark}"}}
  wish: {{type: text, label: What do you wish?}}
"""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CODES = [("theme", "housing"), ("theme", "food"), ("group", "poor"), ("assessment", "problem")]
SAID = ["SMALL", "yes", "no", "Lead", "Nothing", "They took our door.", "skip", "back", "OTHER"]
BEGINNING = datetime(2024, 1, 30, tzinfo=UTC)
SPANS = [
    Filter(),
    Filter(flow="small"),
    Filter(flow="none"),
    Filter(since=BEGINNING + 400 * DAY),
    Filter(since=BEGINNING + 2 * DAY, until=BEGINNING + 370 * DAY),
    Filter(flow="other", until=BEGINNING + 800 * DAY),
    Filter(since=BEGINNING + HOUR),
    Filter(status="complete"),
]


def renew(database: Database, now: datetime) -> int:
    with database.writing() as session:
        keeping.look(session, now)
    whole = 0
    while True:
        with database.reading() as session:
            found = keeping.count_some(session)
        if found is None:
            return whole
        with database.writing() as session:
            whole += keeping.keep(session, found)


@dataclass
class Town:
    """People who tell over years, coders who code, and a clock: what happens is chosen by two numbers."""

    database: Database
    coders: list[int]
    shelf: Library
    now: datetime = NOW
    people: int = 0
    versions: int = 1
    days: list[int] = field(default_factory=list)

    def do(self, deed: str, one: int, other: int) -> None:
        """Something happens, an hour after what happened before."""
        self.now += HOUR
        if deed == "renew":
            renew(self.database, self.now)
            return
        with self.database.writing() as session:
            rows = session.scalars(select(InterviewRow.id).order_by(InterviewRow.id)).all()
            getattr(self, f"_{deed}")(session, rows[one % len(rows)], other)

    def begins(self, days: int) -> int:
        """Somebody begins so many days after the beginning; returns the interview."""
        self.people += 1
        with self.database.writing() as session:
            who = contacts.lock_contact(session, "sms", f"+1404555{self.people:04}", self.now)
            for text in ("OTHER" if self.people % 4 == 0 else "SMALL", "yes", "Lead"):
                number = self._hears(session, who, text)
            at = BEGINNING + days * DAY + self.people * timedelta(minutes=7)
            quietly = update(InterviewRow).where(InterviewRow.id == number)
            session.execute(quietly.values(started_at=at, moved_at=at + HOUR))
            session.expire_all()
        return number

    def _hears(self, session: Session, who: Contact, text: str) -> int:
        taken = messages.claim(session, arrival(who.id, text, at=self.now))
        assert taken is not None
        standing = interviews.standing(session, who, self.shelf, self.now)
        outcome = converse(self.shelf.catalog(session), standing, Said(text), self.now.date())
        number = saving.save(session, who, outcome, self.shelf, taken, self.now, source="web")
        messages.file_under(session, taken, number)
        return number or 0

    def _say(self, session: Session, interview: int, other: int) -> None:
        who = session.get_one(Contact, session.get_one(InterviewRow, interview).contact_id)
        if who.address is not None:
            self._hears(session, who, SAID[other % len(SAID)])

    def _code(self, session: Session, interview: int, other: int) -> None:
        coder, code = self.coders[other % 3], CODES[other % 4]
        codings.change(session, interview, coder, [code], [CODES[other % 3]], self.now)

    def _quote(self, session: Session, interview: int, other: int) -> None:
        wanted = (AnswerRow.interview_id == interview, AnswerRow.question == "story")
        answer = session.scalars(
            select(AnswerRow.id).where(*wanted, AnswerRow.words.is_not(None))
        ).first()
        if answer is not None:
            choice, coder = Choice(("housing", "food")[: other % 3]), self.coders[other % 3]
            quoting.put(session, interview, answer, (0, 4), choice, coder, self.now)

    def _unquote(self, session: Session, interview: int, _: int) -> None:
        for row in session.scalars(select(Quotation)).all():
            quoting.take_back(session, interview, row.id, row.staff_id, self.now)

    def _erase(self, session: Session, interview: int, other: int) -> None:
        who = session.get_one(Contact, session.get_one(InterviewRow, interview).contact_id)
        if other % 3 == 0 and who.address is not None:
            erasure.erase(session, who, f"{interview}-{other}", self.now)
            erasure.forget(session, who.id, self.now)

    def _stop(self, session: Session, interview: int, _: int) -> None:
        saving.withdraw(session, session.get_one(InterviewRow, interview).contact_id, self.now)

    def _silence(self, session: Session, interview: int, _: int) -> None:
        row = session.get_one(InterviewRow, interview)
        if row.status in interviews.OPEN:
            (found,) = interviews.load_interviews(session, [row], self.shelf)
            long_ago = Silence(self.now, self.now - 365 * DAY, self.now.date(), reminded=9)
            silences.keep(session, row, look(found, long_ago), self.now)

    def _publish(self, session: Session, _interview: int, _other: int) -> None:
        self.versions += 1
        text = source(QUESTIONS.format(mark="?" * self.versions))
        flow = load(text)
        library.publish(session, flow, text, self.now)
        moving.migrate(session, flow, self.shelf, self.now.date())

    def _move(self, session: Session, interview: int, other: int) -> None:
        who = contacts.lock_contact(session, "telegram", f"{interview}-{other}", self.now)
        if session.get_one(InterviewRow, interview).status in interviews.OPEN:
            receipts.take(session, interview, who, self.now)


DEEDS = ("code", "code", "say", "say", "renew", "quote", "unquote", "erase", "stop")
DEEDS += ("silence", "publish", "move")


@pytest.fixture
def town(database: Database) -> Town:
    publish(database, source(QUESTIONS.format(mark="?")) + "expires: 30 days\n")
    publish(database, source(QUESTIONS.format(mark="?"), flow="other", keyword="OTHER"))
    with database.writing() as session:
        coders = [
            staff.add_staff(session, f"{name}@example.org", "a long password", Role.OWNER, NOW).id
            for name in ("ana", "ben", "cem")
        ]
    found = Town(database, coders, Library())
    for days in (0, 0, 0, 1, 2, 30, 365, 366, 367, 800, 801, 845):
        found.begins(days)
    return found


def by_month(days: Mapping[date, Tally]) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for day, tally in days.items():
        found.setdefault(f"{day:%Y-%m}", Counter()).update(tally)
    return found


def check(town: Town, spans: Sequence[Filter] = SPANS) -> None:
    """All that is told is what is counted directly."""
    with town.database.reading() as session:
        flow = town.shelf.catalog(session)["small"]
        for wanted in spans:
            begun, direct = told.Begun(session, wanted), glance.glance(session, wanted)
            found = begun.glance()
            assert by_month(found.days) == by_month(direct.days)
            assert min(found.days, default=None) == min(direct.days, default=None)
            if wanted.flow == "none" or wanted.until == SPANS[4].until:
                assert found.days == direct.days
            assert (found.kinds, found.median) == (direct.kinds, direct.median)
            assert begun.by_kind() == direct.kinds
            same = Filter(flow="small", since=wanted.since, until=wanted.until)
            assert told.Begun(session, same).funnel(flow) == funnel.funnel(session, flow, same)
            assert begun.funnel(flow) == funnel.funnel(session, flow, same)
        found = told.coding(session)
        assert found.codes == told.by_code(session) == coding_counts.by_code(session)
        assert found.quotes == quotations.counts(session)
        assert found.coders == coding_counts.coders(session)
        assert found.pairs == coding_counts.pairs(session)
        assert found.progress == coding_counts.progress(session)
        for first, second in found.pairs:
            direct_shared = coding_counts.shared(session, first, second)
            assert told.shared(session, first, second) == direct_shared


@pytest.mark.parametrize("seed", [1, 2])
def test_what_is_kept_is_what_is_counted(town: Town, seed: int) -> None:
    chance = Random(seed)
    renew(town.database, town.now)
    check(town)
    for deed in chance.sample(DEEDS + DEEDS, 18):
        town.do(deed, chance.randrange(99), chance.randrange(99))
        check(town, chance.sample(SPANS, 2))
    town.do("renew", 0, 0)
    with town.database.reading() as session:
        assert all(summing.sums(session, part, Filter()) is not None for part in PARTS)
        assert session.scalars(select(TallyRow.flow).where(TallyRow.counts.is_(None))).all() == []
    check(town)


def kept(session: Session, part: str) -> list[str]:
    """The spans and flows of which counts of a part are kept."""
    chosen = select(TallyRow.span, TallyRow.flow)
    chosen = chosen.where(TallyRow.part == part, TallyRow.counts.is_not(None))
    return sorted(f"{span} {flow}" for span, flow in session.execute(chosen))


def test_who_is_erased_is_in_no_kept_count_from_that_moment(town: Town) -> None:
    renew(town.database, town.now)
    with town.database.writing() as session:
        wanted = InterviewRow.started_at >= BEGINNING + 845 * DAY
        number = session.scalars(select(InterviewRow.contact_id).where(wanted)).one()
        whole = kept(session, BEGUN)
        erasure.erase(session, session.get_one(Contact, number), "A-RECEIPT", town.now)
        gone = {"2026 other", "2026-05 other", "2026-05-24 other"}
        for part in PARTS:
            assert kept(session, part) == [one for one in whole if one not in gone]


def test_a_code_marks_what_is_told_of_codes_alone(town: Town) -> None:
    renew(town.database, town.now)
    with town.database.writing() as session:
        before = kept(session, BEGUN), kept(session, CODED)
        codings.change(session, 1, town.coders[0], CODES[:1], (), town.now)
        assert kept(session, BEGUN) == before[0]
        assert kept(session, CODED) != before[1]


def test_what_is_marked_while_it_is_counted_is_not_kept(town: Town) -> None:
    with town.database.writing() as session:
        keeping.look(session, town.now)
        counted_now = keeping.count_some(session)
        assert counted_now is not None
        marking.mark(session, InterviewRow.id > 0)
        assert keeping.keep(session, counted_now) == 0


def test_it_costs_as_many_statements_whatever_there_is(town: Town) -> None:
    prices = []
    for more in (0, 30):
        for _ in range(more):
            town.begins(40)
        renew(town.database, town.now + DAY)
        with town.database.reading() as session, counted(town.database) as statements:
            told.Begun(session, Filter()).glance()
            told.coding(session)
        prices.append(len(statements))
    assert prices[0] == prices[1]
