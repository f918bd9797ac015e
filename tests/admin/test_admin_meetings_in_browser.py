"""Meetings and interviews in a real browser: accessible, fitting, quick by keyboard, and of use without scripts."""

from datetime import timedelta

import pytest
from browsing import check, log_in, peopled
from office import PASSWORD
from playwright.sync_api import Browser, Page, Request, Route, expect
from town import STREET, Town

from storage import listing, meetings, testimonies
from storage.meetings import Facts

ENTER = "/admin/meetings/1/enter"
CAREFUL = STREET.replace(
    "questions:",
    """care:
  danger: {words: {en: [going to kill me]}, label: {en: Call 911 now., es: Llame al 911.}}
questions:""",
)


def fill(town: Town) -> None:
    """One meeting, of a survey that listens for danger."""
    town.publish(CAREFUL)
    now = town.clock()
    facts = Facts(
        "street", "Town hall on housing", "Library", "Our Rights Our City", now,
        now + timedelta(hours=2), "America/New_York", ("English", "Spanish"), "Step-free", 40,
        (("Tenants", 22), ("Deaf people", 3)),
    )  # fmt: skip
    with town.database.writing() as session:
        meetings.add(session, facts, 1, now)


town, url = peopled(fill)


@pytest.mark.parametrize(
    "path",
    ["/admin/meetings", "/admin/meetings/1", "/admin/meetings/new", ENTER, "/admin/interviews"],
)
def test_a_page_is_accessible_and_fits(staff_page: Page, path: str) -> None:
    staff_page.goto(path)
    check(staff_page)


def newest(town: Town) -> testimonies.Testimony:
    with town.database.reading() as session:
        number = listing.page(session, testimonies.Filter(), None, 1)[0].id
        found = testimonies.whole(session, number, town.library)
    assert found is not None
    return found


def told(town: Town) -> dict[str, object]:
    return {one.question: one.answer.value or one.answer.words for one in newest(town).answers}


def test_a_sheet_is_typed_in_by_keyboard_and_its_questions_come_as_they_are_needed(
    staff_page: Page, town: Town
) -> None:
    page = staff_page
    page.goto(ENTER)
    since = page.get_by_label("Since when is there no heat?")
    expect(since).to_be_hidden()
    page.keyboard.press("Space")  # the consent has the focus
    page.keyboard.press("Tab")
    page.keyboard.press("T")  # “The person”
    page.keyboard.press("Tab")
    page.keyboard.type("Oak Street")
    page.keyboard.press("Tab")
    page.keyboard.type("3")
    page.keyboard.press("Tab")
    page.keyboard.press("2")
    expect(since).to_be_visible()
    expect(page.locator("#kept")).to_contain_text("Kept at")
    since.fill("2026-05-01")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    expect(page.get_by_label("Which street do you live in?")).to_have_value("")
    assert told(town)["issues"] == ("heat",)
    check(page)


def test_what_was_typed_survives_a_lost_page_and_a_lost_connection(staff_page: Page) -> None:
    page = staff_page
    page.goto(ENTER)
    with page.expect_response("**/look") as answer:
        page.get_by_label("Which street do you live in?").fill("Elm Street")
    assert answer.value.status == 200
    expect(page.locator("#kept")).to_contain_text("Kept at")
    page.goto("/admin/meetings")
    page.goto(ENTER)
    expect(page.get_by_label("Which street do you live in?")).to_have_value("Elm Street")
    page.context.set_offline(True)
    page.get_by_label("How many of you live there?").fill("4")
    expect(page.locator("#kept")).to_contain_text("the connection is lost")
    expect(page.get_by_label("How many of you live there?")).to_have_value("4")
    page.context.set_offline(False)
    page.get_by_role("button", name="Empty the sheet").click()
    expect(page.get_by_label("Which street do you live in?")).to_have_value("")


def test_what_was_typed_last_is_what_is_kept_however_long_the_server_takes(
    staff_page: Page,
) -> None:
    page, held = staff_page, list[Route]()
    page.goto(ENTER)
    page.route("**/look", lambda route: route.continue_() if held else held.append(route))
    asked = list[Request]()
    page.on("request", lambda one: asked.append(one) if one.url.endswith("/look") else None)
    with page.expect_request("**/look"):
        page.get_by_label("Who said it").select_option("person")
    page.get_by_label("Who said it").select_option("guardian")
    page.evaluate("new Promise((resolve) => setTimeout(() => setTimeout(resolve)))")
    assert len(asked) == 1  # two at once might overtake each other
    with page.expect_request("**/look") as last:
        held[0].continue_()
    assert last.value.response()
    page.goto(ENTER)
    expect(page.get_by_label("Who said it")).to_have_value("guardian")
    page.get_by_role("button", name="Empty the sheet").click()
    expect(page.get_by_label("Who said it")).to_have_value("")


