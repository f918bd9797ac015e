"""The overview in a real browser: accessible and fitting, of use without scripts, and renewed under nobody's hands."""

import re
from datetime import timedelta

import pytest
from browsing import check, log_in, peopled
from playwright.sync_api import Browser, Page, Response, expect
from town import STREET, Town

from storage import messages, outgoing

SCHOOL = STREET.replace("flow: street", "flow: school").replace("STREET", "SCHOOL")
SCHOOL = SCHOOL.replace("CALLE", "ESCUELA").replace(
    "Life in our street",
    "Schools and how the children and those who care for them are treated there",
)
WAYS = [
    ("STREET", "yes", "Oak Street", "4", "1", "yes"),
    ("STREET", "yes", "Elm Street", "STOP"),
    ("CALLE", "si", "Calle Roble", "skip", "2", "2026-01-01", "si"),
    ("SCHOOL", "no"),
    ("STREET",),
]
OVERVIEW = "/admin/glance"


def fill(town: Town) -> None:
    """People of all kinds over some weeks, failures known and unknown, and somebody who needs a person."""
    town.publish()
    town.publish(SCHOOL)
    now = town.clock.at
    for number in range(25):
        town.clock.at = now - timedelta(days=25 - number)
        channel = ("sms", "telegram", "web")[number % 3]
        for words in WAYS[number % len(WAYS)]:
            town.write(f"{channel}{number}", words, channel=channel)
            town.clock.pass_(minutes=3)
    town.clock.at = now
    with town.database.writing() as session:
        for error in (
            "Twilio 30003",
            "Twilio 30003",
            "Twilio 12345",
            "the contact stopped messages",
        ):
            failed = outgoing.write(session, 1, "sms", "hello", now, interview_id=1)
            outgoing.advance(session, failed, messages.UNDELIVERED, error=error)
        messages.call_attention(session, town.ids[-1], "wrote to a person")


town, url = peopled(fill)

PAGES = {
    "as it opens": OVERVIEW,
    "of one survey": f"{OVERVIEW}?flow=street&span=all",
    "of chosen days": f"{OVERVIEW}?since=2026-11-01&until=2026-11-10",
    "where nothing was": f"{OVERVIEW}?until=2020-01-01",
    "what was not understood": f"{OVERVIEW}?since=x&flow=y",
}


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_accessible_and_fits(staff_page: Page, name: str) -> None:
    staff_page.goto(PAGES[name])
    check(staff_page)


def test_with_all_tables_unfolded_it_is_so_too(staff_page: Page) -> None:
    staff_page.goto(f"{OVERVIEW}?flow=street")
    for summary in staff_page.locator("main summary").all():
        summary.click()
    expect(staff_page.locator("details[open]")).to_have_count(5)
    check(staff_page)


def test_what_a_viewer_sees_is_accessible_and_fits(browser: Browser, url: str, town: Town) -> None:
    town.clock.pass_(minutes=10)
    context = browser.new_context(base_url=url, storage_state=log_in(browser, url, "viewer"))
    page = context.new_page()
    page.goto(OVERVIEW)
    check(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("Overview")
    context.close()


def test_a_chart_is_described_to_who_does_not_see_it(staff_page: Page) -> None:
    staff_page.goto(f"{OVERVIEW}?span=all")
    picture = staff_page.get_by_role("img", name="By day")
    said = r"By day 2\d testimonies began from 27 Oct 2026 to 21 Nov 2026, 10 of them complete\."
    expect(picture).to_have_accessible_name(re.compile(said))
    told = re.compile(r"SMS comes first, with \d+ of 2\d\.")
    expect(staff_page.get_by_role("figure", name=told)).to_be_visible()


def test_it_renews_itself_and_leaves_focus_and_open_tables_where_they_are(
    staff_page: Page, town: Town
) -> None:
    staff_page.clock.install()
    staff_page.goto(f"{OVERVIEW}?span=all")
    begun = staff_page.locator(".tiles .begun dd")
    before = int(begun.inner_text())
    staff_page.locator("#behind-channel summary").click()
    staff_page.locator("#open-channel").focus()
    town.write("+14045550999", "STREET")
    staff_page.clock.run_for(30_100)
    expect(begun).to_have_text(str(before + 1))
    expect(staff_page.locator("#open-channel")).to_be_focused()
    assert staff_page.locator("details[open]").count() == 1
    expect(staff_page.locator("#behind-channel table")).to_be_visible()


def test_what_somebody_is_marking_is_not_taken_away(staff_page: Page, town: Town) -> None:
    staff_page.clock.install()
    staff_page.goto(f"{OVERVIEW}?span=all")
    begun = staff_page.locator(".tiles .begun dd")
    before = begun.inner_text()
    staff_page.evaluate("getSelection().selectAllChildren(document.querySelector('.tiles'))")
    town.write("+14045550998", "STREET")
    staff_page.clock.run_for(30_100)
    expect(begun).to_have_text(before)
    staff_page.evaluate("getSelection().removeAllRanges()")
    staff_page.clock.run_for(30_100)
    expect(begun).to_have_text(str(int(before) + 1))


def test_without_scripts_it_is_asked_for_by_its_forms(
    browser: Browser, url: str, town: Town
) -> None:
    town.clock.pass_(minutes=10)
    kept = log_in(browser, url, "coordinator")
    context = browser.new_context(base_url=url, storage_state=kept, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/")
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name="90 days").click()
    page.get_by_label("Survey", exact=True).select_option("street")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("link", name="90 days")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("heading", name="Where people leave")).to_be_visible()
    page.locator("#open-leaving").click()
    expect(page.get_by_role("row", name="Which street do you live in?")).to_be_visible()
    context.close()


def test_the_page_is_light(staff_page: Page) -> None:
    came: list[Response] = []
    staff_page.on("response", lambda one: came.append(one))
    staff_page.goto(f"{OVERVIEW}?flow=street&span=all")
    assert len(came) >= 4
    assert sum(len(one.body()) for one in came) < 100_000
