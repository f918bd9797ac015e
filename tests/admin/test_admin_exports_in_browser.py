"""The list of exports in a real browser: accessible, fitting, moving by itself, and of use without scripts."""

from pathlib import Path

import pytest
from browsing import check, peopled
from playwright.sync_api import Browser, Page, expect
from test_admin_exports import COORDINATOR, crowd, finish
from town import Town

from storage.exports import Order, making, register
from storage.exports.register import KEPT, Wish
from storage.files import Store
from storage.testimonies import Filter

LONG = "For the report to the city council on heat in winter; asked for by the tenants’ union"
ORDER = Order(Filter("street", "complete", "es"), labels=True, scope="quote")
KNOWN = Order(Filter("street"), identified=True, exact=True)


def ask(town: Town, order: Order = ORDER, form: str = "csv", **more: object) -> int:
    wish = Wish(order, form, KEPT, COORDINATOR, **more)  # type: ignore[arg-type]
    with town.database.writing() as session:
        return making.ask(session, wish, town.clock(), 400)


def begin(town: Town, number: int, done: int) -> None:
    with town.database.writing() as session:
        work = making.take_up(session, number, town.clock())
        assert work is not None
        assert making.advance(session, work, done=done)


def fill(town: Town, store: Store) -> None:
    """One export in each state."""
    town.publish()
    town.write("+14045550101", "STREET", "yes", "Oak Street")
    crowd(town, 3)
    first = ask(town, reason=LONG)
    finish(town, store, first)
    finish(town, store, ask(town, repeats=first))
    finish(town, store, ask(town, KNOWN, "xlsx", reason="to call people back"))
    begin(town, ask(town, form="zip"), 168)
    ask(town, form="jsonl")
    number = ask(town, form="geojson")
    with town.database.writing() as session:
        making.fail(session, number, "This flow asks for no place.", town.clock())
        stream = Wish(Order(Filter("street")), "csv", register.STREAM, COORDINATOR)
        register.enter(session, stream, register.UNFINISHED, town.clock())


town, url = peopled(fill, files=True)


@pytest.fixture(scope="module")
def who() -> str:
    return "coordinator"


@pytest.mark.parametrize("path", ["exports", "export", "exports?before=1"])
def test_a_page_is_accessible_and_fits(staff_page: Page, path: str) -> None:
    staff_page.goto(f"/admin/{path}")
    for summary in staff_page.locator(".exports summary").all():
        summary.click()
    check(staff_page)


def test_the_bar_moves_by_itself_until_the_file_is_there(
    staff_page: Page, town: Town, store: Store
) -> None:
    staff_page.goto("/admin/exports")
    number = ask(town, form="xlsx")
    begin(town, number, 100)
    staff_page.reload()
    line = staff_page.locator(f"#e{number}")
    bar = line.get_by_role("progressbar")
    assert bar.evaluate("bar => bar.value") == 25
    begin(town, number, 300)
    expect(line).to_contain_text("75%")
    finish(town, store, number)
    expect(staff_page.locator("#told")).to_contain_text("Ready")
    with staff_page.expect_download() as started:
        line.get_by_role("link", name="Download").click()
    assert started.value.suggested_filename == "street-2026-11-21.xlsx"


def test_it_is_cancelled_and_repeated_without_scripts(
    browser: Browser, url: str, cookies: object, town: Town
) -> None:
    number = ask(town)
    context = browser.new_context(
        base_url=url,
        storage_state=cookies,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto("/admin/exports")
    expect(page.get_by_role("link", name="Load this page again")).to_be_visible()
    page.get_by_role("button", name=f"Cancel no. {number}").click()
    expect(page.locator(f"#e{number}")).to_contain_text("Cancelled")
    page.get_by_role("button", name=f"Repeat no. {number}").click()
    expect(page.locator(f"#e{number + 1}")).to_contain_text(f"A repetition of no. {number}.")
    context.close()


def test_the_scripts_and_styles_are_small() -> None:
    folder = Path(making.__file__).parents[2] / "admin" / "static"
    assert sum((folder / name).stat().st_size for name in ("exports.js", "exports.css")) < 10_000
