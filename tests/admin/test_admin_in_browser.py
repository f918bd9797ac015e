"""The pages in a real browser: no accessibility violation, no sideways scrolling, and everything by keyboard.

The phone is served here by a stand-in that only keeps what it is sent; the real conversation has tests of its own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import check, served
from flask import Flask, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from office import PASSWORD, build_app, open_town
from playwright.sync_api import Page, expect
from town import Clock, Town

from storage import messages, outgoing

ADMIN = Path(__file__).parents[2] / "admin"
TEMPLATES, STATIC = ADMIN / "templates", ADMIN / "static"
WORDS = {
    "send": "Send",
    "placeholder": "Your message",
    "again": "Start over",
    "empty": "Nothing is kept before you agree.",
    "heading": "Tell how human rights are kept where you live",
    "not_private": "Anyone who uses this browser can read along.",
}
OUTSIDE = {
    "home": "/",
    "log-in": "/admin/login",
    "phone before the first press": "/try/new",
    "phone": "/try/going",
    "phone at the end": "/try/ended",
    "phone from right to left": "/try/arabic",
    "message": "/message",
}
INSIDE = {
    "list": "/admin/",
    "list with a filter that is not understood": "/admin/?status=complete&since=soon",
    "list where nothing fits": "/admin/?status=paused",
    "testimony": "/admin/testimonies/1",
    "testimony with Spanish labels": "/admin/testimonies/2?labels=es",
    "export": "/admin/export?status=complete",
    "nothing here": "/admin/nowhere",
}


@dataclass
class Said:
    id: int
    inbound: bool
    text: str
    at: Any


@dataclass
class Stub:
    """What the stand-in phone has been sent."""

    clock: Clock
    texts: list[str] = field(default_factory=list)
    nonces: list[str] = field(default_factory=list)

    def messages(self) -> list[Said]:
        both = [said for text in self.texts for said in ((True, text), (False, f"Heard: {text}"))]
        return [Said(place, *said, self.clock()) for place, said in enumerate(both, 1)]

    def choices(self) -> list[str]:
        return [f"Yes {len(self.texts)}", "No"]

    def hear(self) -> ResponseReturnValue:
        text = request.form["text"]
        self.nonces.append(request.form["nonce"])
        if text.startswith("lose"):
            abort(500)
        self.texts.append(text)
        return redirect(f"{request.path}#last", 303)


@dataclass(frozen=True)
class Site:
    """A running app and its phone."""

    url: str
    phone: Stub


def conversation(clock: Clock, *texts: str) -> list[Said]:
    return [Said(place, place % 2 == 1, text, clock()) for place, text in enumerate(texts, 1)]


def add_pages_of_the_bot(app: Flask, stub: Stub) -> None:
    """The pages that another package serves, with what it would give them."""
    flow = {
        "name": "street",
        "title": "Life in our street",
        "languages": {"en": "English", "es": "Español"},
    }
    some = conversation(stub.clock, "Start", "May we?\n\n1. Yes\n2. No", "x" * 200, "Sorry.")
    told = {
        "words": WORDS,
        "title": flow["title"],
        "language": "en",
        "nonce": "once",
        "choices": [],
    }
    pages: dict[str, dict[str, Any]] = {
        "new": {"messages": [], "choices": ["Start"], "ended": False},
        "going": {"messages": some, "choices": ["Yes", "No"], "ended": False},
        "ended": {"messages": some, "ended": True},
        "arabic": {"messages": some, "ended": False, "language": "ar", "title": "حقوقنا"},
    }

    def phone(name: str) -> str:
        return render_template("phone.html", flow=name, **{**told, **pages[name]})

    def live() -> ResponseReturnValue:
        if request.method == "POST":
            return stub.hear()
        nonce, choices = f"nonce-{len(stub.texts)}", stub.choices()
        context = {**told, "messages": stub.messages(), "nonce": nonce, "choices": choices}
        return render_template("phone.html", flow="live", ended=False, **context)

    app.add_url_rule("/", "home", lambda: render_template("home.html", flows=[flow]))
    app.add_url_rule("/try/live", "live", live, methods=["GET", "POST"])
    app.add_url_rule("/try/<name>", "phone", phone)
    text = {"title": "Try again", "text": "We are away.", "link": "/", "link_text": "Start page"}
    app.add_url_rule("/message", "message", lambda: render_template("message.html", **text))


def fill(town: Town) -> None:
    """Two testimonies that between them have everything a page can show."""
    town.publish()
    town.write(
        "+1404", "STREET", "1", "Oak Street", "many", "a lot", "so many", "1 2", "2026-11-01"
    )
    first = town.ids[-1]
    town.write("+1404", "back", "back", "1", "skip")
    town.write("+1404", "", media=[{"content_type": "image/jpeg"}])
    town.write("+1404", "مرحبا", edits_id=first)
    with town.database.writing() as session:
        outgoing.advance(session, town.ids[-2] + 1, "failed", error="30003 unreachable")
        messages.call_attention(session, town.ids[-1], "deciding failed")
    town.write("tg5", "CALLE", "1", "Calle Roble", channel="telegram")


@pytest.fixture(scope="module")
def site(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    clock = Clock()
    town = open_town(empty_database, tmp_path_factory.mktemp("browser"), clock)
    fill(town)
    app, stub = build_app(town), Stub(clock)
    add_pages_of_the_bot(app, stub)
    with served(app) as url:
        yield Site(url, stub)
    town.database.close()


@pytest.fixture(scope="module")
def url(site: Site) -> str:
    return site.url


@pytest.fixture(autouse=True)
def silent(site: Site) -> None:
    """Nothing was said on the phone yet."""
    site.phone.texts.clear()
    site.phone.nonces.clear()


@pytest.mark.parametrize("name", OUTSIDE)
def test_a_page_for_everybody_is_accessible_and_fits(page, name):
    page.goto(OUTSIDE[name])
    check(page)


@pytest.mark.parametrize("name", INSIDE)
def test_a_page_for_staff_is_accessible_and_fits(staff_page, name):
    staff_page.goto(INSIDE[name])
    check(staff_page)


def test_the_page_after_a_wrong_password_is_accessible(page):
    page.goto("/admin/login")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type("wrong@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("do not go together")
    expect(page.get_by_label("Password")).to_be_focused()
    assert Axe().run(page).violations_count == 0


def test_the_log_in_goes_by_keyboard_alone(page):
    page.goto("/admin/export")
    expect(page.get_by_label("E-mail address")).to_be_focused()
    page.keyboard.type("coordinator@example.org")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/export")
    expect(page.get_by_role("heading", level=1)).to_have_text("Export")


def test_the_first_tab_skips_to_the_content(staff_page):
    staff_page.goto("/admin/")
    staff_page.keyboard.press("Tab")
    expect(staff_page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    staff_page.keyboard.press("Enter")
    expect(staff_page.locator("main")).to_be_focused()


def test_the_cards_on_a_phone_are_still_a_table(staff_page):
    staff_page.set_viewport_size({"width": 390, "height": 844})
    staff_page.goto("/admin/")
    table = staff_page.get_by_role("table", name="Testimonies, newest first")
    assert table.get_by_role("row").count() == 3
    expect(table.get_by_role("cell", name="Telegram")).to_be_visible()


class TestPhone:
    def box(self, page: Page) -> Any:
        return page.get_by_label("Your message")

    def open(self, page):
        """The phone, once the words typed next go into its box."""
        page.goto("/try/live")
        expect(self.box(page)).to_be_focused()

    def test_enter_sends_and_the_answer_is_appended_without_a_new_page(self, page, site):
        self.open(page)
        page.evaluate("window.same = true")
        expect(self.box(page)).to_be_focused()
        page.keyboard.type("Oak")
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("Street")
        page.keyboard.press("Enter")
        expect(page.locator("#last")).to_contain_text("Heard: Oak")
        assert page.locator("#log li p").first.inner_text() == "Oak\nStreet"
        expect(self.box(page)).to_be_focused()
        expect(self.box(page)).to_have_value("")
        assert page.evaluate("window.same")
        assert page.locator("#last").count() == 1

    def test_each_message_has_a_nonce_of_its_own(self, page, site):
        self.open(page)
        for text in ("one", "two"):
            page.keyboard.type(text)
            page.keyboard.press("Enter")
            expect(page.locator("#last")).to_contain_text(f"Heard: {text}")
        assert site.phone.nonces == ["nonce-0", "nonce-1"]
        expect(page.locator("#log li")).to_have_count(4)

    def test_a_choice_is_pressed_by_keyboard_and_makes_room_for_the_next_ones(self, page, site):
        self.open(page)
        page.keyboard.press("Shift+Tab")
        page.keyboard.press("Shift+Tab")
        expect(page.get_by_role("button", name="Yes 0")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator("#last")).to_contain_text("Heard: Yes 0")
        expect(page.get_by_role("button", name="Yes 1")).to_be_visible()
        expect(page.get_by_role("button", name="Yes 0")).to_have_count(0)
        expect(self.box(page)).to_be_focused()

    def test_words_being_written_survive_the_press_of_a_choice(self, page, site):
        self.open(page)
        page.keyboard.type("half a sent")
        page.get_by_role("button", name="No").click()
        expect(page.locator("#last")).to_contain_text("Heard: No")
        expect(self.box(page)).to_have_value("half a sent")

    def test_what_could_not_be_sent_stays_and_can_be_sent_again(self, page, site):
        self.open(page)
        page.keyboard.type("lose this")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_contain_text("Not sent")
        expect(self.box(page)).to_have_value("lose this")
        page.keyboard.press("Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        self.box(page).fill("keep this")
        page.keyboard.press("Enter")
        expect(page.locator("#last")).to_contain_text("Heard: keep this")
        expect(page.get_by_role("alert")).to_have_count(0)
        same, again, changed = site.phone.nonces
        assert same == again
        assert changed != same

    def test_the_newest_words_are_in_sight(self, page, site):
        site.phone.texts.extend(f"{number}\n\n\n\n" for number in range(20))
        self.open(page)
        expect(page.locator("#last")).to_be_in_viewport()
        page.keyboard.type("one more")
        page.keyboard.press("Enter")
        expect(page.locator("#last")).to_contain_text("Heard: one more")
        expect(page.locator("#last")).to_be_in_viewport()

    def test_new_messages_are_told_to_those_who_listen(self, page, site):
        self.open(page)
        log = page.get_by_role("log")
        expect(log).to_have_attribute("aria-live", "polite")
        page.keyboard.type("hello")
        page.keyboard.press("Enter")
        expect(log).to_contain_text("Heard: hello")

    def test_hostile_words_stay_words(self, page, site):
        self.open(page)
        page.keyboard.type("<img src=x onerror=alert(1)>")
        page.keyboard.press("Enter")
        expect(page.locator("#last")).to_contain_text("Heard: <img src=x onerror=alert(1)>")
        assert page.locator("#log img").count() == 0

    def test_it_works_without_scripts(self, browser, site):
        site.phone.texts[:] = [f"{number}\n\n\n\n" for number in range(20)]
        context = browser.new_context(base_url=site.url, java_script_enabled=False)
        page = context.new_page()
        self.open(page)
        expect(self.box(page)).to_be_focused()
        self.box(page).fill("plain")
        page.get_by_role("button", name="Send").click()
        page.wait_for_url("**/try/live#last")
        expect(page.locator("#last")).to_contain_text("Heard: plain")
        expect(page.locator("#last")).to_be_in_viewport()
        page.get_by_role("button", name="Yes 21").click()
        expect(page.locator("#last")).to_contain_text("Heard: Yes 21")
        context.close()


def fetched(template: Path) -> set[str]:
    """What a page of this template has the browser fetch of ours, with the templates that it is made of."""
    source = template.read_text(encoding="utf-8")
    names = set(re.findall(r"filename='([^']+)'", source))
    for other in re.findall(
        r"{%-? *(?:extends|include|import|from) '([^']+)'", source.replace('"', "'")
    ):
        names |= fetched(TEMPLATES / other)
    return names


@pytest.mark.parametrize(
    "template", sorted(TEMPLATES.glob("admin/[!_]*.html")), ids=lambda one: one.stem
)
def test_what_a_page_has_a_browser_fetch_is_small(template):
    files = [STATIC / name for name in fetched(template)]
    assert sum(file.stat().st_size for file in files) < 70_000


def test_what_a_page_fetches_is_known():
    assert {"admin.css", "zoom.css", "zoom.js"} <= fetched(TEMPLATES / "admin/testimony.html")
