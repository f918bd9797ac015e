"""Looking closer, in a real browser: a picture large in its page, earlier translations, what an export takes out."""

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import check, log_in, served, watched
from gallery import Gallery
from office import build_app, open_town
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect
from town import Clock

from storage import translations

WORDS = "They came at night and took our door."


def photo() -> bytes:
    """One that is larger than a phone."""
    out = io.BytesIO()
    image = Image.linear_gradient("L").resize((1600, 1200)).convert("RGB")
    image.paste("#8a2317", (600, 400, 1000, 800))
    image.save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def url(empty_database: Path, tmp_path_factory: Any) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("closer")
    town = open_town(empty_database, folder, Clock())
    gallery = Gallery.at(folder / "files", town)
    town.publish()
    town.write("+1404", "STREET", "yes", WORDS, "4")
    town.write("+1404", "", media=[{"content_type": "image/jpeg"}])
    gallery.hang(town.ids[-1], photo(), kind="photo", size=310_400)
    town.write("+1405", "STREET", "no")
    with town.database.writing() as session:
        for words in ("Vinieron de noche.", "Vinieron de noche y se llevaron la puerta."):
            translations.save(session, 2, "es", words, 2, town.clock())
            town.clock.pass_(hours=1)
    with served(build_app(town, gallery.store)) as address:
        yield address
    town.database.close()


@pytest.fixture
def opened(staff_page: Page) -> Page:
    staff_page.goto("/admin/testimonies/1")
    return staff_page


def zoom(page: Page) -> Any:
    """The picture, opened."""
    page.locator("a[data-zoom]").click()
    picture = page.locator("#zoom img")
    expect(picture).to_be_visible()
    page.wait_for_function("() => document.querySelector('#zoom img').naturalWidth > 0")
    return picture


def width(picture: Any) -> float:
    return float(picture.bounding_box()["width"])


def test_a_picture_has_its_place_before_it_is_there(opened: Page) -> None:
    picture, before = opened.locator("a[data-zoom] img"), []

    def look(route: Route) -> None:
        before.append(picture.bounding_box())
        route.continue_()

    opened.route("**/files/1", look)
    opened.reload()
    picture.scroll_into_view_if_needed()
    loaded = "() => document.querySelector('a[data-zoom] img').naturalWidth > 0"
    opened.wait_for_function(loaded)
    now = picture.bounding_box()
    assert [before[0][side] for side in ("width", "height")] == [now["width"], now["height"]]
    assert now["height"] > 200


def test_a_picture_opens_within_the_page_whole_and_escape_goes_back(opened: Page) -> None:
    opened.set_viewport_size({"width": 390, "height": 844})
    picture = zoom(opened)
    box = picture.bounding_box()
    assert box["width"] <= 390
    assert box["height"] <= 844
    assert opened.url.endswith("/admin/testimonies/1")
    opened.keyboard.press("Escape")
    expect(opened.locator("#zoom")).to_be_hidden()
    assert opened.evaluate("document.activeElement.matches('a[data-zoom]')")


def test_it_grows_and_shrinks_by_key_button_and_press(opened: Page) -> None:
    picture = zoom(opened)
    whole = width(picture)
    opened.keyboard.press("+")
    assert width(picture) == pytest.approx(1.5 * whole, abs=1)
    opened.get_by_role("button", name="Larger").click()
    assert width(picture) == pytest.approx(2 * whole, abs=1)
    opened.keyboard.press("0")
    assert width(picture) == whole
    expect(opened.get_by_role("button", name="Smaller")).to_be_disabled()
    picture.click()
    assert width(picture) == pytest.approx(3 * whole, abs=1)
    picture.click(position={"x": 5, "y": 5})
    assert width(picture) == whole


def test_what_is_larger_than_the_window_is_moved_by_keyboard_and_by_mouse(opened: Page) -> None:
    zoom(opened).click()
    view = opened.locator(".zoom-view")
    before = view.evaluate("one => one.scrollTop")
    view.focus()
    opened.keyboard.press("PageDown")
    moved = "(before) => document.querySelector('.zoom-view').scrollTop > before"
    opened.wait_for_function(moved, arg=before)
    left = view.evaluate("one => one.scrollLeft")
    opened.mouse.move(600, 400)
    opened.mouse.down()
    opened.mouse.move(500, 400, steps=5)
    opened.mouse.up()
    assert view.evaluate("one => one.scrollLeft") == pytest.approx(left + 100, abs=2)
    expect(opened.locator("#zoom")).to_be_visible()


def test_the_open_picture_is_accessible_and_fits(opened: Page) -> None:
    zoom(opened)
    check(opened)


def test_without_scripts_the_picture_is_a_link_to_itself(
    browser: Browser, url: str, cookies: Any
) -> None:
    context = browser.new_context(base_url=url, storage_state=cookies, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/testimonies/1")
    page.locator("a[data-zoom]").click()
    expect(page).to_have_url(re.compile("/files/1$"))
    context.close()


def test_earlier_versions_of_a_translation_are_a_step_away(opened: Page) -> None:
    opened.get_by_role("link", name="1 earlier version").click()
    told = opened.locator("main").inner_text()
    assert WORDS in told
    newest, first = "Vinieron de noche y se llevaron la puerta.", "Vinieron de noche."
    assert told.index(newest) < told.rindex(first)
    assert told.count("organizer@example.org") == 2
    check(opened)


def test_an_export_tells_how_many_it_takes_out_and_again_when_the_choice_changes(
    staff_page: Page,
) -> None:
    staff_page.goto("/admin/export")
    line = staff_page.locator("#count")
    expect(line).to_have_text("2 testimonies will be in it.")
    expect(staff_page.get_by_role("button", name="Count again")).to_be_hidden()
    staff_page.get_by_label("Status").select_option("declined")
    expect(line).to_have_text("1 testimony will be in it.")
    staff_page.get_by_label("Channel").select_option("telegram")
    expect(line).to_have_text("No testimony is like that.")
    check(staff_page)


def test_without_scripts_a_button_counts_and_keeps_the_choice(browser: Browser, url: str) -> None:
    kept = log_in(browser, url, "coordinator")
    context = browser.new_context(base_url=url, storage_state=kept, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/export")
    page.get_by_label("Status").select_option("declined")
    page.get_by_label("What is it for?").fill("For the council")
    page.get_by_role("button", name="Count again").click()
    expect(page.locator("#count")).to_have_text("1 testimony will be in it.")
    expect(page.get_by_label("Status")).to_have_value("declined")
    expect(page.get_by_label("What is it for?")).to_have_value("For the council")
    context.close()


def test_nothing_of_it_is_refused_by_the_policy(browser: Browser, url: str, cookies: Any) -> None:
    with watched(browser, url, cookies) as page:  # it fails for what the browser complains of
        page.goto("/admin/testimonies/1")
        zoom(page).click()
        page.keyboard.press("Escape")
