"""Finding again in a real browser: accessible, fitting, by keys that can be turned off, and of use without scripts."""

import pytest
from browsing import check, peopled
from playwright.sync_api import Browser, Page, expect
from town import Town

from storage import messages, saved_views, searches, tags

LONG = "They took the door. " * 30 + "The landlord came " + "at night. " * 30


def fill(town: Town) -> None:
    """Three testimonies with tags, marks and views; a search that finds two of them, and one that finds nothing."""
    town.publish()
    town.write("+1404", "STREET", "yes", LONG)
    town.write("+1405", "STREET", "yes", "مالك landlord")
    town.write("tg5", "CALLE", "1", "Calle Roble", channel="telegram")
    now = town.clock()
    with town.database.writing() as session:
        messages.call_attention(session, 5, "care: danger")
        tags.put(session, 1, "W" * 40, 1, now)
        tags.put(session, 1, "Court", 1, now)
        shown = {"status": "waiting", "order": "moved"}
        saved_views.save(session, 1, "M" * 60, shown, now, shared=True)
        searches.keep(session, 1, "landlord", shown, now)
        searches.keep(session, 1, "zebra", {}, now)


town, url = peopled(fill)

PAGES = {
    "list with everything": "/admin/?status=waiting&order=moved&tag=9",
    "testimony": "/admin/testimonies/1?order=oldest",
    "what was found": "/admin/search/1",
    "nothing found": "/admin/search/2",
    "search that is gone": "/admin/search/3",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits(staff_page: Page, name: str) -> None:
    staff_page.goto(PAGES[name])
    for folded in staff_page.locator("details").all():
        folded.evaluate("one => { one.open = true; }")
    check(staff_page)


def test_the_sheet_of_keys_is_accessible(staff_page: Page) -> None:
    staff_page.goto("/admin/")
    staff_page.keyboard.press("?")
    expect(staff_page.get_by_role("dialog", name="Keys")).to_be_visible()
    check(staff_page)


def test_keys_go_through_the_list_and_from_testimony_to_testimony(staff_page: Page) -> None:
    staff_page.goto("/admin/?order=oldest")
    staff_page.keyboard.press("j")
    staff_page.keyboard.press("n")
    expect(staff_page.locator("[data-row]").nth(1)).to_be_focused()
    staff_page.keyboard.press("k")
    staff_page.keyboard.press("Enter")
    staff_page.wait_for_url("**/testimonies/1?order=oldest")
    staff_page.keyboard.press("j")
    staff_page.wait_for_url("**/testimonies/2?order=oldest")
    staff_page.keyboard.press("p")
    staff_page.wait_for_url("**/testimonies/1?order=oldest")
    staff_page.keyboard.press("c")  # there is no such part in this page
    staff_page.keyboard.press("/")
    expect(staff_page.get_by_label("Words to look for")).to_be_focused()


def test_where_somebody_types_keys_are_letters(staff_page: Page) -> None:
    staff_page.goto("/admin/testimonies/1")
    staff_page.get_by_label("A tag").press_sequentially("jnkp/?cr")
    expect(staff_page.get_by_label("A tag")).to_have_value("jnkp/?cr")
    expect(staff_page.get_by_role("dialog")).to_have_count(0)


def test_keys_can_be_turned_off_and_stay_so(staff_page: Page) -> None:
    staff_page.goto("/admin/")
    staff_page.get_by_role("button", name="Keys").click()
    staff_page.get_by_label("Use these keys").uncheck()
    staff_page.get_by_role("button", name="Close").click()
    staff_page.goto("/admin/")
    for key in ("j", "/", "?"):
        staff_page.keyboard.press(key)
    expect(staff_page.locator("[data-row]:focus, #q:focus")).to_have_count(0)
    expect(staff_page.get_by_role("dialog")).to_have_count(0)


def test_everything_goes_without_scripts(browser: Browser, url: str, cookies: object) -> None:
    context = browser.new_context(
        base_url=url,
        storage_state=cookies,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto("/admin/?order=oldest")
    page.get_by_label("Words to look for").fill("LANDLORD")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/*")
    expect(page.locator("mark")).to_have_count(2)
    page.locator("[data-row]").last.click()
    expect(page.get_by_role("link", name="What was found")).to_be_visible()
    expect(page.get_by_role("button", name="Keys")).to_have_count(0)
    page.get_by_label("A tag").fill("Winter")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("link", name="Winter")).to_be_visible()
    page.get_by_role("button", name="I have looked").click()
    expect(page.get_by_role("button", name="I have looked")).to_have_count(0)
    context.close()
