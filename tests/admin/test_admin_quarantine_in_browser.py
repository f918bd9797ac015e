"""Quarantine in a real browser: accessible and fitting; one person is let through, another left."""

from browsing import check, peopled
from playwright.sync_api import Page, expect
from town import Town

from storage import messages
from storage.quarantine import TOO_QUICK

PEOPLE = ("+14045550101", "+14045550102")


def fill(town: Town) -> None:
    town.publish()
    for person in PEOPLE:
        town.write(person, "STREET")
        with town.database.writing() as session:
            messages.call_attention(session, town.ids[-1], TOO_QUICK)


town, url = peopled(fill)


def test_one_person_is_let_through_and_another_left(staff_page: Page, town: Town) -> None:
    first, second = (town.pseudonym(person) for person in PEOPLE)
    staff_page.goto("/admin/alerts")
    staff_page.get_by_role("link", name="Quarantine").click()
    expect(staff_page.get_by_role("heading", name="Quarantine", exact=True)).to_be_visible()
    check(staff_page)
    staff_page.get_by_role("button", name=f"Let through: {first}").click()
    expect(staff_page.get_by_text("Being answered")).to_be_visible()
    staff_page.get_by_role("button", name=f"Leave: {second}").click()
    expect(staff_page.get_by_role("heading", name=second)).to_have_count(0)
    check(staff_page)
