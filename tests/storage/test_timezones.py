"""Whose clock a contact lives by: what they told, then the carrier's ZIP code, the number, the flow, the country."""

import pytest
from sqlalchemy.orm import Session

from flows import Flow, Said, converse, load
from storage import contacts, erasure, interviews, library, messages, saving, timezones
from storage.library import Library
from storage.models import Contact
from tests.storage.material import NOW, arrival, source

EASTERN, PACIFIC = "America/New_York", "America/Los_Angeles"
ATLANTA, BOISE_OR_NORTH = "+14045550123", "+12085550123"  # Idaho lies in two zones
TOLL_FREE = "+18005550123"
PLACES = """\
  near: {type: geopoint, label: Where do you live?}
  said: {type: text, label: "ZIP code or neighbourhood?"}
"""


def flow(**head: str) -> Flow:
    return load(source(PLACES) + "".join(f"{key}: {value}\n" for key, value in head.items()))


def who(session: Session, address: str, channel: str = "sms", zone: str | None = None) -> Contact:
    contact = contacts.lock_contact(session, channel, address, NOW)
    contact.timezone = zone
    return contact


def zones(session: Session, contact: Contact, asked: Flow) -> list[str]:
    return [zone.key for zone in timezones.zones_of(session, contact, asked, NOW)]


def test_what_they_told_comes_before_their_number(session: Session) -> None:
    assert zones(session, who(session, ATLANTA, zone=PACIFIC), flow()) == [PACIFIC]


@pytest.mark.parametrize("prefix", ["", "whatsapp:"])
def test_their_number_comes_before_the_flow(session: Session, prefix: str) -> None:
    contact = who(session, prefix + ATLANTA)
    assert zones(session, contact, flow(timezone="America/Denver")) == [EASTERN]


def test_a_number_of_two_zones_is_in_the_flow_s_or_in_both(session: Session) -> None:
    contact = who(session, BOISE_OR_NORTH)
    assert zones(session, contact, flow(timezone=PACIFIC)) == [PACIFIC]
    assert zones(session, contact, flow(timezone=EASTERN)) == ["America/Boise", PACIFIC]


def test_a_number_that_is_nowhere_must_be_safe_everywhere(session: Session) -> None:
    assert len(zones(session, who(session, TOLL_FREE), flow())) > 20


@pytest.mark.parametrize(("channel", "address"), [("telegram", "5550123"), ("web", "a1b2c3")])
def test_who_has_no_number_lives_where_the_flow_does(
    session: Session, channel: str, address: str
) -> None:
    contact = who(session, address, channel)
    assert zones(session, contact, flow(timezone="America/Denver")) == ["America/Denver"]
    assert zones(session, contact, flow()) == [EASTERN, PACIFIC]
    assert zones(session, contact, flow(country="IN")) == ["Asia/Kolkata"]
    assert set(zones(session, contact, flow(country="MX"))) > {"America/Tijuana", "America/Cancun"}


def test_a_zone_that_this_machine_does_not_know_is_passed_over(session: Session) -> None:
    assert zones(session, who(session, ATLANTA, zone="America/Atlantis"), flow()) == [EASTERN]


TOLD = {
    "a ZIP code": ("90012", PACIFIC),
    "a ZIP code with four more": ("90012-1234", PACIFIC),
    "an address that ends with it": ("200 Spring St, Los Angeles, CA 90012", PACIFIC),
    "a shared place": ("47.6062 -122.3321", PACIFIC),
    "a place in India": ("19.0760, 72.8777", "Asia/Kolkata"),
    "a house number": ("90012 Peachtree Street", None),
    "a neighbourhood": ("West End", None),
    "a ZIP code that nobody has": ("00000", None),
    "one of the armed forces": ("09012", None),
    "a place at sea": ("0.0000, -30.0000", None),
}


def tell(session: Session, asked: Flow, *texts: str) -> Contact:
    """What a contact in Atlanta says to a flow, kept the whole way."""
    text = source(PLACES) if asked.country == "US" else source(PLACES) + "country: MX\n"
    library.publish(session, load(text), text, NOW)
    shelf, contact = Library(), who(session, ATLANTA)
    for said in ("SMALL", "yes", *texts):
        message = messages.claim(session, arrival(contact.id, said))
        assert message is not None
        standing = interviews.standing(session, contact, shelf, NOW)
        outcome = converse(shelf.catalog(session), standing, Said(said), NOW.date())
        saving.save(session, contact, outcome, shelf, message, NOW)
    return contact


@pytest.mark.parametrize(("text", "zone"), TOLD.values(), ids=TOLD)
def test_a_place_that_was_asked_for_tells_the_zone(
    session: Session, text: str, zone: str | None
) -> None:
    assert tell(session, flow(), text).timezone == zone


@pytest.mark.parametrize(("text", "zone"), [("60601", "America/Chicago"), ("West End", PACIFIC)])
def test_the_newest_place_counts_that_says_something(
    session: Session, text: str, zone: str
) -> None:
    assert tell(session, flow(), "90012", "BACK", text).timezone == zone


def test_a_zip_code_in_other_words_tells_nothing(session: Session) -> None:
    assert tell(session, flow(), "SKIP", "90012").timezone is None


def test_five_digits_are_a_zip_code_in_the_united_states_only(session: Session) -> None:
    assert tell(session, flow(country="MX"), "90012").timezone is None


def test_the_carrier_s_zip_code_counts_until_a_better_place_is_known(session: Session) -> None:
    contact = who(session, ATLANTA)
    timezones.learn_from_carrier(session, contact, "")
    assert contact.timezone is None
    timezones.learn_from_carrier(session, contact, "60601")
    assert contact.timezone == "America/Chicago"
    timezones.learn_from_carrier(session, contact, "90012")
    assert contact.timezone == "America/Chicago"


def test_an_erased_contact_has_no_zone(session: Session) -> None:
    contact = who(session, ATLANTA, zone=PACIFIC)
    erasure.erase(session, contact, "7F3K-9QRT", NOW)
    assert contact.timezone is None
