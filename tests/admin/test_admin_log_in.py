"""Logging in and out: who comes in, how often one may try, and when a log-in ends."""

import pytest
from office import PASSWORD, Visitor
from sqlalchemy import select
from town import Clock, Town

from storage import staff
from storage.models import AuditEvent, Rate, StaffMember

EMAIL = "coordinator@example.org"


def test_without_a_log_in_every_page_leads_to_it(visitor):
    response = visitor.client.get("/admin/?status=waiting")
    assert response.status_code == 302
    assert response.location == "/admin/login?next=/admin/?status%3Dwaiting"


def test_the_right_password_leads_to_the_page_that_was_wanted(visitor):
    response = visitor.log_in(f"  {EMAIL.upper()} ", next="/admin/?status=waiting")
    assert (response.status_code, response.location) == (303, "/admin/?status=waiting")
    assert EMAIL in visitor.client.get(response.location).text


def test_who_is_logged_in_sees_no_log_in_page(client):
    assert client.get("/admin/login").location == "/admin/"


@pytest.mark.parametrize(
    ("email", "password"),
    [
        (EMAIL, "wrong horse battery"),
        (EMAIL, ""),
        ("nobody@example.org", PASSWORD),
        ("", ""),
        ("\0", "\0"),
        ("a" * 5000, "b" * 5000),
    ],
)
def test_anything_else_is_told_the_same_and_stays_outside(visitor, email, password):
    response = visitor.log_in(email, password)
    assert response.status_code == 401
    assert "do not go together" in response.text
    assert visitor.client.get("/admin/").status_code == 302


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/admin/",
        "/\\evil.example",
        "/admin/\\evil.example",
        "\t//evil.example",
        "/admin/\r\nSet-Cookie: a=b",
        "javascript:alert(1)",
        "/try/street",
        "",
    ],
)
def test_a_next_that_is_no_admin_page_is_refused(visitor, wanted):
    assert visitor.log_in(EMAIL, next=wanted).location == "/admin/"


def test_a_form_without_its_token_is_refused(visitor, audited):
    response = visitor.client.post("/admin/login", data={"email": EMAIL, "password": PASSWORD})
    assert response.status_code == 400
    assert "This form has expired" in response.text
    assert audited() == []


def test_a_log_out_without_its_token_is_refused(client):
    assert client.post("/admin/logout").status_code == 400
    assert client.get("/admin/").status_code == 200


def test_the_log_in_leaves_nothing_of_the_session_before_it(visitor):
    with visitor.client.session_transaction() as session:
        session["planted"] = "by somebody else"
    visitor.log_in(EMAIL)
    with visitor.client.session_transaction() as session:
        assert "planted" not in session
        assert session["_user_id"]


def test_the_log_out_forgets_everything(visitor):
    visitor.log_in(EMAIL)
    response = visitor.log_out()
    assert (response.status_code, response.location) == (303, "/admin/login")
    assert visitor.client.get("/admin/").status_code == 302
    with visitor.client.session_transaction() as session:
        assert not session


def test_a_log_out_needs_a_log_in(visitor):
    assert visitor.log_out().location == "/admin/login"


def test_a_log_out_by_following_a_link_is_not_possible(client):
    assert client.get("/admin/logout").status_code == 404
    assert client.get("/admin/").status_code == 200


class TestHowOften:
    def test_an_account_has_five_tries_then_one_in_thirty_seconds(self, visitor, clock: Clock):
        for _ in range(5):
            assert visitor.log_in(EMAIL, "wrong").status_code == 401
        response = visitor.log_in(EMAIL)
        assert response.status_code == 429
        assert response.headers["Retry-After"] == "30"
        assert "try again in 30 seconds" in response.text
        clock.pass_(seconds=30)
        assert visitor.log_in(EMAIL).status_code == 303

    def test_the_way_an_address_is_written_gives_no_more_tries(self, visitor):
        for written in (EMAIL, EMAIL.upper(), f" {EMAIL}", f"{EMAIL} ", EMAIL.title()):
            assert visitor.log_in(written, "wrong").status_code == 401
        assert visitor.log_in(EMAIL).status_code == 429

    def test_one_account_does_not_use_up_the_tries_of_another(self, visitor):
        for _ in range(6):
            visitor.log_in(EMAIL, "wrong")
        assert visitor.log_in("owner@example.org").status_code == 303

    def test_a_network_address_has_thirty_tries_over_all_accounts(self, visitor, clock: Clock):
        for number in range(30):
            assert visitor.log_in(f"{number}@example.org", "wrong").status_code == 401
        response = visitor.log_in(EMAIL)
        assert response.status_code == 429
        assert response.headers["Retry-After"] == "5"
        clock.pass_(seconds=5)
        assert visitor.log_in(EMAIL).status_code == 303

    @pytest.mark.parametrize(
        ("address", "status"), [("2001:db8:0:1::2", 429), ("2001:db8:0:2::1", 303)]
    )
    def test_a_whole_ipv6_network_counts_as_one(self, visitor, address, status):
        visitor.client.environ_base["REMOTE_ADDR"] = "2001:db8:0:1::1"
        for number in range(30):
            visitor.log_in(f"{number}@example.org", "wrong")
        visitor.client.environ_base["REMOTE_ADDR"] = address
        assert visitor.log_in(EMAIL).status_code == status

    def test_no_address_of_either_kind_is_written_down(self, visitor, town: Town):
        visitor.log_in("someone@example.org", "wrong")
        with town.database.reading() as session:
            keys = "".join(session.scalars(select(Rate.key)))
            events = session.scalars(select(AuditEvent)).all()
        written = keys + "".join(f"{one.subject}{one.detail}" for one in events)
        assert "someone" not in written
        assert "127.0.0.1" not in written


class TestHowLong:
    def test_a_log_in_lasts_eight_hours_after_the_last_use(self, client, clock: Clock):
        for _ in range(3):
            clock.pass_(hours=7, minutes=59)
            assert client.get("/admin/").status_code == 200
        clock.pass_(hours=8, minutes=1)
        assert client.get("/admin/").status_code == 302

    def test_one_who_is_disabled_is_out_at_once(self, client, town: Town):
        with town.database.writing() as session:
            member = staff.by_email(session, EMAIL)
            assert member is not None
            member.disabled_at = town.clock()
        assert client.get("/admin/").status_code == 302
        assert Visitor(client).log_in(EMAIL).status_code == 401

    def test_a_new_password_ends_the_log_ins_made_with_the_old_one(self, client, town: Town):
        with town.database.writing() as session:
            staff.set_password(session, EMAIL, "another long password")
        assert client.get("/admin/").status_code == 302

    def test_a_new_role_counts_at_once(self, client, town: Town):
        assert client.get("/admin/export").status_code == 200
        with town.database.writing() as session:
            member = session.scalars(select(StaffMember).where(StaffMember.email == EMAIL)).one()
            member.role = "viewer"
        assert client.get("/admin/export").status_code == 403


def test_log_ins_good_and_bad_and_log_outs_are_in_the_audit_log(visitor, audited):
    visitor.log_in(EMAIL, "wrong")
    visitor.log_in(EMAIL)
    visitor.log_out()
    staff_id = 3  # owner, organizer, coordinator
    assert audited() == [
        (None, "log-in failed", "staff", {}),
        (staff_id, "log-in", f"staff:{staff_id}", {}),
        (staff_id, "log-out", f"staff:{staff_id}", {}),
    ]
