"""A phone in the browser: the same survey, the same record, and nothing kept before the first press."""

import html
import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from bot.web import PAGE
from storage.models import AnswerRow, Contact, InterviewRow
from tests.bot.conftest import ON_SQLITE, PUBLIC_URL, Service, Serving

PHONE = "/try/city-testimony"
ENGLISH = [
    "Start",
    "yes",
    "Atlanta",
    "1",
    "housing",
    "They raised it",
    "DONE",
    "SKIP",
    "Caps",
    "Mayor",
    "yes",
]
SPANISH = ["Empezar", "sí", "Atlanta", "ninguno", "El parque", "Nada", "Nadie", "no", "no"]
FIELD = re.compile(r'name="(csrf_token|nonce|seen)" value="([^"]*)"')


class Browser:
    """A browser as far as the phone needs one: cookies, the form's hidden fields, and the page it is sent to."""

    def __init__(self, service: Service, base: str = PUBLIC_URL, **headers: str) -> None:
        self.client: FlaskClient = service.app.test_client()
        self.service, self.base, self.headers = service, base, headers
        self.page = ""

    def open(self, path: str = PHONE) -> TestResponse:
        answer = self.client.get(path, base_url=self.base, headers=self.headers)
        self.page = answer.text
        return answer

    @property
    def fields(self) -> dict[str, str]:
        return dict(FIELD.findall(self.page))

    def post(self, path: str, **form: str) -> TestResponse:
        self.service.clock.forward(seconds=1)
        return self.client.post(path, data=form, base_url=self.base, headers=self.headers)

    def say(self, *texts: str, path: str = PHONE) -> None:
        for text in texts:
            answer = self.post(path, text=text, **self.fields)
            assert answer.status_code == 303, answer.text
            self.service.drain()
            self.open(answer.location.partition("#")[0])

    @property
    def bubbles(self) -> list[str]:
        return [
            html.unescape(text) for text in re.findall(r'<p dir="auto">(.*?)</p>', self.page, re.S)
        ]

    @property
    def buttons(self) -> list[str]:
        found = re.findall(r'<button class="button quiet" name="text" value="([^"]*)"', self.page)
        return [html.unescape(label) for label in found]


@pytest.fixture
def browser(service: Service) -> Browser:
    return Browser(service)


@pytest.mark.parametrize(
    ("path", "headers", "talk", "ending", "language"),
    [
        (PHONE, {}, [*ENGLISH, "no"], "Thank you. Your testimony is kept", "en"),
        (f"{PHONE}?lang=es", {}, SPANISH, "Gracias. Guardamos su testimonio", "es"),
    ],
)
def test_a_whole_conversation_is_an_interview_on_the_web(
    service: Service,
    path: str,
    headers: dict[str, str],
    talk: list[str],
    ending: str,
    language: str,
) -> None:
    browser = Browser(service, **headers)
    browser.open(path)
    assert browser.buttons == talk[:1]
    assert f'<html lang="{language}"' in browser.page
    browser.say(*talk[:1], path=path)
    browser.say(*talk[1:])

    assert browser.bubbles[0] == talk[0]
    assert len(browser.bubbles) == 2 * len(talk)
    assert browser.bubbles[-1].startswith(ending)
    row = service.rows(InterviewRow)[0]
    assert (row.status, row.channel, row.language) == ("complete", "web", language)


@ON_SQLITE
@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("es-MX", "es"),
        ("es-MX,en;q=0.5", "es"),
        ("es-US,es;q=0.9,en;q=0.8", "es"),
        ("fr,es-419;q=0.7,en;q=0.3", "es"),
        ("en-GB,es;q=0.5", "en"),
        ("fr,de", "en"),
        ("*", "en"),
        ("", "en"),
    ],
)
def test_the_first_language_of_the_browser_that_the_survey_speaks_is_taken(
    service: Service, accepted: str, language: str
) -> None:
    page = service.client.get(PHONE, headers={"Accept-Language": accepted}).text
    assert f'<html lang="{language}"' in page


def test_nothing_is_kept_before_the_first_press(service: Service, browser: Browser) -> None:
    before = service.counts()
    for path in ("/", PHONE, f"{PHONE}?lang=es", PHONE):
        assert browser.open(path).status_code == 200
    assert service.counts() == before
    browser.say("Start")
    assert (service.counts()["contacts"], service.counts()["interviews"]) == (1, 1)


@ON_SQLITE
def test_a_page_has_the_newest_messages_that_fit(
    browser: Browser,
) -> None:
    """Marks of which each takes five bytes of a page: only whole messages are shown, and the newest of them."""
    long = '"' * 19_999
    browser.open()
    browser.say("Start", "yes", "Atlanta", *[f"{number}{long}" for number in range(8)])
    assert len(browser.page) < PAGE + 100_000
    shown = [text[0] for text in browser.bubbles if text.endswith(long)]
    assert shown == ["4", "5", "6", "7"]
    browser.say("And no more")
    assert "And no more" in browser.bubbles


