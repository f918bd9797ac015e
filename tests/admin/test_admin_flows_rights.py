"""The pages of flows are for owners and organizers; everything that changes something wants a token of its own."""

import pytest
from town import STREET
from workshop import PAGES, SENT, Organizer


@pytest.fixture(autouse=True)
def published(town):
    town.publish()


@pytest.mark.parametrize("role", ["owner", "organizer"])
@pytest.mark.parametrize("endpoint", PAGES)
def test_who_writes_surveys_opens_every_page(client_of, role, endpoint):
    assert client_of(role).get(PAGES[endpoint]).status_code == 200


@pytest.mark.parametrize("role", ["coordinator", "viewer"])
@pytest.mark.parametrize("endpoint", PAGES)
def test_nobody_else_opens_one(client_of, role, endpoint):
    assert client_of(role).get(PAGES[endpoint]).status_code == 403


@pytest.mark.parametrize("role", ["coordinator", "viewer"])
@pytest.mark.parametrize("endpoint", SENT)
def test_nobody_else_sends_anything(client_of, role, endpoint, town):
    sender = Organizer(client_of(role), town.database)
    page = SENT[endpoint].removeprefix("/admin/")
    assert sender.post(page, source=STREET, revision=0, title="New").status_code == 403
    assert sender.draft() is None
    assert len(sender.versions()) == 1


@pytest.mark.parametrize("endpoint", PAGES)
def test_who_is_not_logged_in_is_asked_to(visitor, endpoint):
    answer = visitor.client.get(PAGES[endpoint])
    assert answer.location.startswith("/admin/login?next=/admin/")


@pytest.mark.parametrize("endpoint", SENT)
def test_what_is_sent_without_a_token_is_refused_and_does_nothing(organizer, endpoint):
    answer = organizer.client.post(SENT[endpoint], data={"source": STREET, "revision": 0})
    assert answer.status_code == 400
    assert "This form has expired" in answer.text
    assert organizer.draft() is None


def test_a_coordinator_is_offered_no_link_to_surveys(client_of):
    assert "/admin/flows" not in client_of("coordinator").get("/admin/").text
    assert "/admin/flows" in client_of("organizer").get("/admin/").text


@pytest.mark.parametrize("page", ["", "/edit", "/play", "/publish", "/posters", "/picture.svg"])
@pytest.mark.parametrize("name", ["nowhere", "..", "Street", "a%00b", "x" * 70])
def test_a_survey_that_there_is_not_is_no_page(organizer, name, page):
    assert organizer.client.get(f"/admin/flows/{name}{page}").status_code == 404


@pytest.mark.parametrize("version", [0, 2, 99, 2**63])
def test_a_version_that_there_is_not_is_no_page(organizer, version):
    assert organizer.client.get(f"/admin/flows/street/versions/{version}").status_code == 404
    assert organizer.client.get(f"/admin/flows/street/versions/{version}.yaml").status_code == 404


def test_a_version_of_another_survey_is_no_page(organizer, town):
    other = STREET.replace("street", "park").replace("STREET", "PARK").replace("CALLE", "PARQUE")
    town.publish(other)
    assert organizer.client.get("/admin/flows/park/versions/1").status_code == 404
