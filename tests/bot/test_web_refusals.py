"""What the pages refuse, and the headers that every answer carries."""

import pytest

from tests.bot.conftest import ON_SQLITE, PUBLIC_URL, Service, Serving
from tests.bot.test_web_phone import PHONE, Browser

pytestmark = ON_SQLITE
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Strict-Transport-Security": "max-age=31536000",
}
PLACES = [
    ("GET", "/", 200),
    ("GET", PHONE, 200),
    ("GET", "/try/nothing", 404),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    ("GET", "/static/base.css", 200),
    ("GET", "/static/phone.js", 200),
    ("GET", "/nowhere", 404),
    ("GET", "/webhooks/twilio", 405),
    ("POST", "/webhooks/twilio", 403),
    ("POST", "/webhooks/twilio/status", 403),
    ("POST", "/webhooks/telegram", 403),
    ("POST", PHONE, 400),
    ("GET", "/admin/", 302),
]


@pytest.fixture
def browser(service: Service) -> Browser:
    return Browser(service)


@pytest.mark.parametrize(("method", "path", "status"), PLACES)
def test_every_answer_carries_the_headers_that_protect_it(
    service: Service, method: str, path: str, status: int
) -> None:
    with service.client.open(path, method=method, base_url=PUBLIC_URL) as answer:
        assert answer.status_code == status
        for name, value in HEADERS.items():
            assert answer.headers[name] == value, name
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        if answer.mimetype == "text/html" and status != 302:
            assert answer.headers["Cache-Control"] == "no-store"


def test_pages_bring_no_script_or_style_within_and_nothing_from_elsewhere(
    service: Service,
) -> None:
    for path in ("/", PHONE, "/nowhere"):
        page = service.client.get(path).text
        assert "<style" not in page
        assert " style=" not in page
        assert "<script>" not in page
        assert " onclick=" not in page
        assert "//" not in page.replace("<!doctype html>", "")


def test_the_session_cookie_is_for_this_site_alone(service: Service) -> None:
    cookie = service.client.get(PHONE, base_url=PUBLIC_URL).headers["Set-Cookie"]
    assert cookie.startswith("__Host-testimony=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert f"; {part}" in cookie
    assert "Domain" not in cookie


def test_the_front_page_names_the_surveys(service: Service) -> None:
    page = service.client.get("/").text
    assert "Human rights in our city" in page
    assert f'href="{PHONE}?lang=es"' in page


def test_an_unknown_survey_is_nowhere(browser: Browser) -> None:
    browser.open()
    for path in ("/try/nothing", "/try/city-testimony/else", "/try/", "/try/../admin"):
        assert browser.open(path).status_code == 404
    browser.open()
    assert browser.post("/try/nothing", text="x", **browser.fields).status_code == 404
    assert browser.service.heard == []


@pytest.mark.parametrize("token", [None, "", "forged"])
def test_a_form_without_its_token_is_refused(browser: Browser, token: str | None) -> None:
    browser.open()
    form = {"text": "Start", "nonce": browser.fields["nonce"]}
    if token is not None:
        form["csrf_token"] = token
    for path in (PHONE, f"{PHONE}/again"):
        answer = browser.post(path, **form)
        assert answer.status_code == 400
        assert "try again" in answer.text
    assert browser.service.heard == []


def test_a_token_of_another_browser_is_refused(browser: Browser) -> None:
    other = Browser(browser.service)
    other.open()
    browser.open()
    assert browser.post(PHONE, text="Start", **other.fields).status_code == 400


@pytest.mark.parametrize("change", [{"text": "x" * 20_001}, {"nonce": ""}, {"nonce": "n" * 65}])
def test_what_is_too_long_or_has_no_name_is_refused(
    browser: Browser, change: dict[str, str]
) -> None:
    browser.open()
    form = {"text": "Start", **browser.fields, **change}
    assert browser.post(PHONE, **form).status_code == 400
    assert browser.service.heard == []


@pytest.mark.parametrize("nonce", ["\0", "é" * 64, "😀", "' OR 1=1"])
def test_a_nonce_of_any_characters_is_no_fault_of_ours(browser: Browser, nonce: str) -> None:
    browser.open()
    form = {"text": "Start", **browser.fields, "nonce": nonce}
    assert browser.post(PHONE, **form).status_code in (303, 400)


def test_the_longest_text_is_taken_whole(browser: Browser) -> None:
    browser.open()
    browser.say("Start", "yes", "a" * 20_000)
    assert browser.service.heard[-1] == "a" * 20_000


def test_a_conversation_of_an_erased_contact_begins_anew(browser: Browser) -> None:
    """The cookie outlives the database's knowledge of it."""
    browser.open()
    with browser.client.session_transaction(base_url=PUBLIC_URL) as session:
        session["try"] = {"city-testimony": "an-address-that-nobody-knows"}
    browser.say("Start")
    assert "May we ask you" in browser.bubbles[-1]


def test_a_database_that_is_away_is_said_kindly(serving: Serving, tmp_path: object) -> None:
    away = serving(DATABASE_URL=f"postgresql://postgres@/gone?host={tmp_path}")
    for path in ("/", PHONE):
        answer = away.client.get(path)
        assert answer.status_code == 503
        assert "Try again soon" in answer.text
