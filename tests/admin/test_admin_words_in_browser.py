"""Choosing a passage in a real browser: by mouse and keyboard; and the page of layers, accessible and fitting."""

import pytest
from browsing import check, peopled
from playwright.sync_api import Page
from town import STREET, Clock, Town

from storage import masks, translations

SURVEY = STREET.replace(
    "  people:",
    "  name: {type: text, label: {en: What is your name?, es: ¿Cómo se llama?}}\n  people:",
)
WORDS = "👩‍👧 at 12 Oak Street,\r\nask for Rosa: 404-555-0188"


def fill(town: Town) -> None:
    """A testimony with a mask and a translation."""
    town.publish(SURVEY)
    town.write("+1404", "STREET", "yes", WORDS, "Rosa Parra", "4")
    now = Clock()()
    with town.database.writing() as session:
        masks.put(session, 2, (0, 5), 3, "who it was", now)
        translations.save(session, 2, "es", "En la calle Oak 12, pregunte por Rosa", 2, now)


town, url = peopled(fill)


@pytest.fixture
def opened(staff_page: Page) -> Page:
    staff_page.goto("/admin/testimonies/1")
    return staff_page


def chosen(page: Page) -> tuple[str, str, str]:
    form = page.locator("form.masking")
    start, end = (form.locator(f"[name={name}]").input_value() for name in ("start", "end"))
    return form.get_by_label("Words to mask").input_value(), start, end


def test_what_is_selected_fills_the_form_with_its_place_in_code_points(opened: Page) -> None:
    opened.evaluate("""() => {
      const find = (words) => {
        const walker = document.createTreeWalker(document.querySelector("[data-passage='2']"), NodeFilter.SHOW_TEXT);
        while (walker.nextNode()) if (walker.currentNode.data.includes(words)) return walker.currentNode;
      };
      const one = find("ask for");
      getSelection().setBaseAndExtent(one, one.data.indexOf("ask"), one, one.data.indexOf("for") + 3);
    }""")
    opened.wait_for_function("() => document.querySelector('form.masking [name=passage]').value")
    start = WORDS.index("ask for")
    assert chosen(opened) == ("ask for", str(start), str(start + len("ask for")))
    assert opened.locator("form.masking [name=answer]").input_value() == "2"


def test_words_are_chosen_by_keyboard_alone(opened: Page) -> None:
    place = opened.locator("[data-passage='3']")
    place.focus()
    opened.keyboard.press("ArrowRight")
    opened.wait_for_function("() => document.querySelector('form.masking [name=passage]').value")
    assert chosen(opened)[0] == "Rosa"
    opened.keyboard.press("Shift+ArrowRight")
    opened.wait_for_function(
        "() => document.querySelector('form.masking [name=passage]').value === 'Rosa Parra'"
    )
    assert chosen(opened) == ("Rosa Parra", "0", "10")


def test_words_that_are_typed_instead_are_looked_for(opened: Page) -> None:
    opened.get_by_text("Mask words").click()
    opened.get_by_label("Words to mask").fill("Parra")
    assert chosen(opened) == ("Parra", "", "")


def test_the_page_is_accessible_and_fits(opened: Page) -> None:
    check(opened)
    opened.locator("details.translating > summary").first.click()
    opened.get_by_text("Mask words").click()
    check(opened)
