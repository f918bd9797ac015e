"""Half-typed sheets go by themselves when their week is over, though nobody types again."""

from datetime import datetime

import pytest

from storage import meetings, sheets, staff
from storage.models import Job, SheetDraft
from storage.outbox import TIDY
from storage.staff import Role
from tests.bot.conftest import Service
from tests.storage.test_meetings import FACTS


@pytest.fixture
def meeting(service: Service) -> int:
    """A meeting with two members who type."""
    with service.database.writing() as session:
        for name in ("one", "two"):
            address = f"{name}@example.org"
            staff.add_staff(session, address, "a long password", Role.OWNER, service.clock())
        return meetings.add(session, FACTS, 1, service.clock())


def typing(service: Service, meeting: int, staff_id: int) -> None:
    with service.database.writing() as session:
        sheets.keep(session, meeting, staff_id, {"a:said": ["zither"]}, service.clock())


def left(service: Service) -> list[int]:
    service.drain()
    return [row.staff_id for row in service.rows(SheetDraft)]


def queued(service: Service) -> list[datetime]:
    return [job.run_at for job in service.rows(Job) if job.kind == TIDY and job.done_at is None]


def test_a_draft_goes_after_a_week(service: Service, meeting: int) -> None:
    typing(service, meeting, 1)
    service.clock.forward(days=6, hours=23)
    assert left(service) == [1]
    service.clock.forward(hours=1)
    assert left(service) == []
    assert queued(service) == []


def test_each_has_its_week_and_one_tidying_is_queued_for_all(
    service: Service, meeting: int
) -> None:
    typing(service, meeting, 1)
    service.clock.forward(days=2)
    typing(service, meeting, 2)
    assert len(queued(service)) == 1
    service.clock.forward(days=5)
    assert left(service) == [2]
    assert len(queued(service)) == 1
    service.clock.forward(days=2)
    assert left(service) == []


def test_who_goes_on_typing_keeps_the_sheet(service: Service, meeting: int) -> None:
    typing(service, meeting, 1)
    service.clock.forward(days=4)
    typing(service, meeting, 1)
    service.clock.forward(days=4)
    assert left(service) == [1]
    service.clock.forward(days=3)
    assert left(service) == []


def test_a_sheet_begun_after_a_tidying_goes_too(service: Service, meeting: int) -> None:
    typing(service, meeting, 1)
    service.clock.forward(days=7)
    assert left(service) == []
    typing(service, meeting, 2)
    service.clock.forward(days=7)
    assert left(service) == []
