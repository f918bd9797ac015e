"""Who works here: links are good once, there is always an owner, and who leaves takes nothing along."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from storage import house_rules, log_ins, people, staff, staff_links
from storage.db import Database
from storage.house_rules import Rule
from storage.models import AuditEvent, StaffLink, StaffMember
from storage.staff import Role, StaffError
from tests.storage.material import NOW, together

PASSWORD = "correct horse battery"
WEEK = timedelta(days=7)
NEW = "bo@example.org"


@pytest.fixture
def owner(session: Session) -> StaffMember:
    return staff.add_staff(session, "ana@example.org", PASSWORD, Role.OWNER, NOW)


def actions(session: Session) -> list[str]:
    return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


class TestLinks:
    def test_who_follows_an_invitation_has_its_role_and_their_own_password(
        self, session: Session, owner: StaffMember
    ) -> None:
        token = staff_links.invite(session, " Bo@Example.org ", Role.VIEWER, owner.id, NOW)
        member = staff_links.follow(session, token, PASSWORD, NOW)
        assert member is not None
        assert (member.email, member.role) == (NEW, "viewer")
        assert staff.log_in(session, NEW, PASSWORD) is member
        assert actions(session) == ["invite", "staff add"]

    def test_a_link_is_good_once(self, session: Session, owner: StaffMember) -> None:
        token = staff_links.invite(session, NEW, Role.VIEWER, owner.id, NOW)
        assert staff_links.follow(session, token, PASSWORD, NOW)
        assert staff_links.find(session, token, NOW) is None
        assert staff_links.follow(session, token, "another long secret", NOW) is None

    def test_a_link_is_good_for_seven_days(self, session: Session, owner: StaffMember) -> None:
        token = staff_links.invite(session, NEW, Role.VIEWER, owner.id, NOW)
        assert staff_links.find(session, token, NOW + WEEK - timedelta(seconds=1))
        assert staff_links.follow(session, token, PASSWORD, NOW + WEEK) is None

    def test_a_short_password_uses_nothing_up(self, session: Session, owner: StaffMember) -> None:
        token = staff_links.invite(session, NEW, Role.VIEWER, owner.id, NOW)
        with pytest.raises(StaffError, match="at least 12"):
            staff_links.follow(session, token, "short", NOW)
        assert staff_links.follow(session, token, PASSWORD, NOW)

    def test_a_newer_link_takes_the_place_of_an_older(
        self, session: Session, owner: StaffMember
    ) -> None:
        old = staff_links.invite(session, NEW, Role.OWNER, owner.id, NOW)
        new = staff_links.invite(session, NEW, Role.VIEWER, owner.id, NOW)
        assert staff_links.find(session, old, NOW) is None
        assert staff_links.find(session, new, NOW)
        assert len(staff_links.invitations(session, NOW)) == 1

    def test_an_invitation_is_taken_back(self, session: Session, owner: StaffMember) -> None:
        token = staff_links.invite(session, NEW, Role.OWNER, owner.id, NOW)
        (one,) = staff_links.invitations(session, NOW)
        assert staff_links.withdraw(session, one.id, owner.id, NOW)
        assert not staff_links.withdraw(session, one.id, owner.id, NOW)
        assert staff_links.find(session, token, NOW) is None

    def test_a_member_is_not_invited_again(self, session: Session, owner: StaffMember) -> None:
        with pytest.raises(StaffError, match="is a staff member already"):
            staff_links.invite(session, owner.email, Role.VIEWER, owner.id, NOW)

    def test_a_password_link_ends_the_old_password_and_its_log_ins(
        self, session: Session, owner: StaffMember
    ) -> None:
        log_in = log_ins.begin(session, owner.id, NOW)
        token = staff_links.renew(session, owner, None, NOW)
        assert staff.log_in(session, owner.email, PASSWORD) is owner
        assert staff_links.follow(session, token, "another long secret", NOW) is owner
        assert staff.log_in(session, owner.email, PASSWORD) is None
        assert log_ins.find(session, log_in, NOW) is None
        assert owner.role == "owner"

    def test_the_table_has_no_token(self, session: Session, owner: StaffMember) -> None:
        token = staff_links.invite(session, NEW, Role.VIEWER, owner.id, NOW)
        assert token.encode() not in session.scalars(select(StaffLink.digest)).one()

    def test_of_two_who_follow_a_link_at_once_one_is_let_in(self, database: Database) -> None:
        with database.writing() as session:
            token = staff_links.invite(session, NEW, Role.VIEWER, None, NOW)

        def follow(number: int) -> bool:
            with database.writing() as session:
                return staff_links.follow(session, token, f"{PASSWORD} {number}", NOW) is not None

        assert sorted(together(4, follow)) == [False, False, False, True]


class TestOwners:
    def test_the_last_owner_stays_one(self, session: Session, owner: StaffMember) -> None:
        gone = staff.add_staff(session, "old@example.org", PASSWORD, Role.OWNER, NOW)
        people.disable(session, gone, owner.id, NOW)
        for change in (
            lambda: people.set_role(session, owner, Role.VIEWER, owner.id, NOW),
            lambda: people.disable(session, owner, owner.id, NOW),
        ):
            with pytest.raises(StaffError, match="is the last owner"):
                change()
        assert (owner.role, owner.disabled_at) == ("owner", None)

    def test_of_two_owners_who_let_each_other_go_one_stays(self, database: Database) -> None:
        with database.writing() as session:
            for name in ("a@b.org", "c@d.org"):
                staff.add_staff(session, name, PASSWORD, Role.OWNER, NOW)

        def disable(number: int) -> bool:
            try:
                with database.writing() as session:
                    people.disable(session, session.get_one(StaffMember, number + 1), None, NOW)
            except StaffError:
                return False
            return True

        assert sorted(together(2, disable)) == [False, True]

    def test_who_leaves_is_logged_out_and_their_links_are_good_no_more(
        self, session: Session, owner: StaffMember
    ) -> None:
        bo = staff.add_staff(session, NEW, PASSWORD, Role.OWNER, NOW)
        log_in = log_ins.begin(session, bo.id, NOW)
        made = staff_links.invite(session, "friend@example.org", Role.OWNER, bo.id, NOW)
        given = staff_links.renew(session, bo, owner.id, NOW)
        people.disable(session, bo, owner.id, NOW)
        people.enable(session, bo, owner.id, NOW)
        assert log_ins.find(session, log_in, NOW) is None
        assert staff_links.find(session, made, NOW) is None
        assert staff_links.find(session, given, NOW) is None
        assert staff.log_in(session, NEW, PASSWORD) is bo

    def test_who_is_owner_no_more_has_no_invitations_out(
        self, session: Session, owner: StaffMember
    ) -> None:
        bo = staff.add_staff(session, NEW, PASSWORD, Role.OWNER, NOW)
        made = staff_links.invite(session, "friend@example.org", Role.OWNER, bo.id, NOW)
        people.set_role(session, bo, Role.VIEWER, owner.id, NOW)
        assert staff_links.find(session, made, NOW) is None

    def test_everybody_is_listed_those_who_left_last(
        self, session: Session, owner: StaffMember
    ) -> None:
        first = staff.add_staff(session, "aa@example.org", PASSWORD, Role.VIEWER, NOW)
        people.disable(session, first, owner.id, NOW)
        log_ins.begin(session, owner.id, NOW)
        log_ins.begin(session, owner.id, NOW + WEEK / 100)
        listed = people.everybody(session)
        assert [(one.email, one.disabled) for one in listed] == [
            ("ana@example.org", False),
            ("aa@example.org", True),
        ]
        assert listed[0].seen_at == NOW + WEEK / 100


def test_a_house_rule_holds_from_when_it_is_set_and_is_written_down_when_it_changes(
    session: Session, owner: StaffMember
) -> None:
    assert not house_rules.holds(session, Rule.SECOND_FACTOR)
    for value in (True, True, False):
        house_rules.put(session, Rule.SECOND_FACTOR, value, owner.id, NOW)
        assert house_rules.holds(session, Rule.SECOND_FACTOR) is value
    assert not house_rules.holds(session, Rule.SECOND_PERSON)
    assert actions(session) == ["rule", "rule"]
