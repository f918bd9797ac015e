"""The pages of people in a real browser: accessible, fitting, and of use without scripts and to a phone that scans."""

import io
from contextlib import suppress
from typing import Any

import pyotp
import pytest
import zxingcpp
from browsing import check, log_in, peopled
from office import PASSWORD
from PIL import Image
from playwright.sync_api import Browser, Error, Page, expect
from town import Town

from storage import house_rules, people, staff_links, unmasking
from storage.house_rules import Rule
from storage.models import StaffMember
from storage.staff import Role

OWNER, ORGANIZER, COORDINATOR = 1, 2, 3
TRIES = 4


def fill(town: Town) -> None:
    """People who come and go, a number that is asked for, and counts large and small."""
    town.publish()
    town.write("+14045550101", "STREET", "yes", "Oak Street")
    for number in range(8):
        town.write(f"+1404555020{number}", "STREET", "no")
    now = town.clock()
    with town.database.writing() as session:
        staff_links.invite(session, "new@example.org", Role.COORDINATOR, OWNER, now)
        people.disable(session, session.get_one(StaffMember, ORGANIZER), OWNER, now)
        house_rules.put(session, Rule.SECOND_PERSON, True, OWNER, now)
        why = "She asked to be called about the heat, and wrote that any day after five is good"
        unmasking.ask(session, 1, COORDINATOR, why, now)


town, url = peopled(fill)

PAGES = {
    "people": "/admin/people",
    "one of them": "/admin/people/3",
    "one who is disabled": "/admin/people/2",
    "the owner": "/admin/me",
    "audit log": "/admin/audit",
    "audit log of one kind": "/admin/audit?what=unmask+asked&since=x",
    "audit log where nothing fits": "/admin/audit?until=2020-01-01",
    "list where somebody asks": "/admin/",
    "testimony whose number is asked for": "/admin/testimonies/1",
    "link that is no good": "/admin/welcome/none",
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits(staff_page: Page, name: str) -> None:
    staff_page.goto(PAGES[name])
    check(staff_page)


def test_the_counts_of_a_viewer_are_accessible_and_fit(browser: Browser, url: str) -> None:
    context = browser.new_context(base_url=url, storage_state=log_in(browser, url, "viewer"))
    page = context.new_page()
    page.goto("/admin/")
    check(page)
    expect(page.get_by_role("row", name="Life in our street")).to_contain_text("9")
    context.close()


def test_somebody_is_invited_by_a_link_that_is_copied(
    staff_page: Page, browser: Browser, url: str
) -> None:
    staff_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    staff_page.goto("/admin/people")
    staff_page.get_by_label("E-mail address").fill("friend@example.org")
    staff_page.get_by_label("Role").select_option("viewer")
    staff_page.get_by_role("button", name="Make a link").click()
    staff_page.get_by_role("button", name="Copy").click()
    expect(staff_page.get_by_role("button", name="Copied")).to_be_visible()
    copied = staff_page.evaluate("navigator.clipboard.readText()")
    check(staff_page)
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(copied)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/admin/login")
    context.close()


def photographed(page: Page) -> bytes:
    """A picture of the page. On a busy machine Chromium may be unable to take one at first."""
    for _ in range(TRIES):
        with suppress(Error):
            return page.screenshot()
    return page.screenshot()


def scan(page: Page) -> str:
    """What a phone's camera reads from the page."""
    picture = Image.open(io.BytesIO(photographed(page)))
    (found,) = zxingcpp.read_barcodes(picture)
    return str(found.text)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_scans_the_second_factor_and_everything_goes_without_scripts(
    browser: Browser, url: str, town: Town, scheme: Any
) -> None:
    town.clock.pass_(minutes=10)
    kept = log_in(browser, url, "coordinator")
    context = browser.new_context(
        base_url=url, storage_state=kept, java_script_enabled=False, color_scheme=scheme
    )
    page = context.new_page()
    page.goto("/admin/me")
    page.locator("#proof-second").fill(PASSWORD)
    page.get_by_role("button", name="Set it up").click()
    phone = pyotp.parse_uri(scan(page))
    page.get_by_label("Code", exact=True).fill(phone.at(town.clock()))  # type: ignore[union-attr]
    page.get_by_role("button", name="Turn it on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    page.locator("#proof-second").fill(PASSWORD)
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_role("button", name="Set it up")).to_be_visible()
    context.close()


def test_the_pages_of_a_second_factor_are_accessible(
    browser: Browser, url: str, town: Town
) -> None:
    town.clock.pass_(minutes=10)
    context = browser.new_context(base_url=url, storage_state=log_in(browser, url, "viewer"))
    page = context.new_page()
    page.goto("/admin/me")
    page.locator("#proof-second").fill(PASSWORD)
    page.get_by_role("button", name="Set it up").click()
    check(page)
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill("000000")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("This code is not the one")
    check(page)
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).at(town.clock()))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    check(page)
    spare = page.locator(".codes li").first.inner_text()
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("E-mail address").fill("viewer@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("One more step")
    check(page)
    page.get_by_label("Code from your app").fill(spare)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    page.goto("/admin/me")
    page.locator("#proof-second").fill(PASSWORD)
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_role("button", name="Set it up")).to_be_visible()
    context.close()
