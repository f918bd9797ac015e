"""The second factor: a code is good once and about its time, a recovery code once, and the secret is sealed."""

from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import second_factor, staff
from storage.db import Database
from storage.models import RecoveryCode, StaffMember
from storage.staff import Role
from tests.storage.material import NOW, together

STEP = timedelta(seconds=30)


@pytest.fixture
def ana(session: Session) -> StaffMember:
    return staff.add_staff(
        session, "ana@example.org", "correct horse battery", Role.COORDINATOR, NOW
    )


def code(secret: str, at: datetime = NOW) -> str:
    return pyotp.TOTP(secret).at(at)


def set_up(session: Session, member: StaffMember) -> tuple[str, list[str]]:
    secret = second_factor.offer(session, member)
    codes = second_factor.confirm(session, member, code(secret), NOW)
    assert codes is not None
    return secret, codes


def good(session: Session, member: StaffMember, typed: str, at: datetime) -> bool:
    return second_factor.check(session, member, typed, at)


def test_it_is_in_force_once_a_code_was_confirmed(session: Session, ana: StaffMember) -> None:
    secret = second_factor.offer(session, ana)
    assert ana.totp is None
    assert second_factor.confirm(session, ana, "000000", NOW) is None
    assert ana.totp is None
    codes = second_factor.confirm(session, ana, code(secret), NOW)
    assert ana.totp is not None
    assert codes is not None
    assert len(set(codes)) == second_factor.codes_left(session, ana) == 10


def test_the_secret_is_sealed_and_the_recovery_codes_are_digests(
    session: Session, ana: StaffMember
) -> None:
    secret, codes = set_up(session, ana)
    assert secret.encode() not in (ana.totp or b"")
    kept = b"".join(session.scalars(select(RecoveryCode.digest)))
    assert not any(one.encode() in kept for one in codes)


@pytest.mark.parametrize(
    ("steps", "allowed"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_a_code_is_good_one_step_before_and_after_its_time(
    session: Session, ana: StaffMember, steps: int, allowed: bool
) -> None:
    secret, _ = set_up(session, ana)
    later = NOW + 10 * STEP
    assert good(session, ana, code(secret, later + steps * STEP), later) is allowed


def test_a_code_is_good_once_and_none_before_it(session: Session, ana: StaffMember) -> None:
    secret, _ = set_up(session, ana)
    later = NOW + 10 * STEP
    assert good(session, ana, f" {code(secret, later)[:3]} {code(secret, later)[3:]}", later)
    assert not good(session, ana, code(secret, later), later)
    assert not good(session, ana, code(secret, later - STEP), later)
    assert good(session, ana, code(secret, later + STEP), later)


def test_the_code_that_confirmed_does_not_log_in(session: Session, ana: StaffMember) -> None:
    secret, _ = set_up(session, ana)
    assert not good(session, ana, code(secret), NOW)


def test_a_recovery_code_is_good_once_however_it_is_typed(
    session: Session, ana: StaffMember
) -> None:
    _, codes = set_up(session, ana)
    assert good(session, ana, codes[3].lower().replace("-", " "), NOW)
    assert not good(session, ana, codes[3], NOW)
    assert second_factor.codes_left(session, ana) == 9


def test_new_recovery_codes_end_the_old_ones(session: Session, ana: StaffMember) -> None:
    _, old = set_up(session, ana)
    new = second_factor.renew_codes(session, ana, NOW)
    assert not good(session, ana, old[0], NOW)
    assert good(session, ana, new[0], NOW)


def test_nobody_elses_codes_are_good(session: Session, ana: StaffMember) -> None:
    bo = staff.add_staff(session, "bo@example.org", "correct horse battery", Role.OWNER, NOW)
    secret, codes = set_up(session, ana)
    set_up(session, bo)
    assert not good(session, bo, codes[0], NOW)
    assert not good(session, bo, code(secret, NOW + STEP), NOW + STEP)


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "٠٠٠٠٠٠", "\0", "x" * 5000])
def test_anything_else_is_not_good(session: Session, ana: StaffMember, typed: str) -> None:
    set_up(session, ana)
    assert not good(session, ana, typed, NOW)


def test_the_old_one_counts_until_another_is_confirmed(session: Session, ana: StaffMember) -> None:
    secret, _ = set_up(session, ana)
    other = second_factor.offer(session, ana)
    later = NOW + 10 * STEP
    assert not good(session, ana, code(other, later), later)
    assert good(session, ana, code(secret, later), later)


def test_without_one_no_code_is_good(session: Session, ana: StaffMember) -> None:
    secret, codes = set_up(session, ana)
    second_factor.remove(session, ana, None, NOW)
    later = NOW + 10 * STEP
    assert not good(session, ana, code(secret, later), later)
    assert not good(session, ana, codes[0], later)


def test_of_two_who_send_one_code_at_once_one_is_let_in(database: Database) -> None:
    with database.writing() as session:
        member = staff.add_staff(session, "a@b.org", "correct horse battery", Role.OWNER, NOW)
        secret, _ = set_up(session, member)
    later = NOW + 10 * STEP

    def check(_: int) -> bool:
        with database.writing() as session:
            return good(session, session.get_one(StaffMember, 1), code(secret, later), later)

    assert sorted(together(4, check)) == [False, False, False, True]
