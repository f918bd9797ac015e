"""Quarantine: who is in it, and what staff say becomes of them; answered by others, and never deleted."""

import html
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from office import Visitor
from sqlalchemy import event, select
from town import Town
from werkzeug.test import TestResponse

from admin import quarantine as page
from storage import messages, outbox
from storage import quarantine as rooms
from storage.models import Job, MessageRow
from storage.quarantine import TOO_MANY_NEW, TOO_QUICK

ANA, BEN, CAM = "+14045550101", "+14045550102", "+14045550103"
ORGANIZER = 2  # by id


@pytest.fixture(autouse=True)
def burst(town: Town) -> None:
    """Ana wrote three messages, two of them too quickly; Ben one, among many new people."""
    town.publish()
    town.write(ANA, "STREET", "yes", "Oak Street")
    town.clock.pass_(minutes=1)
    town.write(BEN, "STREET")
    hold(town, TOO_QUICK, *town.ids[1:3])
    hold(town, TOO_MANY_NEW, town.ids[3])


@pytest.fixture
def client(client_of: Callable[[str], FlaskClient]) -> FlaskClient:
    return client_of("organizer")


def hold(town: Town, why: str, *numbers: int) -> None:
    with town.database.writing() as session:
        for number in numbers:
            messages.call_attention(session, number, why)


def shown(client: FlaskClient) -> str:
    answer = client.get("/admin/quarantine")
    assert answer.status_code == 200
    return html.unescape(answer.text)


def decide(client: FlaskClient, deed: str, who: object, **form: object) -> TestResponse:
    """Press one of the page's buttons, as the page has it."""
    upto = re.search(r'name="upto" value="(\d+)"', shown(client))
    known = {"csrf_token": Visitor(client).token(), "upto": upto[1] if upto else ""}
    return client.post("/admin/quarantine", data={**known, "deed": deed, "who": str(who), **form})


def queued(town: Town) -> list[str | None]:
    with town.database.reading() as session:
        waiting = select(Job.target).where(Job.kind == outbox.LET).order_by(Job.id)
        return list(session.scalars(waiting))


def held(town: Town) -> list[str]:
    with town.database.reading() as session:
        return [one.pseudonym for one in rooms.bursts(session)]


def contact(town: Town, who: str) -> int:
    with town.database.reading() as session:
        found = {one.pseudonym: one.contact_id for one in rooms.bursts(session)}
    return found[town.pseudonym(who)]


def test_it_names_who_is_in_it_and_how_much_they_wrote(client: FlaskClient, town: Town) -> None:
    told = shown(client)
    for who, number in ((ANA, "2 messages"), (BEN, "1 message")):
        row = told.partition(f">{town.pseudonym(who)}</a>")[2].partition("</li>")[0]
        assert number in row
        assert "SMS" in row
    assert "2 people wait for a decision. To let them through is to answer 3 messages." in told
    assert "Oak Street" not in told
    assert "5550101" not in told


def test_it_is_where_the_alert_leads(client: FlaskClient) -> None:
    told = html.unescape(client.get("/admin/alerts").text)
    assert "3 messages are in quarantine" in told
    assert '<a href="/admin/quarantine">Quarantine</a>' in told


@pytest.mark.parametrize("role", ["coordinator", "viewer"])
def test_it_is_for_those_who_run_the_service(
    client_of: Callable[[str], FlaskClient], role: str
) -> None:
    client = client_of(role)
    assert client.get("/admin/quarantine").status_code == 403
    form = {"csrf_token": Visitor(client).token(), "deed": "let", "who": "all", "upto": "99"}
    assert client.post("/admin/quarantine", data=form).status_code == 403


def test_who_is_let_through_is_answered_by_the_outbox_once(
    client: FlaskClient, town: Town, audited: Callable[[], list[tuple[object, ...]]]
) -> None:
    ana = contact(town, ANA)
    assert decide(client, "let", ana).location == "/admin/quarantine"
    decide(client, "let", ana)
    assert queued(town) == [str(ana)]
    told = shown(client)
    assert told.count("Being answered") == 1
    assert "All of them" not in told  # one is left, who has a button of their own
    assert audited()[-1] == (ORGANIZER, "quarantine let", f"contact:{ana}", {"messages": 2})
    assert [one[1] for one in audited()].count("quarantine let") == 1


