"""Meetings are kept with codes of their own and totals that lead to nobody; what staff write down is sealed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from flows import Status, load
from flows.talking import sitting
from flows.talking.channels import INTERVIEW, PAPER
from flows.talking.invitations import meeting_code
from flows.talking.sitting import Written
from storage import (
    consents,
    contacts,
    erasure,
    meetings,
    permits,
    receipts,
    rotation,
    sheets,
    sittings,
)
from storage import staff as members
from storage.db import Database, open_database
from storage.library import Library
from storage.meetings import Facts
from storage.models import (
    Base,
    Contact,
    InterviewRow,
    Meeting,
    MeetingGroup,
    SheetDraft,
    Sitting,
)
from storage.sittings import By, SaidBy
from storage.staff import Role
from tests.bot.conftest import ON_POSTGRESQL
from tests.conftest import KEY
from tests.storage.material import NOW, RESIDENT, publish, source, tell
from tests.support.locks import PATIENCE, wait_until_held_up

TOKEN = "t" * 24
PASSWORD = "correct horse battery"
FACTS = Facts(
    flow="small",
    title="Town hall",
    place="Library",
    host="Us",
    starts_at=NOW,
    ends_at=NOW + timedelta(hours=2),
    timezone="America/New_York",
    languages=("English", "ASL"),
    access="step-free",
    headcount=40,
    groups=(("Tenants", 22), ("Deaf people", 3)),
    days=3,
)


@pytest.fixture
def staff_id(database: Database) -> int:
    publish(database, source())
    with database.writing() as session:
        return members.add_staff(session, "a@b.c", PASSWORD, Role.COORDINATOR, NOW).id


@pytest.fixture
def meeting(database: Database, staff_id: int) -> int:
    with database.writing() as session:
        return meetings.add(session, FACTS, staff_id, NOW)


def enter(database: Database, by: By, channel: str = PAPER, **written: str) -> int:
    with database.writing() as session:
        return add(session, by, channel, **written)


def add(session: Session, by: By, channel: str = PAPER, **written: str) -> int:
    shelf = Library()
    flow = sittings.current_flow(session, shelf, "small")
    assert flow is not None
    on_it = {slot: Written(text) for slot, text in written.items()}
    sheet = sitting.read_sheet(flow, "en", channel, on_it, NOW.date())
    number, _new = sittings.add(session, shelf, sheet.turn, channel, by, NOW)
    return number


def test_a_meeting_is_read_as_it_was_written(database: Database, meeting: int) -> None:
    with database.reading() as session:
        known = meetings.get(session, meeting)
    assert known is not None
    assert known.facts == FACTS
    assert meeting_code(known.code) == known.code
    assert f"{known.hours[0]:%H:%M}" == "08:00"


def test_its_code_is_good_from_shortly_before_to_some_days_after(
    database: Database, meeting: int
) -> None:
    with database.reading() as session:
        known = meetings.get(session, meeting)
        assert known is not None
        assert meetings.by_code(session, f" {known.code.lower()} ") == known
        assert meetings.by_code(session, "hello") is None
    assert not known.is_open(NOW - timedelta(hours=2))
    assert known.is_open(NOW)
    assert known.is_open(FACTS.ends_at + timedelta(days=3) - timedelta(seconds=1))
    assert not known.is_open(FACTS.ends_at + timedelta(days=3))


def test_a_change_keeps_the_code_and_the_survey(
    database: Database, meeting: int, staff_id: int
) -> None:
    with database.writing() as session:
        before = meetings.get(session, meeting)
        changed = Facts(**{**FACTS.__dict__, "flow": "other", "groups": (("Tenants", 23),)})
        meetings.change(session, meeting, changed, staff_id, NOW)
        after = meetings.get(session, meeting)
    assert before is not None
    assert after is not None
    assert (after.code, after.facts.flow) == (before.code, "small")
    assert after.facts.groups == (("Tenants", 23),)


def test_no_key_leads_from_the_totals_to_anybody() -> None:
    leads = {key.column.table.name for key in MeetingGroup.__table__.foreign_keys}
    assert leads == {"meetings"}
    towards = [
        table.name
        for table in Base.metadata.sorted_tables
        for key in table.foreign_keys
        if key.column.table.name == "meeting_groups"
    ]
    assert towards == []


def test_what_is_typed_in_is_a_testimony_of_the_meeting(
    database: Database, meeting: int, staff_id: int
) -> None:
    by = By(staff_id, TOKEN, SaidBy.GUARDIAN, meeting)
    number = enter(database, by, said="He shouted.", people="3")
    with database.reading() as session:
        row = session.get_one(InterviewRow, number)
        who = session.get_one(Contact, row.contact_id)
        (consent,) = [
            one for one in consents.of_interview(session, number) if one.scope == "testimony"
        ]
        assert (row.channel, who.channel, row.status) == (PAPER, PAPER, Status.COMPLETE)
        assert row.meeting_id == meeting
        assert session.get_one(Sitting, number).said_by == SaidBy.GUARDIAN
        flow = Library().flow(session, row.flow_version_id)
        assert consent.text == consents.text_digest(flow, "consent", "en")
        assert (consent.given, consent.language) == ("yes", "en")
        assert meetings.tally(session, [meeting]) == {meeting: 1}


def test_a_form_sent_twice_is_one_testimony(
    database: Database, meeting: int, staff_id: int
) -> None:
    by = By(staff_id, TOKEN, SaidBy.PERSON, meeting)
    assert enter(database, by, said="One.") == enter(database, by, said="One.")


def test_who_may_read_no_words_writes_none_down(database: Database, meeting: int) -> None:
    with database.writing() as session:
        viewer = members.add_staff(session, "v@b.c", PASSWORD, Role.VIEWER, NOW).id
    with pytest.raises(permits.NotPermitted):
        enter(database, By(viewer, TOKEN, SaidBy.PERSON, meeting), said="One.")
    with database.reading() as session, pytest.raises(permits.NotPermitted):
        sheets.get(session, meeting, viewer, NOW)


def test_counts_for_a_viewer_hide_small_ones_and_what_reveals_them(
    database: Database, meeting: int, staff_id: int
) -> None:
    for number in range(7):
        enter(database, By(staff_id, f"{TOKEN}{number}", SaidBy.PERSON, meeting), said="One.")
    with database.reading() as session:
        assert meetings.tally_shown(session, "small") == {meeting: 7}
    tell(database, Library(), "SMALL", "yes")  # one beside them: the sum would tell of him
    with database.reading() as session:
        assert meetings.tally_shown(session, "small") == {meeting: None}


def test_a_draft_is_sealed_kept_a_week_and_found_by_its_writer_alone(
    database: Database, meeting: int, staff_id: int
) -> None:
    with database.writing() as session:
        sheets.keep(session, meeting, staff_id, {"a:said": ["one"]}, NOW)
        sheets.keep(session, meeting, staff_id, {"a:said": ["zither"]}, NOW)
        other = members.add_staff(session, "o@b.c", PASSWORD, Role.OWNER, NOW).id
    with database.writing() as session:
        assert sheets.get(session, meeting, staff_id, NOW) == ({"a:said": ["zither"]}, NOW)
        assert sheets.get(session, meeting, other, NOW) is None
        assert b"zither" not in session.scalars(select(SheetDraft.body)).one()
        later = NOW + timedelta(days=8)
        assert sheets.get(session, meeting, staff_id, later) is None


@ON_POSTGRESQL  # on SQLite one writes at a time
def test_what_is_kept_while_typing_comes_too_late_for_a_sheet_that_is_being_saved(
    database: Database, meeting: int, staff_id: int
) -> None:
    fields = {"token": [TOKEN], "a:said": ["zither"]}

    def keep() -> None:
        with database.writing() as session:
            sheets.keep(session, meeting, staff_id, fields, NOW)

    keep()
    with ThreadPoolExecutor() as pool:
        with database.writing() as session:
            add(session, By(staff_id, TOKEN, SaidBy.PERSON, meeting), said="zither")
            sheets.settle(session, meeting, staff_id, TOKEN)
            late = pool.submit(keep)
            wait_until_held_up(database.engine)
        late.result(PATIENCE)
    with database.reading() as session:
        assert sheets.get(session, meeting, staff_id, NOW) is None


@ON_POSTGRESQL
def test_a_sheet_that_is_sent_twice_at_once_is_one_testimony(
    database: Database, meeting: int, staff_id: int
) -> None:
    by = By(staff_id, TOKEN, SaidBy.PERSON, meeting)
    with ThreadPoolExecutor() as pool:
        with database.writing() as session:
            first = add(session, by, said="One.")
            again = pool.submit(enter, database, by, said="One.")
            wait_until_held_up(database.engine)
        assert again.result(PATIENCE) == first


@ON_POSTGRESQL
def test_of_two_who_change_the_groups_of_a_meeting_at_once_the_later_has_the_last_word(
    database: Database, meeting: int, staff_id: int
) -> None:
    def change(session: Session, *groups: tuple[str, int]) -> None:
        meetings.change(session, meeting, replace(FACTS, groups=groups), staff_id, NOW)

    def later() -> None:
        with database.writing() as session:
            change(session, ("Tenants", 24), ("Blind people", 2))

    with ThreadPoolExecutor() as pool:
        with database.writing() as session:
            change(session, ("Tenants", 23))
            second = pool.submit(later)
            wait_until_held_up(database.engine)
        second.result(PATIENCE)
    with database.reading() as session:
        known = meetings.get(session, meeting)
    assert known is not None
    assert known.facts.groups == (("Tenants", 24), ("Blind people", 2))


def test_drafts_that_have_had_their_week_go_and_the_others_stay(
    database: Database, meeting: int, staff_id: int
) -> None:
    with database.writing() as session:
        other = members.add_staff(session, "o@b.c", PASSWORD, Role.OWNER, NOW).id
        sheets.keep(session, meeting, staff_id, {}, NOW)
        sheets.keep(session, meeting, other, {}, NOW + timedelta(days=1))
        assert sheets.tidy(session, NOW + timedelta(days=6)) == NOW + sheets.KEPT
        assert sheets.tidy(session, NOW + sheets.KEPT) == NOW + timedelta(days=8)
        assert session.scalars(select(SheetDraft.staff_id)).all() == [other]
        assert sheets.tidy(session, NOW + timedelta(days=8)) is None


def test_a_draft_is_sealed_anew_when_keys_change(
    database: Database, url: str, meeting: int, staff_id: int
) -> None:
    with database.writing() as session:
        sheets.keep(session, meeting, staff_id, {"a:said": ["zither"]}, NOW)
    new = bytes(range(32, 64))
    both = open_database(url, [new, KEY])
    rotation.rotate(both)
    both.close()
    alone = open_database(url, [new])
    with alone.reading() as session:
        assert sheets.get(session, meeting, staff_id, NOW) == ({"a:said": ["zither"]}, NOW)
    alone.close()


def test_a_draft_whose_key_is_lost_keeps_nobody_from_saving(
    database: Database, url: str, meeting: int, staff_id: int
) -> None:
    with database.writing() as session:
        sheets.keep(session, meeting, staff_id, {"a:said": ["zither"]}, NOW)
    alone = open_database(url, [bytes(range(32, 64))])
    with alone.writing() as session:
        other = members.add_staff(session, "o@b.c", PASSWORD, Role.OWNER, NOW).id
        sheets.keep(session, meeting, other, {"token": [TOKEN]}, NOW)
        sheets.settle(session, meeting, other, TOKEN)
        assert sheets.get(session, meeting, other, NOW) is None
    alone.close()


def test_erasing_takes_away_that_the_person_was_at_a_meeting(
    database: Database, meeting: int, staff_id: int
) -> None:
    number = enter(database, By(staff_id, TOKEN, SaidBy.PERSON, meeting), said="One.")
    with database.writing() as session:
        row = session.get_one(InterviewRow, number)
        who = contacts.find_pseudonym(session, session.get_one(Contact, row.contact_id).pseudonym)
        assert who is not None
        erasure.erase(session, who, "7F3K-9QRT", NOW)
        erasure.forget(session, who.id, NOW)
    with database.reading() as session:
        assert session.get_one(InterviewRow, number).meeting_id is None
        assert session.get(Sitting, number) is None
        assert meetings.tally(session, [meeting]) == {}
        assert session.scalars(select(Meeting.id)).all() == [meeting]


def test_the_person_goes_on_by_phone_with_a_code(database: Database, staff_id: int) -> None:
    shelf = Library()
    with database.writing() as session:
        flow = sittings.current_flow(session, shelf, "small")
        assert flow is not None
        opened = sitting.open_at(flow, "en", INTERVIEW, NOW.date())
        by = By(staff_id, TOKEN)
        number, _new = sittings.add(session, shelf, opened, INTERVIEW, by, NOW)
        told = sitting.agree(
            opened.interview.__class__(**{**opened.interview.__dict__, "id": number}),
            True,
            NOW.date(),
        )
        sittings.keep(session, shelf, number, told.turn, By(staff_id, "", SaidBy.PERSON), NOW)
        assert [one.id for one in sittings.under_way(session, staff_id, 5)] == [number]
        code = sittings.give_code(session, staff_id, number, NOW)
    with database.writing() as session:
        row = receipts.find(session, shelf, code, NOW)
        assert row is not None
        phone = contacts.lock_contact(session, "sms", RESIDENT, NOW)
        receipts.take(session, row.id, phone, NOW)
        found = sittings.open_for(session, staff_id, number, shelf)
        assert found is not None
        assert found.channel == "sms"
        assert sittings.under_way(session, staff_id, 5) == []


def test_the_flow_is_the_newest_one(database: Database, staff_id: int) -> None:
    changed = source().replace("title: Small", "title: Newer")
    publish(database, changed, NOW + timedelta(days=1))
    with database.reading() as session:
        found = sittings.current_flow(session, Library(), "small")
        assert found is not None
        assert found.version == load(changed).version
        assert sittings.current_flow(session, Library(), "none") is None
