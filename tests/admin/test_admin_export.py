"""Exports: the file is what was asked for, no more; it runs nowhere, and it is written down."""

import hashlib
import re

import pytest
from town import STREET, Town

from storage.exports import register

HEADER = (
    "interview,flow,version,language,channel,status,started_at,completed_at,"
    "street,people,issues,issues/water,issues/heat,since,quote"
)


@pytest.fixture
def street(town: Town) -> Town:
    town.publish()
    town.write("+1404", "STREET", "yes", '=HYPERLINK("x"), "Oak"\nStreet', "4", "1 2")
    town.write("+1404", "2026-11-01", "yes")
    town.clock.pass_(days=1)
    town.write("tg5", "CALLE", "1", "saltar", "muchos", "bastantes", "-9 o así", channel="telegram")
    town.write("tg5", "1", channel="telegram")
    town.clock.pass_(days=1)
    town.write("+1406", "STREET", "no")
    return town


def version(client) -> str:
    return re.findall(r'title="Version">(\w{12})<', client.get("/admin/testimonies/1").text)[0]


def test_it_is_the_table_that_was_promised(street, client):
    response = client.get("/admin/export.csv?flow=street")
    v = version(client)
    assert response.status_code == 200
    assert (
        response.get_data()
        == (
            "\ufeff" + HEADER + "\r\n"
            f"1,street,{v},en,sms,complete,2026-11-21T13:05:00Z,2026-11-21T13:05:00Z,"
            '"\'=HYPERLINK(""x""), ""Oak""\nStreet",4,water heat,1,1,2026-11-01,yes\r\n'
            f"2,street,{v},es,telegram,waiting,2026-11-22T13:05:00Z,,(refused),'-9 o así,water,1,0,,\r\n"
            f"3,street,{v},en,sms,declined,2026-11-23T13:05:00Z,,,,,,,,\r\n"
        ).encode()
    )


def test_it_comes_as_a_file_named_after_the_flow_and_the_day(street, client):
    response = client.get("/admin/export.csv?flow=street")
    assert response.content_type == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == "attachment; filename=street-2026-11-23.csv"
    assert response.headers["Cache-Control"] == "no-store"


def test_it_is_sent_while_it_is_read(street, client):
    response = client.get("/admin/export.csv?flow=street", buffered=False)
    assert response.is_streamed
    assert "Content-Length" not in response.headers
    assert [chunk[:2] for chunk in response.iter_encoded()][1:] == [b"1,", b"2,", b"3,"]
    response.close()


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("", ["1", "2", "3"]),
        ("status=complete", ["1"]),
        ("language=es", ["2"]),
        ("channel=sms", ["1", "3"]),
        ("since=2026-11-22&until=2026-11-22", ["2"]),
        ("status=paused", []),
    ],
)
def test_the_filters_are_the_list_s(street, client, query, ids):
    lines = client.get(f"/admin/export.csv?flow=street&{query}").text.split("\r\n")[1:-1]
    assert [line.split(",")[0] for line in lines] == ids


@pytest.mark.parametrize(
    "query", ["flow=street&status=happy", "flow=street&since=soon", "flow=street&until=9999-12-31"]
)
def test_what_is_not_understood_is_asked_again_and_nothing_is_sent(street, client, audited, query):
    response = client.get(
        f"/admin/export.csv?{query}&_external=1&endpoint=x", follow_redirects=True
    )
    assert response.request.path == "/admin/export"
    assert "Not understood and left out" in response.text
    assert len(audited()) == 1


@pytest.mark.parametrize("query", ["flow=nowhere", "flow=", "", "flow=%00"])
def test_a_flow_that_is_not_there_is_not_found(street, client, audited, query):
    assert client.get(f"/admin/export.csv?{query}").status_code == 404
    assert len(audited()) == 1


def test_every_export_is_in_the_audit_log_with_its_filters(street, client, audited):
    first = client.get("/admin/export.csv?flow=street").get_data()
    query = "flow=street&status=complete&since=2026-11-01&language="
    client.get(f"/admin/export.csv?{query}").get_data()
    narrowed = {"status": "complete", "since": "2026-11-01T00:00:00+00:00"}
    assert [(who, what) for who, what, _, _ in audited()[1:]] == [
        (3, "export"),
        (3, "export_file"),
    ] * 2
    begun, ended, second, _ = (detail for _, _, _, detail in audited()[1:])
    assert (begun, second) == ({"export": 1}, {"export": 2} | narrowed)
    assert (ended["sha256"], ended["rows"]) == (hashlib.sha256(first).hexdigest(), {"": 3})


def test_what_was_sent_to_its_end_is_in_the_register_with_its_digest(street, client):
    content = client.get("/admin/export.csv?flow=street").get_data()
    (entry,) = listed(street)
    assert (entry.status, entry.rows, entry.size) == ("done", 3, len(content))
    assert entry.files[0]["sha256"] == hashlib.sha256(content).hexdigest()


def test_what_breaks_off_stays_written_down_as_unfinished(street, client, audited):
    response = client.get("/admin/export.csv?flow=street", buffered=False)
    assert listed(street)[0].status == "unfinished"
    sent = response.iter_encoded()
    next(sent)
    next(sent)
    response.close()
    (entry,) = listed(street)
    assert (entry.status, entry.done, entry.files) == ("unfinished", 2, ())
    assert audited()[-1][1:] == ("export unfinished", "flow:street", {"export": 1, "rows": 2})


def listed(town: Town) -> list[register.Entry]:
    with town.database.reading() as session:
        return register.page(session, 3, None, 9)


def test_the_page_has_the_filters_of_the_list_filled_in(street, client):
    page = client.get("/admin/export?flow=street&status=complete&until=2026-11-22").text
    assert '<option value="street" selected>Life in our street</option>' in page
    assert '<option value="complete" selected>Complete</option>' in page
    assert 'name="until" type="date" value="2026-11-22"' in page


def test_without_a_survey_the_page_says_so(client):
    assert "nothing to export yet" in client.get("/admin/export").text


def test_versions_share_one_table(street, client):
    street.publish(
        STREET.replace("  people:", "  floor:\n    type: integer\n    label: Floor?\n  people:")
    )
    header = client.get("/admin/export.csv?flow=street").text.split("\r\n")[0]
    assert header.endswith("street,floor,people,issues,issues/water,issues/heat,since,quote")
