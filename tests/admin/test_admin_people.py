"""Owners say who works here: by links shown once, with one owner always left; the audit log is theirs to read."""

import html
import re

import pytest
from office import PASSWORD, Visitor
from werkzeug.test import TestResponse

OWNER, ORGANIZER, COORDINATOR, VIEWER = 1, 2, 3, 4
NEW = "bo@example.org"


@pytest.fixture
def owner(client_of):
    return Visitor(client_of("owner"))


def post(visitor: Visitor, page: str, **form: str) -> TestResponse:
    form = {"csrf_token": visitor.token(), **form}
    return visitor.client.post(f"/admin/{page}", data=form)


def link_in(response: TestResponse) -> str:
    """The path of the link that a page shows."""
    return re.findall(r'value="http://localhost(/admin/welcome/[^"]+)"', response.text)[0]


def follow(visitor: Visitor, path: str, password: str = PASSWORD) -> TestResponse:
    form = {"csrf_token": visitor.token(), "password": password}
    return visitor.client.post(path, data=form)


class TestInvitations:
    def test_who_follows_the_link_sets_a_password_and_logs_in(self, owner, visitor, audited):
        made = post(owner, "people/invite", email=NEW, role="viewer")
        path = link_in(made)
        page = visitor.client.get(path).text
        assert "as viewer" in page
        assert NEW in page
        assert follow(visitor, path).location == "/admin/login"
        assert visitor.log_in(NEW).status_code == 303
        done = [(who, action) for who, action, _, _ in audited()]
        assert done[1:3] == [(OWNER, "invite"), (5, "staff add")]

    def test_the_link_is_shown_once_and_good_once(self, owner, visitor):
        path = link_in(post(owner, "people/invite", email=NEW, role="viewer"))
        later = owner.client.get("/admin/people").text
        assert NEW in later
        assert "welcome" not in later
        follow(visitor, path)
        for again in (visitor.client.get(path), follow(visitor, path, "another long secret")):
            assert again.status_code == 410
            assert "This link is good no more" in again.text
        assert visitor.log_in(NEW).status_code == 303

    def test_looking_at_the_link_uses_nothing_up(self, owner, visitor):
        path = link_in(post(owner, "people/invite", email=NEW, role="viewer"))
        for _ in range(3):
            assert visitor.client.get(path).status_code == 200
        assert follow(visitor, path).status_code == 303

    def test_the_link_is_good_for_a_week(self, owner, visitor, clock):
        path = link_in(post(owner, "people/invite", email=NEW, role="viewer"))
        clock.pass_(days=7)
        assert visitor.client.get(path).status_code == 410

    def test_who_follows_it_cannot_choose_the_role_or_the_address(self, owner, visitor):
        path = link_in(post(owner, "people/invite", email=NEW, role="viewer"))
        form = {"csrf_token": visitor.token(), "password": PASSWORD, "role": "owner"}
        visitor.client.post(path, data={**form, "email": "eve@example.org"})
        assert visitor.log_in("eve@example.org").status_code == 401
        visitor.log_in(NEW)
        assert visitor.client.get("/admin/people").status_code == 403

    def test_an_invitation_is_taken_back(self, owner, visitor):
        path = link_in(post(owner, "people/invite", email=NEW, role="viewer"))
        assert post(owner, "people/invitations/1").status_code == 303
        assert visitor.client.get(path).status_code == 410

    @pytest.mark.parametrize(
        ("form", "told"),
        [
            ({"email": "nobody", "role": "viewer"}, "is not an e-mail address"),
            ({"email": "viewer@example.org", "role": "viewer"}, "is a staff member already"),
            ({"email": NEW, "role": "king"}, "Choose a role."),
            ({"email": "a\0b@c.org", "role": ""}, "Choose a role."),
        ],
    )
    def test_what_cannot_be_is_told(self, owner, form, told):
        answer = post(owner, "people/invite", **form)
        assert answer.status_code == 422
        assert told in html.unescape(answer.text)

    def test_a_short_password_is_told_and_the_link_stays_good(self, owner, visitor):
        path = link_in(post(owner, "people/invite", email=NEW, role="viewer"))
        answer = follow(visitor, path, "short")
        assert answer.status_code == 422
        assert "at least 12 characters" in answer.text
        assert follow(visitor, path).status_code == 303

    def test_links_are_not_guessed_at_any_speed(self, visitor, clock):
        for number in range(30):
            assert visitor.client.get(f"/admin/welcome/{number}").status_code == 410
        assert visitor.client.get("/admin/welcome/x").status_code == 429
        clock.pass_(seconds=5)
        assert visitor.client.get("/admin/welcome/x").status_code == 410


