"""What the pages of staff are told of the service: where people reach us, and what they say where it fails."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text

from admin.desk import desk
from admin.flows.posters import _wanted
from admin.meetings.printing import _doors
from bot.app import build_services, create_app
from bot.settings import load_settings
from flows import load
from storage import staff
from tests.bot.conftest import PUBLIC_URL, Service
from tests.bot.test_receive_flows import TENANTS


@pytest.fixture
def app(environ: dict[str, str], tmp_path: Path) -> Flask:
    told = {**environ, "TELEGRAM_BOT_NAME": "OurCityBot", "FLOWS_DIR": str(tmp_path)}
    return create_app(build_services(load_settings(told, tmp_path)))


def test_posters_and_sheets_of_meetings_name_the_bot(app: Flask, environ: dict[str, str]) -> None:
    with app.test_request_context():
        assert desk().telegram == "OurCityBot"
        assert _doors().telegram == "OurCityBot"
        wanted = _wanted(load(TENANTS))
        assert (wanted.bot, wanted.link) == ("OurCityBot", "telegram")


def test_without_its_name_they_name_none(environ: dict[str, str], tmp_path: Path) -> None:
    app = create_app(
        build_services(load_settings({**environ, "FLOWS_DIR": str(tmp_path)}, tmp_path))
    )
    with app.test_request_context():
        assert not desk().telegram


PASSWORD = "correct horse battery"


@pytest.fixture
def inside(service: Service) -> FlaskClient:
    """The browser of somebody who is logged in."""
    with service.database.writing() as session:
        staff.add_staff(session, "o@example.org", PASSWORD, staff.Role.OWNER, service.clock())
    client = service.app.test_client()
    page = client.get("/admin/login", base_url=PUBLIC_URL).text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"email": "o@example.org", "password": PASSWORD, "csrf_token": token}
    headers = {"Referer": PUBLIC_URL}
    answer = client.post("/admin/login", data=form, base_url=PUBLIC_URL, headers=headers)
    assert answer.status_code == 303
    return client


def test_staff_read_in_their_language_that_the_database_is_away(
    service: Service, inside: FlaskClient
) -> None:
    """Though it cannot tell who is logged in; and no statement of it comes out."""
    with service.database.writing() as session:
        session.execute(text("ALTER TABLE log_ins RENAME TO away"))
    answer = inside.get("/admin/", base_url=PUBLIC_URL)
    assert answer.status_code == 503
    assert "Please try again in a minute" in answer.text
    inside.set_cookie("interface", "es", domain="testimony.example", path="/admin")
    answer = inside.get("/admin/", base_url=PUBLIC_URL)
    assert '<html lang="es"' in answer.text
    assert "log_ins" not in answer.text


def test_what_no_page_of_staff_takes_is_told_in_their_language(inside: FlaskClient) -> None:
    inside.set_cookie("interface", "es", domain="testimony.example", path="/admin")
    answer = inside.post("/admin/glance", base_url=PUBLIC_URL)
    assert answer.status_code == 405
    assert '<html lang="es"' in answer.text
