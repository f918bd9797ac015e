"""The list of testimonies: what stands in a row, how it is narrowed, and how one pages through it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient
from office import Visitor
from town import Town

from storage import messages

SURVEY = "Life in our street"


def shown(client: FlaskClient, address: str = "/admin/") -> list[int]:
    """The ids of the testimonies on a page, from the top."""
    response = client.get(address)
    assert response.status_code == 200
    return [
        int(found)
        for found in re.findall(r'data-row href="/admin/testimonies/(\d+)[?"]', response.text)
    ]


def link(client: FlaskClient, address: str, name: str) -> str | None:
    found = re.search(rf'<a rel="{name}" href="([^"]+)"', client.get(address).text)
    return found[1].replace("&amp;", "&") if found else None


@pytest.fixture
def street(town: Town) -> Town:
    """Four residents, from the 21st of November on: waiting, complete (es), declined, withdrawn."""
    town.publish()
    town.write("+1404", "STREET", "yes", "Oak Street")
    town.clock.at = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)
    town.write("tg5", "CALLE", "1", "Calle Roble", "4", "1", "si", channel="telegram")
    town.clock.at = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
    town.write("+1406", "STREET", "no")
    town.clock.at = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
    town.write("web7", "STREET", "yes", "STOP", channel="web")
    return town


class TestRows:
    def test_the_newest_stands_first(self, street, client):
        assert shown(client) == [4, 3, 2, 1]

    def test_a_row_says_who_what_how_when_and_where_it_stands(self, street, client):
        page = client.get("/admin/").text
        row = page.split("<tbody")[1].split("<tr")[4]
        for words in (
            street.pseudonym("+1404"),
            SURVEY,
            '<span class="badge waiting">Waiting</span>',
            "English",
            "SMS",
            "21 Nov 2026, 13:05",
            "How many of you live there?",
        ):
            assert words in row

    def test_what_has_ended_says_how(self, street, client):
        page = client.get("/admin/").text
        for words in ("All questions are done", "Did not agree to take part", "Left by STOP"):
            assert page.count(words) == 1

    def test_who_has_not_agreed_yet_waits_at_the_consent(self, client, town):
        town.publish()
        town.write("+1404", "STREET")
        assert "Consent to take part" in client.get("/admin/").text

    def test_no_number_is_on_the_page(self, street, client):
        assert "+1404" not in client.get("/admin/").text


class TestFilters:
    @pytest.mark.parametrize(
        ("query", "ids"),
        [
            ("flow=street", [4, 3, 2, 1]),
            ("flow=other", []),
            ("status=waiting", [1]),
            ("status=complete", [2]),
            ("status=declined", [3]),
            ("status=withdrawn", [4]),
            ("status=paused", []),
            ("language=es", [2]),
            ("language=en", [4, 3, 1]),
            ("channel=sms", [3, 1]),
            ("channel=telegram", [2]),
            ("channel=web", [4]),
            ("since=2026-11-22", [4, 3, 2]),
            ("until=2026-11-21", [1]),
            ("since=2026-11-22&until=2026-11-22", [3, 2]),
            ("since=2026-11-23&until=2026-11-22", []),
            ("language=en&channel=sms&since=2026-11-22", [3]),
            ("status=&flow=&since=", [4, 3, 2, 1]),
        ],
    )
    def test_each_narrows_the_list_and_both_days_count(self, street, client, query, ids):
        other = "flow: other\n" + OTHER
        street.publish(other)
        assert shown(client, f"/admin/?{query}") == ids

    @pytest.mark.parametrize(
        ("query", "label"),
        [
            ("flow=nowhere", "Survey"),
            ("status=happy", "Status"),
            ("language=xx", "Language"),
            ("channel=pigeon", "Channel"),
            ("since=yesterday", "From"),
            ("since=2026-02-30", "From"),
            ("until=9999-12-31", "To"),
            ("until=20261122", "To"),
            ("status=%00", "Status"),
        ],
    )
    def test_nonsense_is_left_out_and_named(self, street, client, query, label):
        address = f"/admin/?{query}"
        assert shown(client, address) == [4, 3, 2, 1]
        assert f"Not understood and left out: {label}." in client.get(address).text

    @pytest.mark.parametrize("key", ["x", "-1", "0", "9" * 40, "1.5", "%00", "٣"])
    def test_a_page_key_that_is_none_shows_the_first_page(self, street, client, key):
        assert shown(client, f"/admin/?before={key}") == [4, 3, 2, 1]

    def test_the_form_and_the_export_link_keep_what_was_chosen(self, street, client):
        page = client.get("/admin/?status=complete&since=2026-11-22").text
        assert '<option value="complete" selected>' in page
        assert 'type="date" value="2026-11-22"' in page
        assert 'href="/admin/export?status=complete&amp;since=2026-11-22"' in page

    def test_when_nothing_fits_there_is_a_way_out(self, street, client):
        page = client.get("/admin/?status=paused").text
        assert "No testimony fits" in page
        assert '<a href="/admin/">Show all testimonies</a>' in page


OTHER = """
title: Something else
languages: [en]
contact: Our Rights Our City, 404-555-0100
consent: {label: May we?, declined: Good bye.}
questions: {why: {type: text, label: Why?}}
closing: Thank you.
"""


class TestEmpty:
    def test_without_testimonies_it_points_to_where_one_can_be_given(self, client, town):
        town.publish()
        page = client.get("/admin/").text
        assert "No testimonies yet" in page
        assert f'<a href="/try/street" dir="auto">{SURVEY}</a>' in page

    def test_without_surveys_it_says_how_to_publish_one(self, client):
        assert "testimony flows publish" in client.get("/admin/").text


class TestPages:
    @pytest.fixture
    def long(self, town: Town) -> Town:
        town.publish()
        for number in range(1, 121):
            town.write(f"+1{number:03}", "STREET")
        return town

    def test_fifty_stand_on_a_page(self, long, client):
        assert shown(client) == list(range(120, 70, -1))
        assert link(client, "/admin/", "prev") is None
        second = link(client, "/admin/", "next")
        assert second == "/admin/?before=71"
        assert shown(client, second) == list(range(70, 20, -1))
        third = link(client, second, "next")
        assert third is not None
        assert shown(client, third) == list(range(20, 0, -1))
        assert link(client, third, "next") is None

    def test_going_back_shows_the_same_pages(self, long, client):
        assert link(client, "/admin/?before=21", "prev") == "/admin/?before=71"
        assert link(client, "/admin/?before=71", "prev") == "/admin/"

    def test_new_testimonies_do_not_move_what_one_reads(self, long, client):
        second = link(client, "/admin/", "next")
        assert second is not None
        before = shown(client, second)
        for number in range(3):
            long.write(f"+2{number}", "STREET")
        assert shown(client, second) == before
        assert shown(client)[:4] == [123, 122, 121, 120]

    def test_pages_keep_the_filters(self, long, client):
        long.write("+1120", "no")
        address = link(client, "/admin/?status=waiting&channel=sms", "next")
        assert address == "/admin/?before=70&status=waiting&channel=sms"
        assert shown(client, address) == list(range(69, 19, -1))
        assert link(client, address, "prev") == "/admin/?status=waiting&channel=sms"

    def test_fifty_and_no_more_need_no_second_page(self, long, client):
        assert len(shown(client, "/admin/?before=51")) == 50
        assert link(client, "/admin/?before=51", "next") is None

    def test_below_the_last_there_is_a_way_back(self, long, client):
        page = client.get("/admin/?before=1").text
        assert "No testimony fits" in page
        assert link(client, "/admin/?before=1", "prev") == "/admin/?before=51"


def test_a_message_that_could_not_be_handled_is_named_above_the_list_until_somebody_has_looked(
    town: Town, client_of: Callable[[str], FlaskClient]
) -> None:
    """Staff must not have to find it by chance."""
    town.publish()
    number = town.write("+1404", "STREET", "yes")
    assert "must look at" not in client_of("coordinator").get("/admin/").text
    with town.database.writing() as session:
        messages.call_attention(session, town.ids[-1], "deciding failed")
    page = client_of("coordinator").get("/admin/").text
    assert "must look at" in page
    assert page.count(f'href="/admin/testimonies/{number}"') == 2
    town.clock.pass_(days=80)
    client = client_of("coordinator")
    assert "must look at" in client.get("/admin/").text
    form = {"newest": town.ids[-1], "csrf_token": Visitor(client).token()}
    client.post(f"/admin/testimonies/{number}/looked", data=form)
    page = client.get("/admin/").text
    assert f'href="/admin/testimonies/{number}"' in page
    assert "must look at" not in page
