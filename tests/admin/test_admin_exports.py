"""The list of exports: what was taken out, by whom and why; what is kept, for whom; cancelled, repeated, compared."""

import hashlib
import io
import re
from collections.abc import Callable

import pytest
from office import Visitor, build_app
from test_admin_export_formats import ASKED, ask
from town import Town
from werkzeug.test import TestResponse

from storage import outbox
from storage.exports import making, parts, register, take
from storage.exports.single import AT_ONCE, make
from storage.files import Place, Store, open_store
from storage.models import InterviewRow, Job

COORDINATOR = 3


@pytest.fixture
def street(town: Town) -> Town:
    town.publish(ASKED)
    town.write("+1404", "STREET", "yes", "Oak", "4", "1", "404-555-0188", "33.748997, -84.387985")
    return town


@pytest.fixture
def store(tmp_path) -> Store:
    return open_store(Place((tmp_path / "media").as_uri()))


@pytest.fixture
def app(street, store):
    return build_app(street, store)


def crowd(town: Town, number: int = AT_ONCE) -> None:
    """So many more who said no."""
    with town.database.writing() as session:
        first = session.get_one(InterviewRow, 1)
        values = {name: getattr(first, name) for name in first.__table__.columns.keys()}  # noqa: SIM118 - not a dict
        values |= {"status": "declined"}
        del values["id"]
        session.bulk_insert_mappings(InterviewRow, [values] * number)


def finish(town: Town, store: Store, number: int) -> None:
    """Do what the outbox does elsewhere."""
    with town.database.writing() as session:
        work = making.take_up(session, number, town.clock())
    assert work is not None
    found = take(town.database, town.library, work.order, store)
    assert found is not None
    file = io.BytesIO()
    made = make(found, work.wish.form, file, work.wish.table)
    parts.put(store, work.name, work.key, file, lambda count: note(town, work, count))
    with town.database.writing() as session:
        assert making.settle(session, work, made, town.clock())


def note(town: Town, work: making.Work, count: int) -> None:
    with town.database.writing() as session:
        making.advance(session, work, parts=count)


def press(app, export_id: int, deed: str, role: str = "coordinator", **form: str) -> TestResponse:
    visitor = Visitor(app.test_client())
    visitor.log_in(f"{role}@example.org")
    form = {"csrf_token": visitor.token(), **form}
    return visitor.client.post(f"/admin/exports/{export_id}/{deed}", data=form)


def listed(town: Town, who: int = COORDINATOR) -> list[register.Entry]:
    with town.database.reading() as session:
        return register.page(session, who, None, 50)


def test_what_is_small_is_sent_at_once_and_stands_in_the_list(app, street, client_of):
    ask(app, format="csv", reason="for  the\nreport")
    (entry,) = listed(street)
    assert (entry.status, entry.way, entry.reason, entry.rows) == (
        *("done", "at_once", "for the report"),
        1,
    )
    page = client_of("organizer").get("/admin/exports").text
    for said in (
        "coordinator@example.org",
        "for the report",
        "1 testimony",
        entry.files[0]["sha256"],
    ):
        assert said in page


def test_what_is_large_is_made_in_the_background(app, street, store, client_of):
    crowd(street)
    response = ask(app, format="csv")
    assert (response.status_code, response.location) == (303, "/admin/exports#e1")
    with street.database.reading() as session:
        (job,) = session.query(Job).filter(Job.kind == outbox.EXPORT)
        assert job.target == "1"
    client = client_of("coordinator")
    assert "<progress" in client.get("/admin/exports").text
    finish(street, store, 1)
    page = client.get("/admin/exports").text
    assert "<progress" not in page
    response = client.get("/admin/exports/1/file")
    assert response.headers["Content-Disposition"].endswith("=street-2026-11-21.csv")
    digest = hashlib.sha256(response.get_data()).hexdigest()
    assert digest == listed(street)[0].files[0]["sha256"]
    assert int(response.headers["Content-Length"]) == len(response.get_data())
    assert response.headers["Cache-Control"] == "no-store"


def test_it_is_the_same_as_what_is_sent_at_once(app, street, store):
    content = ask(app, format="xlsx").get_data()
    press(app, 1, "repeat")
    finish(street, store, 2)
    entry = listed(street)[0]
    assert (entry.repeats, entry.same) == (1, True)
    assert entry.files[0]["sha256"] == hashlib.sha256(content).hexdigest()


def test_a_repetition_says_when_it_is_not_the_same_any_more(app, street, store, client_of):
    ask(app, format="jsonl")
    street.write("+1405", "STREET", "yes")
    press(app, 1, "repeat")
    finish(street, store, 2)
    assert listed(street)[0].same is False
    assert "answers have changed since" in client_of("owner").get("/admin/exports").text


def test_what_was_sent_while_it_was_read_can_be_repeated_too(app, street, store, client_of):
    client = client_of("coordinator")
    client.get("/admin/export.csv?flow=street&status=waiting").get_data()
    press(app, 1, "repeat")
    finish(street, store, 2)
    assert listed(street)[0].same is True


@pytest.mark.parametrize(
    ("role", "form", "status"),
    [
        ("coordinator", {"reason": "to call back"}, 303),
        ("coordinator", {}, 422),
        ("organizer", {"reason": "to call back"}, 403),
        ("viewer", {"reason": "to call back"}, 403),
    ],
)
def test_who_repeats_what_tells_who_people_are_says_why(app, street, role, form, status):
    ask(app, page="identified", format="jsonl", reason="the first time")
    assert press(app, 1, "repeat", role, **form).status_code == status
    assert len(listed(street)) == (2 if status == 303 else 1)


