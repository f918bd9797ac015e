"""Codes on testimonies: whose they are, what becomes of them, and how far two coders agree."""

from collections.abc import Iterable

import pytest
from nltk.metrics.agreement import AnnotationTask
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import agreement, coding_counts, codings, contacts, erasure, moving, staff
from storage.coding_counts import Count, Progress, Shared
from storage.db import Database
from storage.library import Library
from storage.models import AuditEvent, Coding, InterviewRow
from storage.permits import NotPermitted
from storage.staff import Role
from tests.storage.material import NOW, publish, source, tell

THEMED = """\
  wrong:
    type: select_multiple
    label: What is wrong?
    choices:
      lead: {label: Lead, theme: water_sanitation}
      cold: {label: Cold, theme: energy}
      none: Nothing
  told: {type: text, label: What happened?, report: problem}
"""
HOUSING, FOOD, POOR, PROBLEM = (
    ("theme", "housing"),
    ("theme", "food"),
    ("group", "poor"),
    ("assessment", "problem"),
)
WATER, ENERGY = ("theme", "water_sanitation"), ("theme", "energy")


@pytest.fixture
def people(database: Database) -> dict[str, int]:
    """Two coders and a viewer, by name."""
    with database.writing() as session:
        roles = {"ana": Role.COORDINATOR, "ben": Role.ORGANIZER, "vera": Role.VIEWER}
        return {
            name: staff.add_staff(session, f"{name}@example.org", "a long password", role, NOW).id
            for name, role in roles.items()
        }


@pytest.fixture
def shelf(database: Database) -> Library:
    publish(database, source(THEMED))
    return Library()


def resident(database: Database, shelf: Library, number: int, *texts: str) -> int:
    return tell(database, shelf, "SMALL", "yes", *texts, address=f"+1404555{number:04}")


def put(
    database: Database,
    interview: int,
    who: int,
    codes: Iterable[tuple[str, str]],
    take: Iterable[tuple[str, str]] = (),
) -> int:
    with database.writing() as session:
        return codings.change(session, interview, who, codes, take, NOW)


def standing(database: Database, interview: int) -> list[tuple[str | None, str, str]]:
    with database.reading() as session:
        found = codings.of_interview(session, interview)
    return [(one.who, one.kind, one.code) for one in found if one.ended_at is None]


def test_each_coder_has_codes_of_their_own(database, shelf, people):
    number = resident(database, shelf, 1)
    assert put(database, number, people["ana"], [HOUSING, POOR]) == 2
    assert put(database, number, people["ben"], [HOUSING, PROBLEM]) == 2
    assert standing(database, number) == [
        ("ana@example.org", *HOUSING),
        ("ana@example.org", *POOR),
        ("ben@example.org", *HOUSING),
        ("ben@example.org", *PROBLEM),
    ]


def test_a_code_stands_once_however_often_it_is_put(database, shelf, people):
    number = resident(database, shelf, 1)
    put(database, number, people["ana"], [HOUSING])
    assert put(database, number, people["ana"], [HOUSING]) == 0
    assert standing(database, number) == [("ana@example.org", *HOUSING)]


def test_taken_back_it_stands_no_more_and_its_row_stays(database, shelf, people):
    number = resident(database, shelf, 1)
    put(database, number, people["ana"], [HOUSING])
    assert put(database, number, people["ana"], (), [HOUSING]) == 1
    assert standing(database, number) == []
    with database.reading() as session:
        (only,) = codings.of_interview(session, number)
    assert (only.at, only.ended_at) == (NOW, NOW)
    assert put(database, number, people["ana"], [HOUSING]) == 1


def test_nobody_takes_back_the_code_of_another(database, shelf, people):
    number = resident(database, shelf, 1)
    put(database, number, people["ana"], [HOUSING])
    assert put(database, number, people["ben"], (), [HOUSING]) == 0
    assert standing(database, number) == [("ana@example.org", *HOUSING)]


