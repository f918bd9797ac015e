"""The page of alerts says what is wrong now, in plain words, to who runs the service; and nothing when all is well."""

import html
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from office import KEY, Visitor, build_app
from sqlalchemy import update
from town import Town
from troubling import OTHER, TROUBLES, calm, with_keys

from admin import troubles
from admin.desk import NAME
from storage.disk import Disk, disks
from storage.limiting import Standing
from storage.models import MessageRow

GIB = 1 << 30


@pytest.fixture(autouse=True)
def lively(town: Town) -> None:
    town.publish()
    town.write("+14045550101", "STREET", "yes", "Oak Street")
    calm(town)


def shown(client: FlaskClient) -> str:
    answer = client.get("/admin/alerts")
    assert answer.status_code == 200
    return html.unescape(answer.text)


def test_a_service_that_is_well_is_told_so(client_of: Callable[[str], FlaskClient]) -> None:
    page = shown(client_of("owner"))
    assert "All is well" in page
    assert "What to do" not in page
    for _, title in TROUBLES.values():
        assert title not in page


@pytest.mark.parametrize("role", ["owner", "organizer"])
@pytest.mark.parametrize("name", TROUBLES)
def test_a_trouble_is_named_with_what_to_do(
    client_of: Callable[[str], FlaskClient], town: Town, name: str, role: str
) -> None:
    cause, title = TROUBLES[name]
    client = client_of(role)
    cause(town)
    page = shown(client)
    assert page.count("What to do") == 1
    assert title in page
    assert "All is well" not in page
    for private in ("+1404", "5550101", "Oak Street", town.pseudonym("+14045550101")):
        assert private not in page


def test_replies_that_wait_a_minute_are_no_emergency_yet(
    client_of: Callable[[str], FlaskClient], town: Town
) -> None:
    client = client_of("owner")
    TROUBLES["late"][0](town)
    assert "3 messages wait; the first has been due for 10 min" in shown(client)
    assert 'class="grave"' in shown(client)


def test_what_a_provider_says_is_told_in_plain_words(
    client_of: Callable[[str], FlaskClient], town: Town
) -> None:
    client = client_of("owner")
    TROUBLES["refusing"][0](town)
    page = shown(client)
    assert "2 messages were not taken" in page
    assert "Our account at the provider is not set up for this. Twilio 20003" in page


def test_messages_held_back_on_purpose_are_no_trouble(
    client_of: Callable[[str], FlaskClient], town: Town
) -> None:
    client = client_of("owner")
    TROUBLES["lost"][0](town)
    with town.database.writing() as session:
        why = "the contact stopped messages"
        session.execute(update(MessageRow).values(error=why).where(MessageRow.error.is_not(None)))
    assert "All is well" in shown(client)


@pytest.mark.parametrize("role", ["coordinator", "viewer"])
def test_others_are_refused_and_are_shown_no_way_there(
    client_of: Callable[[str], FlaskClient], role: str
) -> None:
    client = client_of(role)
    assert client.get("/admin/alerts").status_code == 403
    assert "/admin/alerts" not in client.get("/admin/").text


def opened_with(app: Flask, town: Town, *keys: bytes) -> FlaskClient:
    """An owner in the same office, whose process was started with other keys."""
    other = build_app(town)
    desk = app.extensions[NAME]
    other.extensions[NAME] = replace(desk, database=with_keys(town.database, *keys))
    visitor = Visitor(other.test_client())
    visitor.log_in("owner@example.org")
    return visitor.client


def test_keys_that_do_not_open_what_is_kept_are_told(app: Flask, town: Town) -> None:
    assert "The keys do not open what is kept" in shown(opened_with(app, town, OTHER))


def test_a_change_of_keys_that_is_not_finished_is_told(app: Flask, town: Town) -> None:
    page = shown(opened_with(app, town, OTHER, KEY))
    assert "A change of keys is not finished" in page
    assert "testimony keys rotate" in page


@pytest.mark.parametrize(
    ("free", "size", "full"),
    [
        (50 * GIB, 100 * GIB, False),
        (11 * GIB, 1000 * GIB, False),
        (9 * GIB, 1000 * GIB, True),
        (3 * GIB, 20 * GIB, False),
        (GIB, 20 * GIB, True),
        (GIB - 1, 5 * GIB, True),
    ],
)
def test_a_disk_is_nearly_full_by_what_is_left_and_by_its_size(
    free: int, size: int, full: bool
) -> None:
    assert Disk(("database",), free, size).nearly_full is full


def test_a_full_disk_is_told_with_what_it_holds(app: Flask) -> None:
    disk = Disk(("database", "files"), GIB // 2, 20 * GIB)
    with app.test_request_context():
        (trouble,) = troubles.on_disks((disk,))
    assert trouble.grave
    assert trouble.told == "536.9 MB are left for the database and people's files."


def test_places_on_one_disk_are_one_disk(tmp_path) -> None:
    (found,) = disks({"database": tmp_path, "files": tmp_path / "not" / "made" / "yet"})
    assert found.names == ("database", "files")
    assert 0 < found.free <= found.size


@pytest.mark.parametrize(
    ("spent", "says"),
    [
        (79, "All is well"),
        (80, "The day's money is nearly spent"),
        (100, "The day's money is spent"),
        (300, "The day's money is spent, and far more"),
    ],
)
def test_the_days_money_is_told_before_and_at_its_end(app: Flask, spent: int, says: str) -> None:
    assert says in judged(app, Standing(spent=spent, most=100, hard=300))


def test_a_provider_that_asks_for_a_long_pause_is_told(app: Flask) -> None:
    assert "All is well" in judged(app, Standing(waiting={"sms": 5.0}))
    assert "SMS asks us to wait" in judged(app, Standing(waiting={"sms": 300.0}))


def judged(app: Flask, limits: Standing) -> str:
    app.extensions[NAME] = replace(app.extensions[NAME], limits=lambda _: limits)
    visitor = Visitor(app.test_client())
    visitor.log_in("owner@example.org")
    return shown(visitor.client)