def test_the_way_back_after_saving_brings_nothing_of_the_person_before(staff_page: Page) -> None:
    page = staff_page
    page.goto(f"{ENTER}?language=en")
    page.get_by_label("Yes, I agree").check()
    page.get_by_label("Who said it").select_option("person")
    page.get_by_role("checkbox", name="Heat").check()
    page.get_by_role("button", name="Save, and the next").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    page.go_back()
    expect(page.get_by_role("checkbox", name="Heat")).not_to_be_checked()
    expect(page.get_by_label("Yes, I agree")).not_to_be_checked()


def test_the_first_mistake_of_a_sheet_has_the_focus(staff_page: Page) -> None:
    page = staff_page
    page.goto(ENTER)
    page.get_by_label("Yes, I agree").check()
    page.get_by_label("Who said it").select_option("person")
    page.get_by_label("How many of you live there?").fill("many")
    page.get_by_role("button", name="Save, and the next").click()
    expect(page.get_by_label("How many of you live there?")).to_be_focused()
    page.get_by_role("button", name="Empty the sheet").click()
    expect(page.get_by_label("How many of you live there?")).to_have_value("")


def test_what_was_typed_goes_through_a_log_in_that_has_ended(staff_page: Page) -> None:
    page = staff_page
    page.goto(f"{ENTER}?language=en")
    page.get_by_label("Yes, I agree").check()
    page.get_by_label("Who said it").select_option("person")
    page.get_by_role("checkbox", name="Heat").check()
    page.context.clear_cookies()
    page.get_by_role("button", name="Save, and the next").click()
    expect(page.get_by_role("alert")).to_contain_text("is not lost")
    check(page)
    page.get_by_label("E-mail address").fill("coordinator@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are logged in again")
    check(page)
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")


def test_all_of_it_goes_without_scripts(browser: Browser, url: str, town: Town) -> None:
    context = browser.new_context(
        base_url=url, storage_state=log_in(browser, url, "coordinator"), java_script_enabled=False
    )
    page = context.new_page()
    page.goto(ENTER)
    page.get_by_label("Language").select_option("es")
    page.get_by_role("button", name="Switch").click()
    page.get_by_label("Yes, I agree").check()
    page.get_by_label("Who said it").select_option("guardian")
    page.get_by_label("¿En qué calle vive?").fill("Calle Roble")
    page.get_by_role("checkbox", name="Calefacción").check()
    expect(page.get_by_text("Solo si marcó “Calefacción” en 3.")).to_be_visible()
    page.get_by_role("button", name="Show what follows").click()
    page.get_by_label("¿Desde cuándo no hay calefacción?").fill("2026-05-01")
    page.get_by_role("button", name="Save, and the next").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")
    assert told(town)["street"] == "Calle Roble"
    assert newest(town).listed.language == "es"
    context.close()


def test_a_mistake_is_shown_where_it_is(staff_page: Page) -> None:
    page = staff_page
    page.goto(ENTER)
    page.get_by_label("Yes, I agree").check()
    page.get_by_label("Who said it").select_option("person")
    page.get_by_label("How many of you live there?").fill("a few")
    page.get_by_role("button", name="Save, and the next").click()
    expect(page.get_by_role("alert")).to_contain_text("Not saved yet")
    check(page)
    page.get_by_label("Keep it as it stands there").check()
    page.get_by_role("button", name="Save, and the next").click()
    expect(page.get_by_role("status").first).to_contain_text("Saved.")


def test_an_interview_from_its_consent_to_its_end(staff_page: Page, town: Town) -> None:
    page = staff_page
    page.goto("/admin/interviews")
    page.get_by_label("At a meeting").select_option(
        label=page.locator("#meeting option").nth(1).inner_text()
    )
    page.get_by_role("button", name="Begin the interview").click()
    page.get_by_label("I have read this text aloud").check()
    check(page)
    page.get_by_role("button", name="The person said yes").click()
    page.get_by_label("Which street do you live in?").fill("Pine Street")
    check(page)
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Leave it out").click()
    page.get_by_label("Heat").check()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_label("Heat")).to_be_checked()
    page.get_by_role("button", name="Next").click()
    page.get_by_role("button", name="Leave it out").click()
    check(page)
    page.keyboard.press("1")
    expect(page.get_by_text("All questions are done.")).to_be_visible()
    check(page)
    assert told(town)["quote"] == "yes"
    with town.database.reading() as session:
        assert meetings.tally(session, [1])[1] >= 1


def test_help_is_shown_as_soon_as_words_of_danger_are_typed(staff_page: Page) -> None:
    staff_page.goto(ENTER)
    expect(staff_page.get_by_text("Call 911 now.")).to_be_hidden()
    staff_page.get_by_role("textbox", name="Which street").fill("he is going to kill me")
    expect(staff_page.get_by_role("alert")).to_contain_text("Call 911 now.")
    staff_page.locator("fieldset.ask:visible").last.scroll_into_view_if_needed()
    expect(staff_page.get_by_role("alert")).to_be_in_viewport()
    check(staff_page)
    staff_page.get_by_role("button", name="Empty the sheet").click()
