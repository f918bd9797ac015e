"""How people came to an interview is written down as it begins, and never over."""

import pytest

from storage import contacts, erasure, sources
from storage.models import InterviewRow
from tests.bot.conftest import ON_SQLITE, RESIDENT, Service
from tests.bot.test_web_phone import PHONE, Browser

pytestmark = ON_SQLITE
FLOW = "city-testimony"
OTHER = """
flow: other
title: Another survey
languages: [en]
keywords: {en: [OTHER]}
contact: Somebody
consent: {label: May we?, declined: Good bye.}
questions: {street: {type: text, label: Which street?}}
closing: Thanks.
"""


def found(service: Service) -> list[str | None]:
    return [row.source for row in service.rows(InterviewRow)]


@pytest.mark.parametrize("text", ["RIGHTS", " rights ", "DERECHOS"])
def test_a_survey_s_word_is_a_keyword(service: Service, text: str) -> None:
    service.sms(text)
    assert found(service) == [sources.KEYWORD]


def test_other_words_are_a_message_also_where_a_list_was_shown(service: Service) -> None:
    service.sms("hello?")
    service.publish(OTHER)
    service.talk("hello?", "2", sender="+14045550199")
    assert found(service) == [sources.MESSAGE, sources.MESSAGE]


@pytest.mark.parametrize(
    ("start", "source"),
    [
        (f"/start {FLOW}", sources.LINK),
        (f"/start {sources.marked(FLOW, sources.POSTER)}", sources.POSTER),
        ("/start", sources.MESSAGE),
        (f"/start {FLOW}__landlord", sources.MESSAGE),
        ("RIGHTS", sources.KEYWORD),
    ],
)
def test_a_start_link_tells_whether_it_was_printed(
    service: Service, start: str, source: str
) -> None:
    service.telegram(start)
    service.telegram("1")  # what leads to no survey shows the list
    assert found(service) == [source]


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (PHONE, sources.WEB),
        (f"{PHONE}?lang=es&from=poster", sources.POSTER),
        (f"{PHONE}?from=landlord", sources.WEB),
    ],
)
def test_a_page_in_the_browser_tells_the_same(service: Service, address: str, source: str) -> None:
    browser = Browser(service)
    browser.open(address)
    forms = browser.page.split('<form class="choices"')[1].split('action="')[1].split('"')[0]
    browser.say("Start", path=forms.replace("&amp;", "&"))
    assert found(service) == [source]


def test_how_somebody_came_first_is_kept(service: Service) -> None:
    service.telegram(f"/start {sources.marked(FLOW, sources.POSTER)}")
    service.telegram("yes")
    service.telegram("RIGHTS")
    assert found(service) == [sources.POSTER]


def test_it_goes_with_all_else_when_somebody_is_erased(service: Service) -> None:
    service.sms("RIGHTS")
    with service.database.writing() as session:
        contact = contacts.lock_contact(session, "sms", RESIDENT, service.clock())
        erasure.erase(session, contact, "7F3K-9QRT", service.clock())
    assert found(service) == [None]