def test_of_who_is_left_all_is_kept_and_nothing_answered(
    client: FlaskClient, town: Town, audited: Callable[[], list[tuple[object, ...]]]
) -> None:
    ana = contact(town, ANA)
    decide(client, "leave", ana)
    assert held(town) == [town.pseudonym(BEN)]
    assert queued(town) == []
    with town.database.reading() as session:
        kept = [messages.body_of(session, session.get_one(MessageRow, one)) for one in town.ids[:3]]
    assert kept == ["STREET", "yes", "Oak Street"]
    assert audited()[-1] == (ORGANIZER, "quarantine left", f"contact:{ana}", {"messages": 2})
    decide(client, "leave", ana)
    assert [one[1] for one in audited()].count("quarantine left") == 1


def test_all_are_those_who_were_there_when_the_page_was_made(
    client: FlaskClient, town: Town
) -> None:
    ana, ben = contact(town, ANA), contact(town, BEN)
    seen = town.ids[-1]
    town.write(CAM, "STREET")
    hold(town, TOO_MANY_NEW, town.ids[-1])
    decide(client, "let", page.ALL, upto=seen)
    assert queued(town) == [str(ana), str(ben)]
    decide(client, "leave", page.ALL)
    assert held(town) == [town.pseudonym(ANA), town.pseudonym(BEN)]


def test_whoever_is_about_to_be_answered_is_not_left_by_an_old_page(
    client: FlaskClient, town: Town, audited: Callable[[], list[tuple[object, ...]]]
) -> None:
    ana = contact(town, ANA)
    decide(client, "let", ana)
    decide(client, "leave", ana)
    assert town.pseudonym(ANA) in held(town)
    assert audited()[-1][1] == "quarantine let"


def test_what_came_after_the_page_was_made_is_not_left_with_the_rest(
    client: FlaskClient, town: Town, audited: Callable[[], list[tuple[object, ...]]]
) -> None:
    ana, seen = contact(town, ANA), town.ids[-1]
    town.write(ANA, "3")
    hold(town, TOO_QUICK, town.ids[-1])
    decide(client, "leave", ana, upto=seen)
    assert audited()[-1] == (ORGANIZER, "quarantine left", f"contact:{ana}", {"messages": 2})
    assert town.pseudonym(ANA) in held(town)


@pytest.mark.parametrize("deed", ["let", "leave"])
def test_of_however_many_it_is_asked_once_who_is_let_through_already(
    client: FlaskClient, town: Town, deed: str
) -> None:
    """It goes over all who are: asked of each one anew, a rush of thousands would take minutes."""
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(town.database.engine, "before_cursor_execute", hear)
    decide(client, deed, page.ALL)
    event.remove(town.database.engine, "before_cursor_execute", hear)
    of_jobs = [one for one in asked if "SELECT outbox.target" in one]
    assert len(of_jobs) == 2  # by the page, and by the deed


def test_very_many_are_decided_on_a_few_at_a_time(
    client: FlaskClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "AT_ONCE", 1)
    decide(client, "leave", page.ALL)
    assert held(town) == []


def test_of_very_many_the_first_are_shown_and_the_others_counted(
    client: FlaskClient, town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page, "SHOWN", 1)
    told = shown(client)
    assert town.pseudonym(ANA) in told
    assert town.pseudonym(BEN) not in told
    assert "And 1 person who came after them." in told
    assert "2 people wait for a decision" in told


def test_when_nobody_is_in_it_it_says_so(client: FlaskClient) -> None:
    decide(client, "leave", page.ALL)
    assert "Nobody is in quarantine" in shown(client)


@pytest.mark.parametrize(
    "form", [{"deed": "delete"}, {"deed": ""}, {"upto": ""}, {"upto": "x"}, {"upto": "-1"}]
)
def test_what_is_no_decision_is_refused(
    client: FlaskClient, town: Town, form: dict[str, str]
) -> None:
    before = held(town)
    assert decide(client, **{"deed": "let", "who": page.ALL, **form}).status_code == 400
    assert decide(client, "let", "nobody").status_code == 303
    assert held(town) == before
    assert queued(town) == []
