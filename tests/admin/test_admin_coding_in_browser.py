"""Coding in a real browser: accessible, fitting, of use without scripts; and a passage is quoted by selecting it."""

import pytest
from browsing import check, log_in, peopled
from playwright.sync_api import Browser, Page, expect
from test_admin_coding import THEMED
from town import Town

from storage import codings, quotations, quoting
from storage.codings import ASSESSMENT, GROUP, THEME
from storage.library import Library
from storage.quoting import Choice

OWNER, ORGANIZER, COORDINATOR = 1, 2, 3
STORY = "In our house the heat 🥶 was off from May. We asked three times, and nobody came."


def fill(town: Town) -> None:
    """Three coders who agree on some testimonies and differ on others, quotations, and one that nobody has coded."""
    town.publish(THEMED)
    for place in range(9):
        town.write(f"+1404555020{place}", "STREET", "yes", STORY, "3", "water", "yes")
    people, now = (OWNER, ORGANIZER, COORDINATOR), town.clock()
    with town.database.writing() as session:
        for one in range(1, 9):
            for who in people:
                codes = [(THEME, "housing"), (ASSESSMENT, "problem"), (GROUP, "minorities")]
                codes += [(THEME, "energy")] if (one + who) % 3 else [(THEME, "climate_disaster")]
                codings.change(session, one, who, codes, (), now)
        answer = next(iter(quoting.readable(session, OWNER, 1, Library())))
        for place in ((13, 36), (42, 60)):
            choice = Choice(("housing", "energy"), "problem")
            quoting.put(session, 1, answer, place, choice, OWNER, now)
        codings.change(session, 1, OWNER, (), [(GROUP, "minorities")], now)


town, url = peopled(fill)

PAGES = {
    "themes": "/admin/coding",
    "a theme": "/admin/coding/housing",
    "a theme without quotations": "/admin/coding/indigenous",
    "two others": "/admin/coding?pair=2-3",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits(staff_page: Page, name: str) -> None:
    staff_page.goto(PAGES[name])
    check(staff_page)


def test_the_coding_of_a_testimony_is_accessible_and_fits_opened(staff_page: Page) -> None:
    staff_page.goto("/admin/testimonies/1#coding")
    for one in staff_page.locator("#coding summary").all():
        one.click()
    check(staff_page)


def test_the_counts_of_a_viewer_are_accessible_and_fit(browser: Browser, url: str) -> None:
    context = browser.new_context(base_url=url, storage_state=log_in(browser, url, "viewer"))
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_role("link", name="Themes").click()
    expect(page.get_by_role("row", name="Housing")).to_contain_text("8")
    check(page)
    context.close()


def test_a_testimony_is_coded_and_quoted_without_scripts(
    browser: Browser, url: str, town: Town
) -> None:
    town.clock.pass_(minutes=10)
    kept = log_in(browser, url, "coordinator")
    context = browser.new_context(base_url=url, storage_state=kept, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/testimonies/9#coding")
    page.get_by_text("Code it").click()
    page.locator("#coding").get_by_label("Food").check()
    page.get_by_role("button", name="Keep my codes").click()
    expect(page.locator(".codes")).to_contain_text("Food coordinator@example.org")
    page.get_by_text("Quote a passage").click()
    page.get_by_label("Words to quote").fill("We asked three times")
    page.locator("form[action$=quotations]").get_by_label("Food").check()
    page.get_by_role("button", name="Keep as a quotation").click()
    expect(page.locator("#coding blockquote")).to_have_text("We asked three times")
    page.get_by_role("button", name="Take back").click()
    expect(page.locator("#coding blockquote")).to_have_count(0)
    context.close()


def test_a_passage_is_quoted_by_selecting_it(staff_page: Page, town: Town) -> None:
    staff_page.goto("/admin/testimonies/2")
    staff_page.get_by_text("Quote a passage").click()
    words = staff_page.locator("[data-passage]").first
    words.focus()
    for _ in range(5):
        staff_page.keyboard.press("Shift+ArrowRight")
    picked = staff_page.evaluate("getSelection().toString().trim()")
    expect(staff_page.get_by_label("Words to quote")).to_have_value(picked)  # told a moment later
    assert STORY.startswith(picked)
    assert len(picked.split()) >= 4
    staff_page.locator("form[action$=quotations]").get_by_label("Housing").check()
    staff_page.get_by_role("button", name="Keep as a quotation").click()
    expect(staff_page.locator("#coding blockquote")).to_have_text(picked)
    with town.database.reading() as session:
        (only,) = quotations.of_interview(session, OWNER, 2)
    assert only.place == (0, len(picked))
