"""A meeting's code comes in by text message, Telegram and the web page: it begins the survey, and is written down."""

from datetime import timedelta

import pytest

from bot.silences import look_at_one
from flows import Status
from flows.talking import sitting
from flows.talking.channels import INTERVIEW
from storage import glance, meetings, sittings, staff
from storage.meetings import Facts, Known
from storage.models import InterviewRow
from storage.narrowing import Filter
from storage.sittings import By
from storage.staff import Role
from tests.bot.conftest import ON_SQLITE, Service
from tests.bot.test_receive_flows import TENANTS
from tests.bot.test_web_phone import Browser


@pytest.fixture
def meeting(service: Service) -> Known:
    service.publish(TENANTS)
    now = service.clock()
    facts = Facts(
        "tenants", "Town hall", "Library", "Us", now, now + timedelta(hours=2), "UTC", ("English",)
    )
    with service.database.writing() as session:
        owner = staff.add_staff(session, "a@b.c", "correct horse battery", Role.OWNER, now)
        known = meetings.get(session, meetings.add(session, facts, owner.id, now))
    assert known is not None
    return known


def came(service: Service) -> list[tuple[str, int | None]]:
    return [(row.flow, row.meeting_id) for row in service.rows(InterviewRow)]


def test_texting_it_begins_the_survey_as_its_keyword_does(service: Service, meeting: Known) -> None:
    service.talk(meeting.code.lower(), "English", "yes", "Elm Street")
    assert came(service) == [("tenants", meeting.id)]
    assert service.told["street"] == "Elm Street"


def test_that_it_came_by_the_meeting_is_written_down_and_stands_in_the_overview(
    service: Service, meeting: Known
) -> None:
    service.talk(meeting.code, "English", "yes")
    source = f"meeting:{meeting.code}"
    assert [row.source for row in service.rows(InterviewRow)] == [source]
    with service.database.reading() as session:
        assert glance.by_kind(session, Filter())["source"] == {source: {Status.WAITING: 1}}


def test_a_keyword_alone_is_no_meeting(service: Service, meeting: Known) -> None:
    service.talk("TENANTS")
    assert came(service) == [("tenants", None)]


@ON_SQLITE
def test_behind_a_telegram_link_it_begins_the_survey(service: Service, meeting: Known) -> None:
    assert service.telegram(f"/start {meeting.code}") == 200
    assert came(service) == [("tenants", meeting.id)]


@ON_SQLITE
def test_the_web_page_brings_it_for_each_visitor(service: Service, meeting: Known) -> None:
    path = f"/try/tenants?meeting={meeting.code}"
    visitor = Browser(service)
    visitor.open(path)
    visitor.say("Start", path=path)
    assert came(service) == [("tenants", meeting.id)]
    assert f'name="meeting" value="{meeting.code}"' in visitor.page
    answer = visitor.post(f"/try/tenants/again?meeting={meeting.code}", **visitor.fields)
    assert meeting.code in answer.location


@ON_SQLITE
@pytest.mark.parametrize("away", [timedelta(hours=-2), timedelta(days=4)])
def test_before_and_after_its_time_it_begins_nothing(
    service: Service, meeting: Known, away: timedelta
) -> None:
    service.clock.time += away
    service.talk(meeting.code)
    assert came(service) == []


@ON_SQLITE
def test_who_is_asked_something_else_puts_it_aside(service: Service, meeting: Known) -> None:
    service.talk("RIGHTS", "yes", meeting.code)
    assert came(service) == [("city-testimony", None), ("tenants", meeting.id)]
    statuses = [row.status for row in service.rows(InterviewRow)]
    assert statuses == ["paused", "waiting"]


@ON_SQLITE
@pytest.mark.parametrize(("channel", "reminders"), [(INTERVIEW, 0), ("sms", 1)])
def test_nobody_is_reminded_of_what_staff_write_down(
    service: Service, meeting: Known, channel: str, reminders: int
) -> None:
    """There is no phone to remind; the interview ends by itself all the same."""
    library, now = service.services.library, service.clock()
    service.publish(f"{TENANTS}remind: [2 days]\nexpires: 30 days\n")
    with service.database.writing() as session:
        opened = sitting.open_at(library.catalog(session)["tenants"], "en", channel, now.date())
        agreed = sitting.agree(opened.interview, True, now.date()).turn
        number, _new = sittings.add(session, library, agreed, channel, By(1, "t" * 20), now)
    for _ in range(180):
        service.clock.forward(hours=5)
        while look_at_one(service.services):
            pass
    assert len(service.said) == reminders
    with service.database.reading() as session:
        assert session.get_one(InterviewRow, number).status == "expired"
