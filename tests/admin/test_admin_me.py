"""One's own account: log-ins that can be ended, a password, a second factor that a stolen password does not pass."""

import re
from collections.abc import Callable

import pyotp
import pytest
from office import PASSWORD, Visitor
from werkzeug.test import TestResponse

from storage import house_rules
from storage.house_rules import Rule

EMAIL = "coordinator@example.org"


def post(visitor: Visitor, page: str, **form: str) -> TestResponse:
    form = {"csrf_token": visitor.token(), **form}
    return visitor.client.post(f"/admin/{page}", data=form)


def me(client) -> str:
    return client.get("/admin/me").text


class TestLogIns:
    def test_a_copied_cookie_dies_with_the_log_out(self, app, visitor):
        visitor.log_in(EMAIL)
        cookie = visitor.client.get_cookie("session")
        thief = app.test_client()
        thief.set_cookie("session", cookie.value)
        assert thief.get("/admin/").status_code == 200
        visitor.log_out()
        assert thief.get("/admin/").status_code == 302

    def test_one_sees_them_and_ends_another(self, client_of):
        here, there = client_of("coordinator"), client_of("coordinator")
        page = me(here)
        assert page.count("Another browser") == 1
        (number,) = re.findall(r"/admin/me/log-ins/(\d+)", page)
        post(Visitor(here), f"me/log-ins/{number}")
        assert there.get("/admin/").status_code == 302
        assert "Another browser" not in me(here)

    def test_all_others_are_ended_at_once(self, client_of):
        here, *others = (client_of("coordinator") for _ in range(3))
        post(Visitor(here), "me/log-ins/0")
        assert [one.get("/admin/").status_code for one in others] == [302, 302]
        assert here.get("/admin/").status_code == 200

    def test_nobody_ends_those_of_somebody_else(self, client_of):
        client, other = client_of("coordinator"), client_of("owner")
        for number in (1, 2, 3, 2**63):
            post(Visitor(other), f"me/log-ins/{number}")
            if other.get("/admin/").status_code == 302:
                other = client_of("owner")
        assert client.get("/admin/").status_code == 200

    def test_a_log_in_ends_after_seven_days_however_much_it_is_used(self, client, clock):
        for _ in range(24):
            clock.pass_(hours=7)
            expected = client.get("/admin/").status_code
        assert expected == 302

    def test_a_token_that_is_none_lets_nobody_in(self, visitor):
        for planted in ("3:abcd", "", "x" * 3000):
            with visitor.client.session_transaction() as session:
                session["_user_id"] = planted
            assert visitor.client.get("/admin/").status_code == 302


class TestPassword:
    def test_a_new_one_ends_every_other_log_in(self, client_of):
        here, there = client_of("coordinator"), client_of("coordinator")
        post(Visitor(here), "me/password", password=PASSWORD, new="another long secret")
        assert here.get("/admin/").status_code == 200
        assert there.get("/admin/").status_code == 302
        assert Visitor(there).log_in(EMAIL).status_code == 401
        assert Visitor(there).log_in(EMAIL, "another long secret").status_code == 303

    @pytest.mark.parametrize(
        ("form", "told"),
        [
            ({"password": "wrong", "new": "another long secret"}, "This is not your password."),
            ({"password": PASSWORD, "new": "short"}, "A password needs at least 12 characters."),
            ({}, "This is not your password."),
        ],
    )
    def test_what_cannot_be_is_told_and_changes_nothing(self, client, form, told):
        answer = post(Visitor(client), "me/password", **form)
        assert answer.status_code == 422
        assert told in answer.text
        assert Visitor(client).log_out().status_code == 303
        assert Visitor(client).log_in(EMAIL).status_code == 303


class Phone:
    """Somebody with an authenticator app."""

    def __init__(self, visitor: Visitor, clock: Callable) -> None:
        self.visitor, self.clock, self.secret = visitor, clock, ""

    def code(self, **later: float) -> str:
        self.clock.pass_(**later)
        return pyotp.TOTP(self.secret).at(self.clock())

    def set_up(self) -> list[str]:
        """Set it up; returns the recovery codes."""
        page = post(self.visitor, "me/second-factor", password=PASSWORD).text
        self.secret = re.findall(r'class="secret">([^<]+)<', page)[0].replace(" ", "")
        done = post(self.visitor, "me/second-factor/confirm", code=self.code())
        assert done.status_code == 200
        return re.findall(r"<li><code>([^<]+)</code></li>", done.text)

    def log_in(self, code: str) -> int:
        """Log in anew; returns what the second step answers."""
        self.visitor.log_out()
        assert self.visitor.log_in(EMAIL).location.startswith("/admin/login/code")
        return post(self.visitor, "login/code", code=code).status_code


@pytest.fixture
def phone(client, clock):
    return Phone(Visitor(client), clock)