def test_a_page_that_is_sent_twice_counts_once(service: Service, browser: Browser) -> None:
    browser.open()
    browser.say("Start", "yes")
    fields = browser.fields
    for _ in range(3):
        assert browser.post(PHONE, text="Atlanta", **fields).status_code == 303
    assert service.heard == ["Start", "yes", "Atlanta"]
    assert service.rows(InterviewRow)[0].asked == "issues"


def test_a_first_press_that_is_sent_twice_makes_one_contact(
    service: Service, browser: Browser
) -> None:
    """A double click: both requests leave before the first answer has brought its cookie."""
    cookie = browser.open().headers["Set-Cookie"].partition(";")[0]
    fresh = service.app.test_client(use_cookies=False)
    form = {"text": "Start", **browser.fields}
    for _ in range(2):
        answer = fresh.post(PHONE, data=form, base_url=PUBLIC_URL, headers={"Cookie": cookie})
        assert answer.status_code == 303
    assert (service.counts()["contacts"], service.counts()["interviews"]) == (1, 1)


def test_starting_over_is_somebody_new_and_forgets_nothing(
    service: Service, browser: Browser
) -> None:
    browser.open()
    browser.say("Start", "yes", "Atlanta")
    answer = browser.post(f"{PHONE}/again", **browser.fields)
    assert answer.status_code == 303
    browser.open()
    assert browser.bubbles == []
    browser.say("Start")

    assert len(service.rows(Contact)) == 2
    assert [row.asked for row in service.rows(InterviewRow)] == ["issues", "consent"]
    assert [row.question for row in service.rows(AnswerRow)] == ["consent", "place"]


def test_two_browsers_do_not_see_each_other(service: Service) -> None:
    one, other = Browser(service), Browser(service)
    for browser in (one, other):
        browser.open()
        browser.say("Start", "yes")
    one.say("Heron Street")
    other.open()
    assert "Heron Street" in one.page
    assert "Heron Street" not in other.page
    assert len(service.rows(Contact)) == 2


def test_stop_ends_the_conversation(service: Service, browser: Browser) -> None:
    browser.open()
    browser.say("Start", "yes", "STOP", "hello?")
    assert "no more messages" in browser.bubbles[-2]
    assert browser.bubbles[-1] == "hello?"
    assert service.rows(InterviewRow)[0].status == "withdrawn"


def test_what_people_write_is_text_and_never_markup(browser: Browser) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=y>\"'&amp;{{ 7*7 }}"
    browser.open()
    browser.say("Start", "yes", evil)
    assert "<script>alert" not in browser.page
    assert "<img src=x" not in browser.page
    assert browser.bubbles[-2] == evil


def test_a_page_at_an_https_address_needs_no_referrer(browser: Browser) -> None:
    """The browser obeys our Referrer-Policy, and tells nobody where it comes from."""
    assert "no-referrer" in browser.open().headers["Referrer-Policy"]
    browser.say("Start", "yes")
    assert "Which city or county" in browser.bubbles[-1]


def test_without_an_https_address_the_cookie_needs_none(serving: Serving) -> None:
    service = serving(PUBLIC_URL="http://localhost:8000")
    answer = service.client.get("/try/nothing")
    assert answer.status_code == 404
    assert "Strict-Transport-Security" not in answer.headers


@ON_SQLITE
@pytest.mark.parametrize("word", ["Yes", "1", "BACK"])
def test_what_is_pressed_on_an_old_page_answers_nothing(service: Service, word: str) -> None:
    """Another tab, or a second press: the words are kept, and what waits is asked again."""
    browser = Browser(service)
    browser.open()
    browser.say("Start")
    old = browser.fields
    browser.say("Yes")
    answer = browser.post(PHONE, text=word, **{**old, "nonce": "another-press"})
    browser.open(answer.location.partition("#")[0])

    assert [row.question for row in service.rows(AnswerRow)] == ["consent"]
    assert service.rows(InterviewRow)[0].asked == "place"
    assert browser.bubbles[-2:][0] == word
    assert "Which city or county" in browser.bubbles[-1]


@ON_SQLITE
def test_stop_on_an_old_page_stops(service: Service) -> None:
    browser = Browser(service)
    browser.open()
    browser.say("Start")
    old = browser.fields
    browser.say("Yes")
    browser.post(PHONE, text="STOP", **{**old, "nonce": "another-press"})
    assert service.stopped == ["stop"]


@ON_SQLITE
def test_a_start_on_a_page_from_before_the_start_answers_nothing(service: Service) -> None:
    browser = Browser(service, **{"Accept-Language": "es"})
    browser.open()
    empty = browser.fields
    browser.say("Empezar", "sí")
    browser.post(PHONE, text="Empezar", **{**empty, "nonce": "another-press"})
    assert [row.question for row in service.rows(AnswerRow)] == ["consent"]