class TestMembers:
    def test_a_role_counts_from_the_next_page_on(self, owner, client):
        assert client.get("/admin/export").status_code == 200
        post(owner, f"people/{COORDINATOR}/role", role="viewer")
        assert client.get("/admin/export").status_code == 403

    def test_who_is_disabled_is_out_at_once_and_comes_back_by_logging_in(self, owner, client):
        post(owner, f"people/{COORDINATOR}/disable")
        assert client.get("/admin/").status_code == 302
        visitor = Visitor(client)
        assert visitor.log_in("coordinator@example.org").status_code == 401
        post(owner, f"people/{COORDINATOR}/enable")
        assert client.get("/admin/").status_code == 302
        assert visitor.log_in("coordinator@example.org").status_code == 303

    def test_somebody_is_logged_out_everywhere(self, owner, client_of):
        first, second = client_of("coordinator"), client_of("coordinator")
        post(owner, f"people/{COORDINATOR}/log-out")
        assert [one.get("/admin/").status_code for one in (first, second)] == [302, 302]

    def test_a_password_is_renewed_by_a_link(self, owner, visitor):
        path = link_in(post(owner, f"people/{COORDINATOR}/password-link"))
        assert "A new password" in visitor.client.get(path).text
        follow(visitor, path, "another long secret")
        assert visitor.log_in("coordinator@example.org").status_code == 401
        assert visitor.log_in("coordinator@example.org", "another long secret").status_code == 303

    def test_a_disabled_member_gets_no_link(self, owner):
        post(owner, f"people/{COORDINATOR}/disable")
        answer = post(owner, f"people/{COORDINATOR}/password-link")
        assert answer.status_code == 422
        assert "enable them first" in answer.text

    @pytest.mark.parametrize(("deed", "form"), [("disable", {}), ("role", {"role": "viewer"})])
    def test_the_last_owner_stays_and_is_told_why(self, owner, deed, form):
        answer = post(owner, f"people/{OWNER}/{deed}", **form)
        assert answer.status_code == 422
        assert "is the last owner" in answer.text
        assert owner.client.get("/admin/people").status_code == 200

    @pytest.mark.parametrize("page", ["people/99", f"people/{2**63}", "people/3/no-such-deed"])
    def test_what_there_is_not_is_no_page(self, owner, page):
        assert owner.client.get(f"/admin/{page}").status_code == 404
        assert post(owner, page).status_code in (404, 405)


class TestAuditPage:
    def test_it_shows_who_did_what_and_filters(self, owner, client_of):
        client_of("viewer")
        post(owner, f"people/{VIEWER}/log-out")
        page = owner.client.get("/admin/audit?what=log-ins+ended").text
        table = page.split("<tbody")[1]
        assert "owner@example.org" in table
        assert f'href="/admin/people/{VIEWER}"' in table
        assert "ended: 1" in table
        assert table.count("<tr") == 1
        assert (
            owner.client.get(f"/admin/audit?who={VIEWER}").text.split("<tbody")[1].count("<tr") == 1
        )

    def test_days_are_whole_and_in_utc(self, owner):
        here = owner.client.get("/admin/audit?since=2026-11-21&until=2026-11-21").text
        assert "log-in" in here.split("<tbody")[1]
        assert "Nothing of that kind" in owner.client.get("/admin/audit?until=2026-11-20").text

    @pytest.mark.parametrize(
        ("asked", "name"),
        [
            ("who=99", "Who"),
            ("who=x", "Who"),
            ("what=nothing", "What"),
            ("since=soon", "From"),
            ("until=2026-02-30", "To"),
        ],
    )
    def test_what_is_not_understood_is_left_out_and_named(self, owner, asked, name):
        page = owner.client.get(f"/admin/audit?{asked}").text
        assert f"Not understood and left out: {name}." in page

    @pytest.mark.parametrize("subject", ["%00", "%25", "x" * 500, "interview:"])
    def test_any_subject_can_be_asked_for(self, owner, subject):
        assert owner.client.get(f"/admin/audit?subject={subject}").status_code == 200

    def test_it_has_pages(self, owner, clock):
        for _ in range(60):
            post(owner, f"people/{VIEWER}/log-out")
        first = owner.client.get("/admin/audit?what=log-ins+ended").text
        assert first.split("<tbody")[1].count("<tr") == 50
        older = html.unescape(re.findall(r'rel="next" href="([^"]+)"', first)[0])
        second = owner.client.get(older).text
        assert second.split("<tbody")[1].count("<tr") == 10
        newer = html.unescape(re.findall(r'rel="prev" href="([^"]+)"', second)[0])
        assert owner.client.get(newer).text.split("<tbody")[1].count("<tr") == 50