def test_who_reads_no_words_codes_nothing(database, shelf, people):
    number = resident(database, shelf, 1)
    with pytest.raises(NotPermitted):
        put(database, number, people["vera"], [HOUSING])


def test_every_change_is_in_the_audit_log(database, shelf, people):
    number = resident(database, shelf, 1)
    put(database, number, people["ana"], [HOUSING, POOR])
    put(database, number, people["ana"], (), [POOR])
    with database.reading() as session:
        rows = session.scalars(select(AuditEvent).order_by(AuditEvent.id)).all()
        log = [(row.action, row.staff_id, row.subject, row.detail) for row in rows]
    subject = f"interview:{number}"
    assert log[-3:] == [
        ("code", people["ana"], subject, {"kind": "theme", "code": "housing"}),
        ("code", people["ana"], subject, {"kind": "group", "code": "poor"}),
        ("code taken back", people["ana"], subject, {"kind": "group", "code": "poor"}),
    ]


def test_answers_code_a_testimony_beforehand_and_another_answer_codes_it_otherwise(database, shelf):
    number = resident(database, shelf, 1, "lead and cold", "Lead in the pipes")
    found = {(None, *ENERGY), (None, *WATER), (None, *PROBLEM)}
    assert set(standing(database, number)) == found
    later = resident(database, shelf, 2, "lead")
    assert standing(database, later) == [(None, *WATER)]
    tell(database, shelf, "BACK", "cold", address="+14045550002")
    assert standing(database, later) == [(None, *ENERGY)]


def test_a_newer_version_codes_those_who_move_to_it(database, shelf):
    number = resident(database, shelf, 1, "lead")
    changed = source(THEMED.replace("theme: water_sanitation", "theme: health"))
    publish(database, changed)
    with database.writing() as session:
        new = next(iter(Library().catalog(session).values()))
        assert moving.migrate(session, new, Library(), NOW.date()) == 1
    assert standing(database, number) == [(None, "theme", "health")]


def ids(session: Session, condition: object) -> list[int]:
    statement = select(InterviewRow.id).where(condition)  # type: ignore[arg-type]
    return list(session.scalars(statement.order_by(InterviewRow.id)))


def test_lists_ask_for_codes_whoever_put_them(database, shelf, people):
    told = resident(database, shelf, 1, "lead")
    coded = resident(database, shelf, 2)
    bare = resident(database, shelf, 3)
    put(database, coded, people["ana"], [WATER, POOR, PROBLEM])
    with database.reading() as session:
        assert ids(session, codings.has_theme("water_sanitation")) == [told, coded]
        assert ids(session, codings.has_group("poor")) == [coded]
        assert ids(session, codings.has_assessment("problem")) == [coded]
        assert ids(session, codings.coded_by(people["ana"])) == [coded]
        assert ids(session, codings.coded_by(people["ben"])) == []
        assert ids(session, codings.coded_by(None)) == [told, bare]
    put(database, coded, people["ana"], (), [WATER, POOR, PROBLEM])
    with database.reading() as session:
        assert ids(session, codings.has_theme("water_sanitation")) == [told]
        assert ids(session, codings.coded_by(None)) == [told, coded, bare]


def test_counts_are_of_testimonies_not_of_codes(database, shelf, people):
    first = resident(database, shelf, 1, "lead")
    second = resident(database, shelf, 2)
    for who in ("ana", "ben"):
        put(database, first, people[who], [WATER])
    put(database, second, people["ana"], [WATER, HOUSING])
    with database.reading() as session:
        counts = coding_counts.by_code(session)
        assert counts[WATER] == Count(all=2, told=1, put=2)
        assert counts[HOUSING] == Count(all=1, told=0, put=1)
        assert coding_counts.progress(session) == Progress(all=2, nobody=0, one=1, several=1)
        found = [(one.email, one.number) for one in coding_counts.coders(session)]
        assert found == [("ana@example.org", 2), ("ben@example.org", 1)]
        assert coding_counts.pairs(session) == {(people["ana"], people["ben"]): 1}


