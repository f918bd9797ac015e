"""Finding testimonies again: filters, orders, saved views, tags, marks, and a search in the words of people."""

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from office import Visitor
from sqlalchemy import event
from town import STREET, Town

from storage import messages, saved_views, tags

ONE = "/admin/testimonies/1"


def shown(page: str) -> list[int]:
    """The testimonies of a list or of what was found, from the top."""
    return [int(one) for one in re.findall(r'data-row href="/admin/testimonies/(\d+)[?"]', page)]


def post(client: FlaskClient, address: str, **form: str) -> Any:
    form["csrf_token"] = Visitor(client).token()
    return client.post(address, data=form)


def search(client: FlaskClient, text: str, **filters: str) -> str:
    """What a search shows, its whole page."""
    answer = post(client, "/admin/search", q=text, **filters)
    assert answer.status_code == 303
    return client.get(answer.location).text


@pytest.fixture(autouse=True)
def street(town: Town) -> Town:
    """Three residents: 1 complete with a yes to printing, 2 Spanish, 3 moved last though begun second."""
    town.publish()
    town.write(
        "+1404", "STREET", "yes", "Oak Street <b>12</b>, the landlord’s door", "4", "1", "yes"
    )
    town.clock.pass_(hours=1)
    town.write("tg5", "CALLE", "1", "Calle Señor Roble", channel="telegram")
    town.clock.pass_(hours=1)
    town.write("+1406", "STREET", "yes")
    town.clock.pass_(hours=1)
    town.write("tg5", "4", channel="telegram")
    return town


class TestList:
    @pytest.mark.parametrize(
        ("order", "ids"),
        [("", [3, 2, 1]), ("newest", [3, 2, 1]), ("oldest", [1, 2, 3]), ("moved", [2, 3, 1])],
    )
    def test_it_stands_in_the_order_that_is_asked_for(self, client, order, ids):
        assert shown(client.get(f"/admin/?order={order}").text) == ids

    def test_nonsense_is_named_and_no_error(self, client):
        query = "order=upside&tag=9&version=x&place=%00&agreed=all&attention=1&before=1-2-3"
        page = client.get(f"/admin/?{query}").text
        assert shown(page) == [3, 2, 1]
        assert "left out: Attention, Agreed, Tag, Place, Version, Order." in page

    def test_who_agreed_to_be_quoted_can_be_asked_for(self, client):
        assert shown(client.get("/admin/?agreed=quote").text) == [1]

    def test_versions_of_the_chosen_survey_can_be_asked_for(self, client, town):
        town.publish(STREET.replace("Which street", "What street"))
        town.write("+1407", "STREET")
        assert "f-version" not in client.get("/admin/").text
        assert "f-version" in client.get("/admin/?flow=street").text
        assert shown(client.get("/admin/?flow=street&version=2").text) == [4]

    def test_places_are_offered_as_far_as_they_are_closed_answers(self, client, town):
        place = "  city:\n    type: select_one\n    label: Where?\n    choices: {mud: Mudville, oak: Oakton}\n"
        town.publish(STREET.replace("questions:\n", f"questions:\n{place}"))
        town.write("+1407", "STREET", "yes", "1")
        page = client.get("/admin/?place=city/mud").text
        assert '<option value="city/mud" selected>Mudville</option>' in page
        assert shown(page) == [4]
        assert shown(client.get("/admin/?place=city/oak").text) == []

    def test_an_export_of_the_list_keeps_its_filters(self, client, town):
        with town.database.writing() as session:
            tags.put(session, 1, "Court", 1, town.clock())
        assert 'href="/admin/export?tag=1"' in client.get("/admin/?tag=1").text
        assert '<option value="1" selected>Court</option>' in client.get("/admin/export?tag=1").text
        rows = client.get("/admin/export.csv?flow=street&tag=1").text.strip().splitlines()
        assert len(rows) == 2


class TestViews:
    def test_own_and_shared_views_stand_above_the_list(self, client, client_of):
        post(client, "/admin/views", name="Mine", status="waiting")
        post(client, "/admin/views", name="Ours", order="moved", shared="1")
        for who, names in ((client, ["Mine", "Ours"]), (client_of("owner"), ["Ours"])):
            page = who.get("/admin/").text
            nav = page.split('aria-label="Saved views"')[1].split("</nav>")[0]
            assert re.findall(r'dir="auto">(\w+)<', nav) == names
        assert 'href="/admin/?order=moved"' in client.get("/admin/").text

    def test_who_saved_it_takes_it_away_and_owners_what_is_shared(self, client, client_of, town):
        post(client, "/admin/views", name="Mine", status="waiting")
        post(client, "/admin/views", name="Ours", status="waiting", shared="1")
        for number in ("1", "2"):
            post(client_of("organizer"), f"/admin/views/{number}/off")
        post(client_of("owner"), "/admin/views/1/off")
        post(client_of("owner"), "/admin/views/2/off")
        with town.database.reading() as session:
            assert [one.name for one in saved_views.visible(session, 3)] == ["Mine"]


