"""Answering in a real browser: every state of the page accessible and fitting, words counted, news shown."""

from typing import Any

import pytest
from browsing import check, peopled
from gallery import Gallery
from playwright.sync_api import Browser, Page, expect
from town import AGAIN, Town

from storage import writing
from storage.files import Store
from storage.writing import Letter
from tests.support.media import film, sound

AGREED = ("STREET", "yes", "Oak Street", "many", "4", "help", "1 2", "2026-11-01", "yes", "yes")
OWNER, COORDINATOR = 1, 3


class People:
    """The testimonies of the town, by what they are there for."""

    def __init__(self, town: Town, gallery: Gallery) -> None:
        self.town = town
        self.free = town.write("+14045550101", *AGREED)
        self.mine = town.write("+14045550102", *AGREED)
        self.theirs = town.write("+14045550103", *AGREED)
        self.withdrawn = town.write("+14045550104", *AGREED, "answers", "6", "no")
        self.talking = town.write("+14045550105", *AGREED)
        self.press = town.write("+14045550107", *AGREED)
        self.files = town.write("17", "STREET", "yes", channel="telegram")
        self.hang(gallery)
        with town.database.writing() as session:
            clock, shelf = town.clock(), town.library
            writing.write(session, Letter(self.mine, COORDINATOR, "How is María?", "a" * 20), clock)
            writing.hold(session, self.mine, COORDINATOR, None, shelf, clock)
            writing.hold(session, self.theirs, OWNER, None, shelf, clock)
        town.write("+14045550102", "She is well. The heat is still off.")

    def hang(self, gallery: Gallery) -> None:
        for media in ("image/jpeg", "audio/ogg", "video/mp4", "image/jpeg"):
            self.town.write("17", "", channel="telegram", media=[{"content_type": media}])
        photo, voice, moving, lost = self.town.ids[-4:]
        gallery.hang(photo, size=310_000)
        gallery.hang(voice, sound("ogg"), "audio/ogg", kind="voice", seconds=2)
        gallery.hang(moving, film("mp4"), "video/mp4", kind="video", seconds=12)
        gallery.lose(lost, "refused", "too_large")


town, url = peopled(lambda town, _store: town.publish(AGAIN), files=True)


@pytest.fixture(scope="module")
def people(town: Town, store: Store) -> People:
    return People(town, Gallery(town, store))


@pytest.fixture(scope="module")
def who() -> str:
    return "coordinator"


STATES = ("free", "mine", "theirs", "withdrawn", "files")


def text_of(page: Page) -> Any:
    return page.get_by_label("Your message")


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_accessible_and_fits(staff_page: Page, people: People, state: str) -> None:
    staff_page.goto(f"/admin/testimonies/{getattr(people, state)}")
    check(staff_page)


def test_the_pages_after_a_refusal_and_at_night_are_accessible(
    staff_page: Page, people: People
) -> None:
    staff_page.goto(f"/admin/testimonies/{people.free}")
    people.town.clock.pass_(hours=-2)
    text_of(staff_page).fill("Good morning")
    staff_page.get_by_role("button", name="Send").click()
    expect(staff_page.get_by_role("alert")).to_contain_text("It should be 06:05")
    check(staff_page)
    people.town.clock.pass_(hours=2)
    people.town.write("+14045550101", "answers", "6", "no")
    staff_page.get_by_role("button", name="Send all the same").click()
    expect(staff_page.get_by_role("alert")).to_contain_text("has not agreed")
    expect(staff_page.get_by_role("alert")).to_contain_text("Good morning")
    check(staff_page)
    people.town.write("+14045550101", "answers", "6", "yes")


def test_a_photo_is_seen_and_a_voice_is_heard(staff_page: Page, people: People) -> None:
    staff_page.goto(f"/admin/testimonies/{people.files}")
    photo = staff_page.locator("figure img")
    photo.scroll_into_view_if_needed()
    expect(photo).to_have_js_property("naturalWidth", 320)
    voice = staff_page.locator("figure audio")
    voice.evaluate("audio => { audio.preload = 'auto'; audio.load(); }")
    expect(voice).to_have_js_property("readyState", 4)
    assert abs(voice.evaluate("audio => audio.duration") - 2) < 0.1


def test_what_is_typed_is_counted(staff_page: Page, people: People) -> None:
    staff_page.goto(f"/admin/testimonies/{people.free}")
    count = staff_page.locator("#count")
    expect(count).to_have_text("At most 1,600 characters")
    text_of(staff_page).fill("x" * 161)
    expect(count).to_have_text("161 characters, 2 SMS segments")
    text_of(staff_page).fill("")
    expect(count).to_have_text("At most 1,600 characters")


def test_what_is_said_meanwhile_appears_below_and_what_is_written_stays(
    staff_page: Page, people: People
) -> None:
    staff_page.clock.install()
    staff_page.goto(f"/admin/testimonies/{people.talking}")
    text_of(staff_page).fill("half a sent")
    lines = staff_page.locator("#lines > li")
    before = lines.count()
    people.town.write("+14045550105", "<img src=x onerror=alert(1)>")
    staff_page.clock.run_for(5100)
    expect(staff_page.locator("#lines")).to_contain_text("<img src=x onerror=alert(1)>")
    assert staff_page.locator("#lines img").count() == 0
    assert lines.count() == before + 2  # what was said, and the bot's reply
    expect(text_of(staff_page)).to_have_value("half a sent")
    staff_page.clock.run_for(5100)
    assert lines.count() == before + 2


def test_a_doubled_press_sends_once(staff_page: Page, people: People) -> None:
    staff_page.goto(f"/admin/testimonies/{people.press}")
    text_of(staff_page).fill("Only once")
    staff_page.get_by_role("button", name="Send").dblclick()
    staff_page.wait_for_url("**#writing")
    expect(staff_page.locator("#lines .staff")).to_have_count(1)


def test_all_of_it_goes_without_scripts_and_by_keyboard(
    browser: Browser, url: str, cookies: Any, people: People
) -> None:
    context = browser.new_context(base_url=url, storage_state=cookies, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"/admin/testimonies/{people.talking}")
    page.get_by_role("link", name="Answer").press("Enter")
    text_of(page).fill("It’s me")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#count")).to_contain_text("7 characters, 1 SMS segment")
    page.get_by_role("button", name="Send").press("Enter")
    expect(page.locator("#lines .staff")).to_contain_text("It’s me")
    page.get_by_role("button", name="Take the conversation over").press("Enter")
    expect(page.locator("#writing")).to_contain_text("You have taken this conversation over.")
    page.get_by_role("button", name="Hand back to the bot").press("Enter")
    expect(page.get_by_role("button", name="Take the conversation over")).to_be_visible()
    context.close()
