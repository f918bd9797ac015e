"""What the pages of staff are told of the service: where people reach us, from the settings."""

from pathlib import Path

import pytest
from flask import Flask

from admin.desk import desk
from admin.flows.posters import _wanted
from admin.meetings.printing import _doors
from bot.app import build_services, create_app
from bot.settings import load_settings
from flows import load
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