@pytest.mark.parametrize(
    ("role", "status"),
    [("coordinator", 200), ("owner", 403), ("organizer", 403), ("viewer", 403)],
)
def test_a_file_that_tells_who_people_are_is_for_who_asked(
    app, street, store, client_of, role, status
):
    crowd(street)
    ask(app, page="identified", format="jsonl", reason="to call back")
    finish(street, store, 1)
    response = client_of(role).get("/admin/exports/1/file")
    assert response.status_code == status
    offered = client_of(role).get("/admin/exports").text
    assert ("/admin/exports/1/file" in offered) == (status == 200)
    response.close()


@pytest.mark.parametrize(("role", "left"), [("coordinator", "cancelled"), ("owner", "waiting")])
def test_who_asked_can_cancel_it(app, street, role, left):
    crowd(street)
    ask(app, format="csv")
    assert press(app, 1, "cancel", role).status_code == 303
    assert listed(street)[0].status == left


def test_a_file_whose_days_are_over_or_that_is_not_made_is_not_there(app, street, store, client):
    crowd(street)
    ask(app, format="csv")
    assert client.get("/admin/exports/1/file").status_code == 404
    finish(street, store, 1)
    street.clock.pass_(days=7)
    Visitor(client).log_in("coordinator@example.org")
    assert client.get("/admin/exports/1/file").status_code == 404
    assert client.get("/admin/exports/99/file").status_code == 404


def test_a_store_that_is_away_is_said(app, street, store, client):
    crowd(street)
    ask(app, format="csv")
    finish(street, store, 1)
    with street.database.reading() as session:
        found = session.get_one(making.ExportRow, 1)
        store.delete(f"{found.name}-0")
    response = client.get("/admin/exports/1/file")
    assert (response.status_code, "cannot be read" in response.text) == (503, True)


def test_an_open_page_asks_for_the_lines_that_it_watches(app, street, client):
    crowd(street)
    ask(app, format="csv")
    ask(app, format="jsonl")
    page = client.get("/admin/exports/news?id=1&id=x&id=9").text
    assert ('id="e1"' in page, 'id="e2"' in page) == (True, False)


def test_the_audit_log_tells_why(app, street, client_of):
    ask(app, page="identified", format="jsonl", reason="to call back")
    assert "“to call back”" in client_of("owner").get("/admin/audit").text


def test_the_audit_log_tells_how_many_rows_a_file_had(app, street, client_of):
    assert ask(app, format="csv").data
    page = client_of("owner").get("/admin/audit?what=export_file").text
    assert re.search(r"rows: \d+\s*<", page)


def test_the_list_is_read_a_page_at_a_time(app, street, client):
    for _ in range(21):
        client.get("/admin/export.csv?flow=street").get_data()
    first = client.get("/admin/exports").text
    assert (first.count('data-id="'), "before=2" in first) == (20, True)
    second = client.get("/admin/exports?before=2").text
    assert (second.count('data-id="'), 'rel="prev"' in second) == (1, True)


def test_before_anything_was_taken_the_list_says_what_it_is(client_of: Callable):
    assert "No exports yet" in client_of("coordinator").get("/admin/exports").text


FILTERED = {
    "theme": "housing",
    "group": "poor",
    "assessment": "problem",
    "coder": "nobody",
    "place": "where/",
    "attention": "open",
    "agreed": "quote",
    "version": "1",
}


def test_every_filter_and_choice_of_an_export_is_told_in_the_list(app, client, street):
    told = {"flow": "street", "format": "csv", "codes": "1", "translation": "es", **FILTERED}
    assert ask(app, **told).status_code == 200
    page = " ".join(client.get("/admin/exports").text.split())
    for words in (
        "Theme: Housing",
        "Group of persons: Persons living in poverty",
        "What it tells: Problem",
        "Coded by: Nobody yet",
        "Attention: Needs a look",
        "with codes",
        "with translations into Spanish",
    ):
        assert words in page, words


def test_that_masked_words_were_taken_in_clear_is_told_in_the_list(app, client, street):
    form = {"flow": "street", "format": "csv", "behind": "1", "reason": "the court asks"}
    ask(app, "coordinator", "identified", **form)
    assert "with masked words in clear" in client.get("/admin/exports").text


def test_masked_words_in_clear_are_refused_to_an_organizer_and_that_is_written_down(
    app, street, audited
):
    form = {"flow": "street", "format": "csv", "behind": "1", "reason": "curious"}
    assert ask(app, "organizer", "identified", **form).status_code == 403
    who, action, subject, detail = audited()[-1]
    assert (who, action, subject) == (2, "refused", "page:export_identified")
    assert detail == {"method": "POST"}
    assert [one for one in audited() if one[1] == "export"] == []


def test_what_the_common_way_is_asked_for_behind_masks_stays_masked(app, client_of, street):
    """The plain form has no such choice: who adds it by hand gets blocks."""
    coordinator = client_of("coordinator")
    form = {"csrf_token": Visitor(coordinator).token(), "passage": "Oak"}
    assert coordinator.post("/admin/testimonies/1/mask", data=form).status_code == 303
    asked = {"flow": "street", "format": "csv", "behind": "1"}
    assert "Oak" not in ask(app, "organizer", **asked).text
