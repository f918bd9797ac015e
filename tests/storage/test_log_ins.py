"""Log-ins: they hold for eight hours after the last use, seven days in all, and once ended they let nobody in."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import log_ins, staff
from storage.models import LogIn, StaffMember
from storage.staff import Role
from tests.storage.material import NOW

PASSWORD = "correct horse battery"
HOUR = timedelta(hours=1)


@pytest.fixture
def ana(session: Session) -> StaffMember:
    return staff.add_staff(session, "ana@example.org", PASSWORD, Role.COORDINATOR, NOW)


def holds(session: Session, token: str, now: datetime = NOW) -> bool:
    return log_ins.find(session, token, now) is not None


def number(session: Session, token: str) -> int:
    found = log_ins.find(session, token, NOW)
    assert found is not None
    return found[0].id


def test_a_token_is_its_members_and_is_not_in_the_table(session: Session, ana: StaffMember) -> None:
    token = log_ins.begin(session, ana.id, NOW)
    found = log_ins.find(session, token, NOW)
    assert found is not None
    assert found[1] is ana
    assert token.encode() not in session.scalars(select(LogIn.digest)).one()


@pytest.mark.parametrize("token", ["", "guessed", "x" * 5000, "\0"])
def test_no_other_token_is_anybodys(session: Session, ana: StaffMember, token: str) -> None:
    log_ins.begin(session, ana.id, NOW)
    assert not holds(session, token)


def test_it_ends_after_eight_hours_without_use(session: Session, ana: StaffMember) -> None:
    token = log_ins.begin(session, ana.id, NOW)
    assert holds(session, token, NOW + 8 * HOUR - timedelta(seconds=1))
    assert not holds(session, token, NOW + 8 * HOUR)


def test_it_ends_after_seven_days_however_much_it_is_used(
    session: Session, ana: StaffMember
) -> None:
    token = log_ins.begin(session, ana.id, NOW)
    end = NOW + timedelta(days=7)
    log_ins.touch(session, number(session, token), end - HOUR)
    assert holds(session, token, end - timedelta(seconds=1))
    assert not holds(session, token, end)
    (one,) = log_ins.of_member(session, ana.id, end - HOUR)
    assert one.ends_at == end


def test_one_that_awaits_its_code_is_no_log_in_yet(session: Session, ana: StaffMember) -> None:
    token = log_ins.begin(session, ana.id, NOW, half=True)
    assert not holds(session, token)
    assert log_ins.find(session, token, NOW, half=True)
    assert not log_ins.find(session, token, NOW + log_ins.HALF, half=True)
    assert log_ins.of_member(session, ana.id, NOW) == []


def test_one_is_ended_by_its_member_alone(session: Session, ana: StaffMember) -> None:
    bo = staff.add_staff(session, "bo@example.org", PASSWORD, Role.OWNER, NOW)
    token = log_ins.begin(session, ana.id, NOW)
    assert not log_ins.end(session, bo.id, number(session, token))
    assert holds(session, token)
    assert log_ins.end(session, ana.id, number(session, token))
    assert not holds(session, token)


def test_all_but_this_one_are_ended_and_nobody_elses(session: Session, ana: StaffMember) -> None:
    bo = staff.add_staff(session, "bo@example.org", PASSWORD, Role.OWNER, NOW)
    other = log_ins.begin(session, bo.id, NOW)
    first, second, third = (log_ins.begin(session, ana.id, NOW) for _ in range(3))
    assert log_ins.end_all(session, ana.id, number(session, second)) == 2
    assert [holds(session, one) for one in (first, second, third, other)] == [0, 1, 0, 1]


def test_a_disabled_member_has_none_and_a_new_password_ends_all(
    session: Session, ana: StaffMember
) -> None:
    token = log_ins.begin(session, ana.id, NOW)
    ana.disabled_at = NOW
    session.flush()
    assert not holds(session, token)
    ana.disabled_at = None
    session.flush()
    assert holds(session, token)
    staff.set_password(session, ana.email, "another long secret")
    assert not holds(session, token)


def test_what_has_expired_is_cleared_away(session: Session, ana: StaffMember) -> None:
    log_ins.begin(session, ana.id, NOW)
    log_ins.begin(session, ana.id, NOW + 9 * HOUR)
    assert len(session.scalars(select(LogIn)).all()) == 1