class TestTestimony:
    def test_its_neighbours_are_those_of_the_list_one_came_from(self, client):
        page = client.get("/admin/testimonies/2?order=oldest&channel=sms").text
        assert 'rel="prev" href="/admin/testimonies/1?channel=sms&amp;order=oldest"' in page
        assert 'rel="next" href="/admin/testimonies/3?channel=sms&amp;order=oldest"' in page
        assert 'href="/admin/?channel=sms&amp;order=oldest"' in page
        assert 'rel="prev"' not in client.get("/admin/testimonies/3").text

    def test_its_history_tells_what_staff_did(self, client, client_of):
        client.get(ONE)
        client.get(ONE)
        post(client_of("owner"), f"{ONE}/tags", name="Court")
        page = client.get(ONE).text
        history = re.sub(r"<[^>]+>|\s+", " ", page.split('id="history"')[1].split("</details>")[0])
        first, second = history.index("put a tag on it"), history.index("read it")
        assert first < second
        assert "2 times that day" in history

    def test_tags_are_put_on_and_taken_off_and_it_is_written_down(self, client, audited):
        post(client, f"{ONE}/tags", name="Heat & cold")
        assert "Heat &amp; cold" in client.get("/admin/").text
        assert shown(client.get("/admin/?tag=1").text) == [1]
        post(client, f"{ONE}/tags/1/off")
        assert "Heat" not in client.get("/admin/").text
        done = [action for _, action, _, _ in audited()]
        assert "tag" in done
        assert "untag" in done

    def test_marks_are_told_in_plain_words_until_somebody_has_looked(self, client, town, audited):
        with town.database.writing() as session:
            messages.call_attention(session, 5, "care: danger; no usable answer to people")
        page = client.get(ONE).text
        assert "somebody may be in danger" in page
        assert "could not be understood as an answer to “How many of you live there?”" in page
        assert "care:" not in page
        assert shown(client.get("/admin/?attention=open").text) == [1]
        post(client, f"{ONE}/looked", newest="99")
        assert "I have looked" not in client.get(ONE).text
        assert "coordinator@example.org has looked" in client.get(ONE).text
        assert shown(client.get("/admin/?attention=open").text) == []
        assert (3, "looked at", "interview:1", {"marks": 1}) in audited()


class TestSearch:
    def test_what_is_found_is_marked_and_linked_and_hostile_words_stay_words(self, client):
        page = search(client, "landlords DOOR")
        assert shown(page) == [1]
        assert "<mark>landlord’s</mark> <mark>door</mark>" in page
        assert "&lt;b&gt;12&lt;/b&gt;" in page
        assert "<b>" not in page

    def test_it_is_combined_with_the_filters_of_the_list(self, client):
        assert shown(search(client, "street")) == [3, 1]
        page = search(client, "street", status="complete")
        assert shown(page) == [1]
        assert "Only among:" in page

    def test_no_address_holds_the_words_and_the_audit_log_names_the_search(
        self, client, client_of, audited
    ):
        answer = post(client, "/admin/search", q="Señor Roble")
        assert answer.location == "/admin/search/1"
        assert "Roble" in client.get(answer.location).text
        done = audited()[1:]
        asked = (3, "search", "search:1", {"letters": 11, "after": 0})
        assert done == [asked, (3, "search found", "search:1", {"interviews": [2]})]
        assert "“Señor Roble”" in client_of("owner").get("/admin/audit").text

    def test_it_is_for_nobody_else(self, client, client_of):
        address = post(client, "/admin/search", q="Roble").location
        assert client_of("owner").get(address).status_code == 404
        assert client_of("viewer").get(address).status_code == 403
        assert client.get("/admin/search/99").status_code == 404
        assert client.get("/admin/search/" + "9" * 30).status_code == 404

    def test_what_is_found_comes_in_parts(self, client):
        address = post(client, "/admin/search", q="street").location
        answer = client.get(address)
        assert answer.headers.get("Content-Length") is None
        assert answer.headers["X-Accel-Buffering"] == "no"
        assert len(list(answer.iter_encoded())) > 3

    @pytest.mark.parametrize(
        "text",
        ["x" * 100_000, "a\0b", "(.*)+$", "[", "\\", "%", '"' * 99, "{{7*191919}}", "\ud7ff"],
    )
    def test_hostile_queries_find_nothing_and_break_nothing(self, client, text):
        answer = post(client, "/admin/search", q=text)
        assert answer.status_code == 303
        page = client.get(answer.location)
        assert page.status_code == 200
        assert "1343433" not in page.text

    def test_a_query_without_a_letter_leads_back_to_the_list(self, client):
        answer = post(client, "/admin/search", q=" ... ", status="complete")
        assert answer.location == "/admin/?status=complete"

    def test_a_withdrawn_testimony_is_found_as_it_is_listed(self, client, town):
        town.write("+1406", "STOP")
        assert shown(search(client, "street", status="withdrawn")) == [3]


def statements(town: Town, client: FlaskClient, address: str) -> int:
    """How many questions a page asks the database."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    client.get(address)  # what is kept in memory is there
    event.listen(town.database.engine, "before_cursor_execute", note)
    try:
        assert client.get(address).status_code == 200
    finally:
        event.remove(town.database.engine, "before_cursor_execute", note)
    return len(asked)


@pytest.mark.parametrize(
    "address", ["/admin/", "/admin/?order=moved&status=waiting", f"{ONE}?order=moved"]
)
def test_a_page_asks_as_often_with_a_thousand_testimonies_as_with_ten(town, client, address):
    for number in range(7):
        town.write(f"+15{number:04}", "STREET")
    few = statements(town, client, address)
    for number in range(7, 997):
        town.write(f"+15{number:04}", "STREET")
    assert statements(town, client, address) == few <= 45