class TestSecondFactor:
    def test_after_the_password_a_code_is_wanted(self, phone):
        assert len(phone.set_up()) == 10
        phone.visitor.log_out()
        answer = phone.visitor.log_in(EMAIL, next="/admin/export")
        assert phone.visitor.client.get("/admin/").status_code == 302
        page = phone.visitor.client.get(answer.location)
        assert page.status_code == 200
        assert 'value="/admin/export"' in page.text
        done = post(phone.visitor, "login/code", code=phone.code(seconds=60), next="/admin/export")
        assert (done.status_code, done.location) == (303, "/admin/export")
        assert phone.visitor.client.get("/admin/").status_code == 200

    def test_a_code_is_good_once(self, phone):
        phone.set_up()
        code = phone.code(seconds=60)
        assert phone.log_in(code) == 303
        assert phone.log_in(code) == 401
        assert phone.visitor.client.get("/admin/").status_code == 302

    def test_a_recovery_code_is_good_once(self, phone):
        codes = phone.set_up()
        assert phone.log_in(codes[0]) == 303
        assert phone.log_in(codes[0]) == 401
        assert phone.log_in(codes[1]) == 303

    def test_codes_are_not_guessed_at_any_speed(self, phone):
        phone.set_up()
        phone.visitor.log_out()
        phone.visitor.log_in(EMAIL)
        told = [post(phone.visitor, "login/code", code="000000").status_code for _ in range(6)]
        assert told[-1] == 429
        assert set(told[:4]) == {401}

    def test_the_step_between_password_and_code_lasts_ten_minutes(self, phone):
        phone.set_up()
        phone.visitor.log_out()
        phone.visitor.log_in(EMAIL)
        code = phone.code(minutes=10)
        assert post(phone.visitor, "login/code", code=code).location.startswith("/admin/login?")
        assert phone.visitor.client.get("/admin/").status_code == 302

    def test_without_a_password_first_there_is_no_second_step(self, visitor):
        assert visitor.client.get("/admin/login/code").location.startswith("/admin/login?")

    def test_a_wrong_code_puts_nothing_in_force(self, phone):
        post(phone.visitor, "me/second-factor", password=PASSWORD)
        answer = post(phone.visitor, "me/second-factor/confirm", code="000000")
        assert answer.status_code == 422
        assert "This code is not the one" in answer.text
        phone.visitor.log_out()
        assert phone.visitor.log_in(EMAIL).location == "/admin/"

    def test_setting_it_up_ends_the_other_log_ins(self, client_of, phone):
        other = client_of("coordinator")
        phone.set_up()
        assert other.get("/admin/").status_code == 302

    @pytest.mark.parametrize("page", ["", "/codes", "/off"])
    def test_a_borrowed_browser_changes_nothing(self, phone, page):
        phone.set_up()
        answer = post(phone.visitor, f"me/second-factor{page}", password="not the password")
        assert answer.status_code == 422
        assert phone.log_in(phone.code(seconds=60)) == 303

    def test_it_is_turned_off_where_it_is_not_demanded(self, phone):
        phone.set_up()
        post(phone.visitor, "me/second-factor/off", password=PASSWORD)
        phone.visitor.log_out()
        assert phone.visitor.log_in(EMAIL).location == "/admin/"

    def test_an_owner_takes_it_away_from_who_lost_the_phone(self, phone, client_of):
        phone.set_up()
        post(Visitor(client_of("owner")), "people/3/second-factor-off")
        phone.visitor.log_out()
        assert phone.visitor.log_in(EMAIL).location == "/admin/"

    def test_all_of_it_is_audited_without_a_code(self, phone, audited):
        codes = phone.set_up()
        phone.log_in(codes[0])
        written = audited()
        names = [action for _, action, _, _ in written]
        assert names == [
            *("log-in", "second factor on", "recovery codes", "log-out"),
            *("recovery code used", "log-in"),
        ]
        assert codes[0] not in str(written)


class TestDemanded:
    @pytest.fixture(autouse=True)
    def demanded(self, town, clock):
        with town.database.writing() as session:
            house_rules.put(session, Rule.SECOND_FACTOR, True, 1, clock())

    @pytest.mark.parametrize("page", ["/admin/", "/admin/export", "/admin/nowhere"])
    def test_who_has_none_is_led_to_set_one_up_first(self, client, page):
        assert client.get(page).location == "/admin/me#second"
        assert "Everybody needs a second factor here" in me(client)

    def test_with_it_everything_opens(self, client, clock):
        phone = Phone(Lone(client), clock)
        phone.set_up()
        assert client.get("/admin/").status_code == 200

    def test_it_cannot_be_turned_off(self, client, clock):
        phone = Phone(Lone(client), clock)
        phone.set_up()
        post(phone.visitor, "me/second-factor/off", password=PASSWORD)
        assert "It is on" in me(client)

    def test_the_owner_sets_and_lifts_the_rule(self, client_of, clock, town):
        phone = Phone(Lone(client_of("owner")), clock)
        phone.set_up()
        post(phone.visitor, "people/rules", second_person="yes")
        with town.database.reading() as session:
            held = house_rules.all_of_them(session)
        assert held == {Rule.SECOND_FACTOR: False, Rule.SECOND_PERSON: True}


class Lone(Visitor):
    """Somebody who is let into their own page alone."""

    def token(self) -> str:
        return str(me(self.client).split('name="csrf_token" value="')[1].split('"')[0])
