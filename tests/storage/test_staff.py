"""Staff members: passwords are kept as hashes alone, and a log-in never says which half of it was wrong."""

import pytest
from sqlalchemy.orm import Session

from storage import staff
from storage.db import Database
from storage.models import StaffMember
from storage.staff import Role, StaffError
from tests.storage.material import NOW, together

EMAIL, PASSWORD = "ana@example.org", "correct horse battery"


@pytest.fixture
def ana(session: Session) -> StaffMember:
    return staff.add_staff(session, EMAIL, PASSWORD, Role.COORDINATOR, NOW)


def test_a_password_is_kept_as_a_salted_argon2id_hash(session: Session, ana: StaffMember) -> None:
    other = staff.add_staff(session, "bo@example.org", PASSWORD, Role.OWNER, NOW)
    for member in (ana, other):
        assert member.password.startswith("$argon2id$")
        assert PASSWORD not in member.password
    assert ana.password != other.password


@pytest.mark.parametrize("email", [EMAIL, " Ana@Example.ORG ", "ANA@EXAMPLE.ORG"])
def test_a_member_logs_in_however_the_name_is_typed(
    session: Session, ana: StaffMember, email: str
) -> None:
    assert staff.log_in(session, email, PASSWORD) is ana


NOBODY = [
    (EMAIL, PASSWORD + " "),
    (EMAIL, PASSWORD.upper()),
    (EMAIL, ""),
    (EMAIL, "\0"),
    (EMAIL, "x" * 10_000),
    ("bo@example.org", PASSWORD),
    ("", PASSWORD),
    ("no address", PASSWORD),
]


def test_nobody_else_logs_in(session: Session, ana: StaffMember) -> None:
    for email, password in NOBODY:
        assert staff.log_in(session, email, password) is None, (email, password)


def test_a_name_that_no_database_can_hold_logs_nobody_in(
    session: Session, ana: StaffMember
) -> None:
    assert staff.log_in(session, f"{EMAIL}\0", PASSWORD) is None


def test_a_disabled_member_stays_out(session: Session, ana: StaffMember) -> None:
    assert staff.by_id(session, ana.id) is ana
    ana.disabled_at = NOW
    session.flush()
    assert staff.log_in(session, EMAIL, PASSWORD) is None
    assert staff.by_id(session, ana.id) is None


def test_a_new_password_takes_the_place_of_the_old_one(session: Session, ana: StaffMember) -> None:
    staff.set_password(session, " ANA@example.org", "another long secret")
    assert staff.log_in(session, EMAIL, PASSWORD) is None
    assert staff.log_in(session, EMAIL, "another long secret") is ana


def test_nobody_gets_a_password_who_is_no_member(session: Session) -> None:
    with pytest.raises(StaffError, match=r"^there is no staff member bo@example\.org$"):
        staff.set_password(session, "bo@example.org", PASSWORD)


@pytest.mark.parametrize("password", ["", "short", "eleven char"])
def test_a_short_password_is_refused(session: Session, ana: StaffMember, password: str) -> None:
    with pytest.raises(StaffError, match=r"^a password needs at least 12 characters$"):
        staff.add_staff(session, "bo@example.org", password, Role.VIEWER, NOW)
    with pytest.raises(StaffError, match=r"^a password needs at least 12 characters$"):
        staff.set_password(session, EMAIL, password)
    assert staff.log_in(session, EMAIL, PASSWORD) is ana


@pytest.mark.parametrize("email", [EMAIL, "ANA@example.org "])
def test_a_name_is_taken_once(session: Session, ana: StaffMember, email: str) -> None:
    with pytest.raises(StaffError, match=r"^ana@example\.org is a staff member already$"):
        staff.add_staff(session, email, PASSWORD, Role.VIEWER, NOW)


def test_of_two_who_add_the_same_name_at_once_one_is_told_so(database: Database) -> None:
    def add(_: int) -> str:
        try:
            with database.writing() as session:
                staff.add_staff(session, EMAIL, PASSWORD, Role.VIEWER, NOW)
        except StaffError as error:
            return str(error)
        return ""

    told = together(4, add)
    assert sorted(told) == ["", *[f"{EMAIL} is a staff member already"] * 3]


@pytest.mark.parametrize(
    "email",
    [
        *("", "ana", "@example.org", "ana@", "a@b@c", "ana b@example.org"),
        *("ana@exam\nple.org", "a\0@b", "a" * 250 + "@b.org"),
    ],
)
def test_what_is_no_address_is_refused(email: str) -> None:
    with pytest.raises(StaffError, match=r"is not an e-mail address$"):
        staff.normal_email(email)


def test_a_made_password_is_long_enough_and_never_the_same() -> None:
    made = {staff.new_password() for _ in range(50)}
    assert len(made) == 50
    assert all(len(password) >= staff.MIN_PASSWORD for password in made)


def test_whether_there_is_anybody_is_known(session: Session) -> None:
    assert not staff.any_staff(session)
    staff.add_staff(session, EMAIL, PASSWORD, Role.OWNER, NOW)
    assert staff.any_staff(session)
