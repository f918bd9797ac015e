"""Every page has an entry in the table of rights, and every role gets what the table gives it."""

import pytest
import workshop
from flask import Flask

from admin.rights import PUBLIC, RIGHTS

# What a logged-in member gets, and what somebody who is not logged in does.
PAGES = {
    "admin.testimonies": "/admin/",
    "admin.testimony": "/admin/testimonies/1",
    "admin.export": "/admin/export",
    "admin.export_csv": "/admin/export.csv?flow=street",
    "admin.missing": "/admin/no/such/page",
    "admin.login": "/admin/login",
    "admin.static": "/admin/static/admin.css",
}
ANSWERING = ("write", "hold", "hand_back", "news", "file", "original")  # see test_admin_answering
READING = ["admin.testimonies", "admin.testimony", "admin.export", "admin.export_csv"]


@pytest.fixture(autouse=True)
def one_testimony(town):
    town.publish()
    town.write("+1404", "STREET", "yes")


def endpoints(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint[:6] == "admin."}


def test_the_table_and_the_pages_are_the_same_set(app):
    assert endpoints(app) == set(RIGHTS)
    told = {*PAGES, *workshop.PAGES, *workshop.SENT}  # of surveys: see test_admin_flows_rights
    told |= {f"admin.{name}" for name in ANSWERING}
    told |= {"admin.export_file", "admin.export_identified"}  # see test_admin_export_formats
    assert set(RIGHTS) - told == {"admin.logout"}  # POST only, see test_admin_log_in


@pytest.mark.parametrize("role", ["owner", "organizer", "coordinator"])
@pytest.mark.parametrize("endpoint", READING)
def test_who_works_with_testimonies_reads_and_exports(client_of, role, endpoint):
    response = client_of(role).get(PAGES[endpoint])
    assert response.status_code == 200
    response.close()


@pytest.mark.parametrize(
    ("endpoint", "status"),
    [
        ("admin.testimonies", 200),
        ("admin.testimony", 403),
        ("admin.export", 403),
        ("admin.export_csv", 403),
        ("admin.missing", 404),
    ],
)
def test_a_viewer_sees_the_list_and_reads_nothing(client_of, endpoint, status):
    assert client_of("viewer").get(PAGES[endpoint]).status_code == status


def test_a_viewer_is_offered_no_link_that_leads_to_a_refusal(client_of, town):
    page = client_of("viewer").get("/admin/").text
    assert town.pseudonym("+1404") in page
    assert "/admin/testimonies/" not in page
    assert "/admin/export" not in page


def test_a_refusal_says_so_kindly_and_shows_the_way_back(client_of):
    page = client_of("viewer").get("/admin/testimonies/1").text
    assert "Your role does not include this page" in page
    assert 'href="/admin/"' in page


def test_a_refused_view_or_export_is_not_written_down_as_one(client_of, audited):
    client = client_of("viewer")
    for endpoint in READING[1:]:
        client.get(PAGES[endpoint])
    assert [action for _, action, _, _ in audited()] == ["log-in"]


@pytest.mark.parametrize("endpoint", [*READING, "admin.missing"])
def test_without_a_log_in_there_is_nothing_to_see(visitor, endpoint):
    assert visitor.client.get(PAGES[endpoint]).location.startswith("/admin/login?next=/admin/")


@pytest.mark.parametrize("endpoint", [name for name, right in RIGHTS.items() if right == PUBLIC])
def test_what_is_public_needs_no_log_in(visitor, endpoint):
    with visitor.client.get(PAGES[endpoint]) as response:
        assert response.status_code == 200


@pytest.mark.parametrize("role", ["owner", None])
def test_a_page_without_an_entry_is_refused_to_everybody(app, client_of, role):
    app.add_url_rule("/admin/new", endpoint="admin.new", view_func=lambda: "new")
    client = client_of(role) if role else app.test_client()
    response = client.get("/admin/new")
    assert response.status_code == 403
    assert "new" not in response.text.split("<h1>")[1].split("</h1>")[0]


@pytest.mark.parametrize("endpoint", PAGES)
def test_nothing_of_the_admin_view_is_kept_by_a_browser(client, endpoint):
    with client.get(PAGES[endpoint]) as response:
        assert response.headers["Cache-Control"] == "no-store"
