"""Every page says whom it lets in, and every role gets what the page gives it."""

import importlib
import pkgutil
from pathlib import Path

import pytest
from flask import Flask
from office import Visitor

import admin
from admin import RIGHTS, rights
from admin.rights import PUBLIC, READERS
from storage import permits
from storage.permits import NotPermitted, Permit
from storage.staff import Role

# What a logged-in member gets, and what somebody who is not logged in does.
PAGES = {
    "admin.testimonies": "/admin/",
    "admin.testimony": "/admin/testimonies/1",
    "admin.export": "/admin/export",
    "admin.export_csv": "/admin/export.csv?flow=street",
    "admin.exports": "/admin/exports",
    "admin.exports_news": "/admin/exports/news?id=1",
    "admin.missing": "/admin/no/such/page",
    "admin.login": "/admin/login",
    "admin.code": "/admin/login/code",
    "admin.welcome": "/admin/welcome/none",
    "admin.static": "/admin/static/admin.css",
}
OPEN = {"admin.code": 303, "admin.welcome": 410}  # what they answer who has no business there
READING = ["admin.testimonies", "admin.testimony", "admin.export", "admin.export_csv"]
READING += ["admin.exports", "admin.exports_news"]


@pytest.fixture(autouse=True)
def one_testimony(town):
    town.publish()
    town.write("+1404", "STREET", "yes")


def endpoints(app: Flask) -> set[str]:
    return {rule.endpoint for rule in app.url_map.iter_rules() if rule.endpoint[:6] == "admin."}


def test_the_table_and_the_pages_are_the_same_set(app):
    assert endpoints(app) == set(RIGHTS)


def test_every_room_is_in_the_house():
    """A module with routes that nobody gathers would be pages that nobody finds."""
    modules = [info.name for info in pkgutil.walk_packages(admin.__path__, "admin.")]
    found = {name for name in modules if hasattr(importlib.import_module(name), "ROUTES")}
    assert found == {room.__name__ for room in admin.ROOMS}


HERE = ("/here", "here", lambda: "here", ["GET"])


@pytest.mark.parametrize(
    "routes",
    [
        [HERE],
        [(*HERE, None)],
        [(*HERE, frozenset())],
        [(*HERE, READERS), (*HERE, PUBLIC)],
        [("/static", "static", lambda: "", ["GET"], PUBLIC)],
    ],
)
def test_a_page_that_does_not_say_once_whom_it_lets_in_lets_nothing_start(routes):
    with pytest.raises(ValueError, match=r"needs one right|not enough values"):
        rights.of_routes(routes)


SAMPLE = {"interview_id": 1, "file_id": 1, "asked_id": 1, "staff_id": 4, "link_id": 1, "version": 1}
SAMPLE |= {"search_id": 1, "tag_id": 1, "view_id": 1}
SAMPLE |= {"mask_id": 1, "answer_id": 1, "quotation_id": 1}
SAMPLE |= {"log_in_id": 9, "flow": "street", "language": "en", "kind": "png", "deed": "log-out"}  # type: ignore[dict-item]
SAMPLE |= {"export_id": 1, "token": "none", "missing": "no/such/page", "filename": "admin.css"}  # type: ignore[dict-item]
SAMPLE |= {"broadcast_id": 1, "press": "pause"}  # type: ignore[dict-item]
SAMPLE |= {"meeting_id": 1, "code": "housing"}  # type: ignore[dict-item]


def ways(app: Flask, **forged: object) -> list[tuple[str, str, str]]:
    """Every way into the admin view: its endpoint, a method, and an address."""
    adapter = app.url_map.bind("localhost")
    return [
        (rule.endpoint, method, adapter.build(rule.endpoint, {**SAMPLE, **forged}, method))
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("admin.")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


@pytest.mark.parametrize("role", list(Role))
def test_every_role_gets_into_every_page_as_the_table_says_and_no_further(
    app, client_of, role, clock
):
    for endpoint, method, address in ways(app):
        if endpoint == "admin.logout":
            continue
        clock.pass_(minutes=1)  # so many log-ins in a row are slowed down
        client = client_of(role)
        form = {"csrf_token": Visitor(client).token()} if method == "POST" else None
        with client.open(address, method=method, data=form) as response:
            allowed = RIGHTS[endpoint] == PUBLIC or role in RIGHTS[endpoint]
            refused = response.status_code == 403 and b"Not for your role" in response.data
            assert refused is not allowed, (endpoint, method)
            assert response.status_code < 500, (endpoint, method)


@pytest.mark.parametrize("number", [0, 99, 2**63 - 1, 2**63, 10**30])
def test_no_page_fails_at_a_number_that_nothing_has(app, client_of, number):
    numbers = dict.fromkeys((name for name in SAMPLE if isinstance(SAMPLE[name], int)), number)
    client = client_of("owner")
    token = Visitor(client).token()
    for endpoint, method, address in ways(app, **numbers):
        if endpoint == "admin.logout":
            continue
        form = {"csrf_token": token} if method == "POST" else None
        with client.open(address, method=method, data=form) as response:
            assert response.status_code < 500, (endpoint, method)


def test_without_a_log_in_every_page_that_is_not_public_leads_to_it(app, visitor):
    for endpoint, method, address in ways(app):
        if RIGHTS[endpoint] == PUBLIC:
            continue
        form = {"csrf_token": visitor.token()} if method == "POST" else None
        response = visitor.client.open(address, method=method, data=form)
        assert response.location.startswith("/admin/login"), (endpoint, method)


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
        ("admin.exports", 403),
        ("admin.exports_news", 403),
        ("admin.missing", 404),
    ],
)
def test_a_viewer_sees_counts_and_reads_nothing(client_of, endpoint, status):
    assert client_of("viewer").get(PAGES[endpoint]).status_code == status


