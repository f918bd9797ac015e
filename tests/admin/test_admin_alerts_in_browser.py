"""The page of alerts in a real browser: accessible and fitting, in trouble and without."""

from browsing import check, peopled
from playwright.sync_api import Page, expect
from town import Town
from troubling import TROUBLES, calm

CAUSED = ("lost", "refusing", "slow work", "faulty", "slow", "failed export")


def fill(town: Town) -> None:
    town.publish()
    town.write("+14045550101", "STREET", "yes", "Oak Street")
    calm(town)


town, url = peopled(fill)


def test_the_page_is_accessible_and_fits_without_trouble_and_with_all_of_it(
    staff_page: Page, town: Town
) -> None:
    staff_page.goto("/admin/")
    staff_page.get_by_role("link", name="Alerts").click()
    expect(staff_page.get_by_role("heading", name="All is well")).to_be_visible()
    check(staff_page)
    for name in CAUSED:
        TROUBLES[name][0](town)
    staff_page.get_by_role("link", name="Look again").click()
    for name in CAUSED:
        expect(staff_page.get_by_role("heading", name=TROUBLES[name][1])).to_be_visible()
    check(staff_page)
