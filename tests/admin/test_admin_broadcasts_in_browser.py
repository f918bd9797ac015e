"""Broadcasts in a real browser: accessible, fitting, moving by themselves, and of use without scripts."""

from datetime import timedelta

import pytest
from browsing import check, peopled
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import update
from test_admin_broadcasts import ASKING, SAID
from town import Town

from storage.broadcasts import feeding, register, steering
from storage.broadcasts.register import Facts, Purpose
from storage.models import Broadcast, Job, MessageRow, Recipient
from storage.narrowing import Filter

ORGANIZER = 2
TEXTS = {
    "en": "The report on heat in winter is out. Read it at ourrights.example/report",
    "es": "Ya está el informe sobre la calefacción. Léalo en ourrights.example/informe",
}
NEWS = Facts("Spring report", Purpose.INFORM, "Our Rights Our City", TEXTS, price="0.0083")


def make(town: Town, facts: Facts = NEWS, token: str = "a" * 20) -> int:
    with town.database.writing() as session:
        return register.make(session, facts, ORGANIZER, token, town.clock())


def begin(town: Town, number: int, **later: float) -> None:
    now = town.clock()
    with town.database.writing() as session:
        steering.schedule(session, number, now + timedelta(**later), ORGANIZER, now)


def run(town: Town, number: int) -> None:
    for _ in range(20):
        with town.database.writing() as session:
            due = feeding.step(session, number, town.library, town.clock())
        if due is None or due > town.clock():
            break


def fill(town: Town) -> None:
    """A draft, one that is scheduled, one that is done, and one that waits after a restore."""
    town.publish(ASKING)
    for who in range(101, 106):
        town.write(f"+14045550{who}", "STREET", *SAID)
    town.write("+14045550109", "CALLE", "sí", *SAID[1:4], "no", "sí")
    town.clock.pass_(hours=3)
    make(town)
    begin(town, make(town, token="b" * 20), days=1)
    narrow = Facts("Only some", Purpose.INFORM, "Us", {"en": "Hello"}, Filter(flow="street"))
    done = make(town, narrow, "c" * 20)
    begin(town, done)
    run(town, done)
    deliver(town, done)
    run(town, done)
    invite = Facts("Come again", Purpose.INVITE, "Us", {"en": "Tell us more."}, flow="street")
    begin(town, make(town, invite, "d" * 20))
    with town.database.writing() as session:
        session.execute(
            update(Broadcast)
            .where(Broadcast.id == 4)
            .values(status="paused", why=steering.RESTORED)
        )


def deliver(town: Town, number: int) -> None:
    """Whatever is in hand goes out."""
    with town.database.writing() as session:
        for row in session.query(Recipient).filter_by(broadcast_id=number, status="queued"):
            message = session.get_one(MessageRow, row.message_id)
            message.status, message.provider_id = "delivered", f"SM{row.id}"
        session.execute(update(Job).where(Job.kind == "broadcast").values(done_at=town.clock()))


town, url = peopled(fill)


@pytest.fixture(scope="module")
def who() -> str:
    return "organizer"


PATHS = ("", "/new", "/1", "/1/edit", "/2", "/3", "/3/recipients", "/3/recipients?state=left", "/4")


@pytest.mark.parametrize("path", PATHS)
def test_a_page_is_accessible_and_fits(staff_page: Page, path: str) -> None:
    staff_page.goto(f"/admin/broadcasts{path}")
    for summary in staff_page.locator("main summary").all():
        summary.click()
    check(staff_page)


def test_the_bar_moves_by_itself_until_it_is_done(staff_page: Page, town: Town) -> None:
    number = make(town, token="e" * 20)
    begin(town, number)
    staff_page.goto(f"/admin/broadcasts/{number}")
    bar = staff_page.get_by_role("progressbar")
    run(town, number)
    expect(staff_page.get_by_role("link", name="6 In hand")).to_be_visible()
    assert bar.evaluate("bar => bar.value") == 0
    deliver(town, number)
    run(town, number)
    expect(staff_page.get_by_role("heading", name="How far it is")).to_contain_text("Done")
    assert bar.evaluate("bar => bar.value") == 100
    expect(staff_page.get_by_role("link", name="6 Sent")).to_be_visible()
    expect(staff_page.get_by_role("button", name="Pause")).to_have_count(0)


def test_it_is_written_tried_scheduled_and_stopped_without_scripts(
    browser: Browser, url: str, cookies: object, town: Town
) -> None:
    context = browser.new_context(
        base_url=url,
        storage_state=cookies,  # type: ignore[arg-type]
        java_script_enabled=False,
    )
    page = context.new_page()
    page.goto("/admin/broadcasts")
    page.get_by_role("link", name="Write a broadcast").click()
    page.get_by_label("Name, for staff alone").fill("By hand")
    page.get_by_label("English", exact=True).fill("The city council has answered.")
    page.get_by_role("button", name="Save, and look at it").click()
    expect(page.get_by_text("For no more messages, send STOP.")).to_be_visible()
    page.get_by_label("Telephone number").fill("404 555 0199")
    page.get_by_role("button", name="Send it there by SMS").click()
    expect(page.get_by_role("status")).to_contain_text("It goes to that number now")
    page.get_by_role("button", name="Begin now").click()
    expect(page.get_by_role("link", name="Load this page again")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    page.get_by_role("button", name="Go on").click()
    page.locator("summary", has_text="Stop").click()
    page.get_by_role("button", name="Stop for good").click()
    expect(page.get_by_role("heading", name="How far it is")).to_contain_text("Stopped")
    context.close()
