"""Long words in a real browser: folded, opened by a box without scripts, and right in every place of theirs."""

from typing import Any

import pytest
from browsing import check, peopled
from playwright.sync_api import Browser, Locator, Page, expect
from town import Clock, Town

from storage import masks

LINE = "They came at night. " * 4_500 + "Nobody asked why at all. " * 400
DEEP = LINE.index("why", 90_000)


def fill(town: Town) -> None:
    town.publish()
    town.write("+1404", "STREET", "yes", LINE, "4")
    town.write("+1405", "STREET", "yes", "Oak Street", "4")
    town.write("+1406", "STREET", "yes", LINE[:3_600], "4")
    with town.database.writing() as session:
        masks.put(session, 2, (DEEP, DEEP + 3), 3, "when it was", Clock()())


town, url = peopled(fill)


def height(place: Locator) -> float:
    return float((place.bounding_box() or {})["height"])


@pytest.fixture
def without_scripts(browser: Browser, url: str, cookies: Any) -> Any:
    context = browser.new_context(base_url=url, storage_state=cookies, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_a_long_answer_is_folded_until_its_box_is_ticked(without_scripts: Page) -> None:
    page = without_scripts
    page.goto("/admin/testimonies/1")
    words = page.locator("#answer-2 .words")
    assert height(words) < 1_000
    page.locator("#answer-2").get_by_label("Show all 100,000 letters").check()
    assert height(words) > 10_000
    page.locator("#answer-2").get_by_role("checkbox").uncheck()
    assert height(words) < 1_000


def test_so_is_the_message_in_which_it_came_and_what_leads_to_either_opens_it(
    without_scripts: Page,
) -> None:
    page = without_scripts
    page.goto("/admin/testimonies/1")
    message = page.locator("#lines li", has=page.locator(".folded"))
    assert height(message) < 1_500
    for anchor in (message.get_attribute("id"), "answer-2"):
        page.goto(f"/admin/testimonies/1#{anchor}")
        assert height(page.locator(f"#{anchor} .words")) > 10_000


def test_marks_stand_where_they_stood_and_no_word_is_missing(staff_page: Page) -> None:
    staff_page.goto("/admin/testimonies/1")
    expect(staff_page.locator("#answer-2 .of-mask").first).to_have_text("why")
    before = staff_page.evaluate("""() => {
      const mark = document.querySelector("#answer-2 .of-mask"), range = document.createRange();
      range.setStart(mark.closest("[data-passage]"), 0);
      range.setEndBefore(mark);
      const words = range.cloneContents();
      words.querySelectorAll("[data-aside]").forEach((one) => one.remove());
      return words.textContent.length;
    }""")
    assert before == DEEP


def test_who_goes_through_the_words_by_keyboard_sees_them(staff_page: Page) -> None:
    staff_page.goto("/admin/testimonies/1")
    words = staff_page.locator("#answer-2 .words")
    words.evaluate("one => one.focus({ focusVisible: true })")
    assert height(words) > 10_000


def test_the_box_stands_beside_what_it_says(staff_page: Page) -> None:
    staff_page.goto("/admin/testimonies/1")
    for place in staff_page.locator(".unfold").all():
        assert height(place) < 48


def test_short_words_have_no_box(staff_page: Page) -> None:
    staff_page.goto("/admin/testimonies/2")
    expect(staff_page.locator("main")).to_contain_text("Oak Street")
    assert staff_page.locator(".folded").count() == 0


def test_the_page_is_accessible_and_fits(staff_page: Page) -> None:
    staff_page.goto("/admin/testimonies/3")
    assert staff_page.locator(".folded").count() == 2
    check(staff_page)