def test_who_did_not_agree_to_take_part_is_counted_nowhere(database, shelf, people):
    number = tell(database, shelf, "SMALL", "no")
    put(database, number, people["ana"], [HOUSING])
    with database.reading() as session:
        assert coding_counts.by_code(session) == {}
        assert coding_counts.progress(session).all == 0


def test_agreement_is_counted_over_what_both_coded(database, shelf, people):
    ana, ben = people["ana"], people["ben"]
    one, two, three, four, alone = (resident(database, shelf, number) for number in range(1, 6))
    put(database, one, ana, [HOUSING])
    put(database, one, ben, [HOUSING])
    put(database, two, ana, [HOUSING, FOOD])
    put(database, two, ben, [FOOD])
    put(database, three, ana, [POOR])
    put(database, three, ben, [HOUSING])
    put(database, four, ana, [POOR])
    put(database, four, ben, [POOR])
    put(database, alone, ana, [HOUSING])
    with database.reading() as session:
        found = coding_counts.shared(session, ana, ben)
        differing = coding_counts.differing(session, ana, ben, None, 9)
        later = coding_counts.differing(session, ana, ben, three, 9)
    assert found == {
        "housing": Shared(both=1, first=1, second=1, neither=1),
        "food": Shared(both=1, first=0, second=0, neither=3),
    }
    assert [(one.id, one.first, one.second) for one in differing] == [
        (three, (POOR,), (HOUSING,)),
        (two, (HOUSING,), ()),
    ]
    assert [one.id for one in later] == [two]


@pytest.mark.parametrize(
    ("counts", "kappa"),
    [
        (Shared(20, 5, 10, 15), 0.4),
        (Shared(1, 1, 1, 1), 0.0),
        (Shared(5, 0, 0, 5), 1.0),
        (Shared(0, 5, 5, 0), -1.0),
        (Shared(3, 0, 0, 0), 1.0),
        (Shared(0, 0, 0, 0), None),
    ],
)
def test_kappa_is_agreement_beyond_chance(counts, kappa):
    found = agreement.kappa(counts)
    assert found == (None if kappa is None else pytest.approx(kappa))


@pytest.mark.parametrize("counts", [Shared(700, 3, 90, 300), Shared(1, 0, 0, 1500)])
def test_kappa_of_many_is_that_of_the_library(counts):
    triples = [
        (coder, number, word)
        for number, words in enumerate(
            [("y", "y")] * counts.both
            + [("y", "n")] * counts.first
            + [("n", "y")] * counts.second
            + [("n", "n")] * counts.neither
        )
        for coder, word in zip("ab", words, strict=True)
    ]
    known = AnnotationTask(triples).kappa_pairwise("a", "b")
    assert agreement.kappa(counts) == pytest.approx(known)


def test_an_erased_person_leaves_no_codes(database, shelf, people):
    number = resident(database, shelf, 1, "lead")
    other = resident(database, shelf, 2)
    put(database, number, people["ana"], [HOUSING])
    put(database, other, people["ana"], [HOUSING])
    with database.writing() as session:
        who = contacts.lock_contact(session, "sms", "+14045550001", NOW)
        erasure.erase(session, who, "AAAA-BBBB", NOW)
        left = session.scalars(select(Coding.interview_id)).all()
    assert left == [other]


def test_the_union_of_codes_is_everybodys(database, shelf, people):
    number = resident(database, shelf, 1, "lead")
    put(database, number, people["ana"], [HOUSING, POOR])
    put(database, number, people["ben"], [HOUSING, FOOD])
    with database.reading() as session:
        found = codings.union(session, [number])
    assert found == {number: {"theme": ("food", "housing", "water_sanitation"), "group": ("poor",)}}
