"""What was typed when a log-in ended is not lost: the log-in carries it, and hands it back to be sent again."""

import re
from html import unescape

import pytest
from flask.testing import FlaskClient
from office import PASSWORD, Visitor
from test_admin_meetings import SHEET, Audited, enter
from test_admin_meetings import meeting as meeting  # fixtures: whoever names them gets them
from test_admin_meetings import published as published
from town import Clock
from werkzeug.test import TestResponse

EMAIL = "coordinator@example.org"
OUR_PAGE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def ended(client: FlaskClient, clock: Clock, meeting: int) -> int:
    """A meeting at whose sheets somebody types, and their log-in has ended."""
    client.get(f"/admin/meetings/{meeting}/enter")
    clock.pass_(hours=9)
    return meeting


def inputs(page: str) -> dict[str, str]:
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {unescape(name): unescape(value) for name, value in found}


def log_in(client: FlaskClient, page: str, password: str = PASSWORD) -> TestResponse:
    form = {**inputs(page), "email": EMAIL, "password": password}
    return client.post("/admin/login", data=form)


def test_a_sheet_goes_through_the_log_in_and_is_saved(client: FlaskClient, ended: int) -> None:
    asked = enter(client, ended, a_story="One line\r\nand “another” <b>")
    assert asked.status_code == 401
    assert "What you typed is not lost" in asked.text
    wrong = log_in(client, asked.text, "wrong horse battery")
    assert wrong.status_code == 401
    handed = log_in(client, wrong.text)
    assert "is not saved yet" in handed.text
    assert inputs(handed.text)["a:story"] == "One line\r\nand “another” <b>"
    address = f"/admin/meetings/{ended}/enter"
    assert f'action="{address}"' in handed.text
    saved = client.post(address, data=inputs(handed.text))
    assert saved.status_code == 303
    assert "saved=1" in saved.location


def test_nothing_is_done_with_it_before_it_is_sent_again(
    client: FlaskClient, ended: int, audited: Audited
) -> None:
    log_in(client, enter(client, ended).text)
    assert [action for _who, action, *_more in audited()][-1] == "log-in"


def test_after_a_log_out_beside_it_our_own_page_is_believed(
    client: FlaskClient,
    meeting: int,
) -> None:
    Visitor(client).log_out()
    address = f"/admin/meetings/{meeting}/enter"
    asked = client.post(address, data={**SHEET, "save": ""}, headers=OUR_PAGE)
    assert "What you typed is not lost" in asked.text
    for elsewhere in ({}, {"Sec-Fetch-Site": "cross-site"}):
        refused = client.post(address, data={**SHEET, "save": ""}, headers=elsewhere)
        assert refused.status_code == 400
        assert "held" not in refused.text


@pytest.mark.parametrize(
    "told",
    ["", "no", "=/admin/", "=https://evil.example/&a=b", "=/admin/%5Cevil.example&a=b", "&" * 9999],
)
def test_what_is_no_such_thing_leads_where_any_log_in_does(visitor: Visitor, told: str) -> None:
    assert visitor.log_in(EMAIL, held=told).location == "/admin/"


def test_a_password_is_never_carried(visitor: Visitor) -> None:
    form = {"csrf_token": visitor.token(), "password": PASSWORD, "new": PASSWORD}
    assert visitor.client.post("/admin/me/password", data=form).location == "/admin/login"