def test_a_viewer_is_offered_no_link_that_leads_to_a_refusal(client_of, town):
    page = client_of("viewer").get("/admin/").text
    assert "Life in our street" in page
    assert town.pseudonym("+1404") not in page
    assert "/admin/testimonies/" not in page
    assert "/admin/export" not in page


def test_small_counts_are_hidden_from_a_viewer_and_large_ones_shown(client_of, town):
    for number in range(5):
        town.write(f"+1405{number}", "STREET", "no")
    page = client_of("viewer").get("/admin/").text
    row = page.split("Life in our street")[1].split("</tr>")[0]
    assert "<td>5</td>" not in row  # who declined, for company of the one who waits
    assert row.count("not shown") == 6  # and nobody else: that looks the same
    assert "<td>6</td>" in row


def test_a_refusal_names_the_page_that_its_link_leads_to(client_of, visitor):
    refused = client_of("viewer").get("/admin/testimonies/1").text
    assert '<a href="/admin/glance">To the overview</a>' in refused
    assert "list of testimonies" not in refused
    assert (
        '<a href="/admin/">To the list of testimonies</a>'
        in client_of("owner").get("/admin/x").text
    )
    assert ">To the log-in</a>" in visitor.client.post("/admin/login").text


@pytest.mark.parametrize("permit", list(Permit))
def test_storage_itself_opens_nothing_to_who_may_not(town, permit):
    """Asked there with the role of this moment: owner 1, organizer 2, coordinator 3, viewer 4, nobody 5."""
    may = {
        Permit.WORDS: {1, 2, 3},
        Permit.BEHIND: {1, 3},
        Permit.NUMBERS: {1, 3},
        Permit.PEOPLE: {1},
        Permit.BROADCAST: {1, 2},
    }
    for staff_id in range(1, 6):
        with town.database.reading() as session:
            if staff_id in may[permit]:
                permits.require(session, staff_id, permit)
            else:
                with pytest.raises(NotPermitted):
                    permits.require(session, staff_id, permit)


def test_a_refusal_says_so_kindly_and_shows_the_way_back(client_of):
    page = client_of("viewer").get("/admin/testimonies/1").text
    assert "Your role does not include this page" in page
    assert 'href="/admin/"' in page


def test_a_refused_view_or_export_is_written_down_as_refused_and_not_as_one(client_of, audited):
    client = client_of("viewer")
    for endpoint in READING[1:]:
        client.get(PAGES[endpoint])
    viewer = 4
    page = {"page": "testimony", "method": "GET"}
    names = [name.removeprefix("admin.") for name in READING[2:]]
    assert audited()[1:] == [
        (viewer, "refused", "interview:1", page),
        *((viewer, "refused", f"page:{name}", {"method": "GET"}) for name in names),
    ]


@pytest.mark.parametrize("role", list(Role))
def test_every_refusal_is_a_row_of_the_audit_log_without_words(app, client_of, role, audited):
    client = client_of(role)
    token = Visitor(client).token()
    for endpoint, method, address in ways(app):
        if endpoint == "admin.logout" or RIGHTS[endpoint] == PUBLIC or role in RIGHTS[endpoint]:
            continue
        before = len(audited())
        form = {"csrf_token": token, "q": "a word"} if method == "POST" else None
        assert client.open(address, method=method, data=form).status_code == 403, endpoint
        who, action, subject, detail = audited()[-1]
        assert len(audited()) == before + 1, endpoint
        assert (who, action) == (list(Role).index(role) + 1, "refused")
        assert subject.partition(":")[0] in ("interview", "page")
        assert "word" not in str(detail)


def test_no_form_of_staff_is_taken_without_its_token(app, client_of, audited):
    client = client_of("owner")
    before = audited()
    for endpoint, method, address in ways(app):
        if method == "POST":
            assert client.post(address, data={"title": "x"}).status_code == 400, endpoint
    assert audited() == before


@pytest.mark.parametrize("endpoint", [*READING, "admin.missing"])
def test_without_a_log_in_there_is_nothing_to_see(visitor, endpoint):
    assert visitor.client.get(PAGES[endpoint]).location.startswith("/admin/login?next=/admin/")


@pytest.mark.parametrize("endpoint", [name for name in PAGES if RIGHTS[name] == PUBLIC])
def test_what_is_public_needs_no_log_in(visitor, endpoint):
    with visitor.client.get(PAGES[endpoint]) as response:
        assert response.status_code == OPEN.get(endpoint, 200)


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


# what opens words without asking whose; the names beside them ask
UNASKED = ("stored.whole(", "testimonies.whole(", "exports.rows(", "attachments.locate(")


def test_no_page_opens_words_without_saying_for_whom():
    sources = Path(admin.__file__).parent.rglob("*.py")
    found = [(path.name, call) for path in sources for call in UNASKED if call in path.read_text()]
    assert found == []
