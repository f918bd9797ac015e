"""The pages of broadcasts: who may write one, what is counted and shown, and that pressing twice is pressing once."""

import re

import pytest
from office import Visitor
from sqlalchemy import func, select
from town import STREET

from storage import contacts
from storage.broadcasts import feeding
from storage.broadcasts.register import Standing
from storage.messages import body_of
from storage.models import Broadcast, Job, MessageRow, Recipient
from storage.suppressions import BY_WORD

ASKING = STREET.replace(
    "closing:",
    """  news:
    type: consent
    scope: updates
    label: {en: May we tell you news?, es: ¿Podemos darle noticias?}
closing:""",
)
SAID = ("yes", "Oak", "3", "1", "no", "yes")
FORM = {
    "name": "Spring report",
    "purpose": "inform",
    "sender": "Our Rights Our City",
    "text-en": "The report is out.",
    "price": "0.01",
    "token": "t" * 24,
}
NUMBER = "+1 404 555 0199"


@pytest.fixture(autouse=True)
def people(town):
    """Three who agreed to news, one of them in Spanish, and one who did not."""
    town.publish(ASKING)
    for who in ("+14045550101", "+14045550102"):
        town.write(who, "STREET", *SAID)
    town.write("+14045550103", "CALLE", "sí", *SAID[1:4], "no", "sí")
    town.write("+14045550104", "STREET", *SAID[:-1], "no")
    town.clock.pass_(hours=3)


@pytest.fixture
def organizer(client_of):
    return Visitor(client_of("organizer"))


def send(who: Visitor, path: str, **form: str):
    form = {"csrf_token": who.token(), **form}
    return who.client.post(f"/admin/broadcasts/{path}", data=form)


def make(who: Visitor, **form: str) -> None:
    assert send(who, "new", **(FORM | form)).location == "/admin/broadcasts/1"


def page(who: Visitor, path: str = "1") -> str:
    text = who.client.get(f"/admin/broadcasts/{path}".rstrip("/")).text
    return " ".join(re.sub(r"<[^>]+>", " ", text).split())


def standing(town) -> str:
    with town.database.reading() as session:
        return session.get_one(Broadcast, 1).status


def run(town) -> None:
    """Steps, as far as they go by themselves."""
    for _ in range(20):
        with town.database.writing() as session:
            due = feeding.step(session, 1, town.library, town.clock())
        if due is None or due > town.clock():
            break


def test_a_broadcast_is_written_and_shown_with_what_it_costs(organizer):
    make(organizer)
    told = page(organizer)
    assert "Our Rights Our City: The report is out. For no more messages, send STOP." in told
    assert "English SMS 2 2 0.02" in told
    assert "Spanish no text SMS 0 0 0.00" in told
    assert "Together 2 2 0.02" in told
    assert "Draft" in page(organizer, "")


def test_what_is_counted_is_the_most_that_it_can_be_and_the_page_says_so(organizer, town):
    """Whose number is WhatsApp's no database knows; whoever left quietly it knows."""
    said = "No more than these: people who write by WhatsApp are counted with SMS"
    town.write("whatsapp:+14045550105", "STREET", *SAID)
    town.write("+14045550102", "WRONG NUMBER")
    make(organizer)
    told = page(organizer)
    assert "English SMS 2 2 0.02" in told
    assert said in told
    assert "1 more person agreed, and wants no messages now or is out of reach." in told
    send(organizer, "1/schedule", now="1")
    run(town)
    assert said not in page(organizer)


def test_the_same_form_twice_is_one_broadcast(organizer, town):
    make(organizer)
    make(organizer)
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Broadcast)) == 1


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"name": ""}, "Please fill this in"),
        ({"sender": "x" * 161}, "Please fill this in"),
        ({"purpose": "sell"}, "Say what it is for."),
        ({"begins": "nothing"}, "This survey is not published."),
        ({"text-en": " "}, "Write the text in one language at least."),
        ({"text-en": "x" * 1001}, "At most 1000 letters"),
        ({"price": "cheap"}, "Write it with a point"),
        ({"price": "-1"}, "Write it with a point"),
        ({"token": "short"}, "This form did not arrive whole"),
        ({"language": "xx"}, "Not understood: Language."),
    ],
)
def test_what_cannot_be_used_is_told_and_nothing_is_lost(organizer, town, form, told):
    answer = send(organizer, "new", **(FORM | form))
    assert answer.status_code == 422
    assert told in answer.text
    if "text-en" not in form:
        assert "The report is out." in answer.text
    with town.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Broadcast)) == 0


def test_a_draft_is_changed_with_its_filters(organizer):
    make(organizer, language="en", since="2026-11-01", until="2026-11-30")
    told = organizer.client.get("/admin/broadcasts/1/edit").text
    assert 'value="2026-11-01"' in told
    assert 'value="2026-11-30"' in told
    assert '<option value="en" selected>' in told
    edited = FORM | {"name": "Winter", "language": "es", "text-es": "Ya está.", "begins": "street"}
    answer = send(organizer, "1/edit", **(edited | {"purpose": "invite"}))
    assert answer.status_code == 303
    assert "Winter" in page(organizer)
    assert "Life in our street" in page(organizer)
    assert "Para empezar" in page(organizer) or "CALLE" in page(organizer)
    assert "Nobody who agreed is like that." in page(organizer)


def test_it_is_scheduled_by_the_clock_of_a_zone_and_only_once(organizer, town):
    make(organizer)
    later = {"starts": "2026-11-22T10:00", "timezone": "America/New_York"}
    for _ in range(2):
        assert send(organizer, "1/schedule", **later).status_code == 303
    assert "22 Nov 2026, 15:00" in page(organizer)
    with town.database.reading() as session:
        jobs = select(func.count()).where(Job.kind == "step", Job.done_at.is_(None))
        assert session.scalar(jobs) == 1


@pytest.mark.parametrize("starts", ["", "soon", "2026-02-31T10:00", "2026-11-22T99:00"])
def test_a_day_that_is_none_is_told(organizer, town, starts):
    make(organizer)
    answer = send(organizer, "1/schedule", starts=starts, timezone="UTC")
    assert answer.status_code == 422
    assert standing(town) == Standing.DRAFT


@pytest.mark.parametrize(
    ("starts", "zone"),
    [("9999-12-31T23:59", "America/New_York"), ("0001-01-01T00:00", "Asia/Tokyo")],
)
def test_a_day_that_is_no_day_in_utc_is_told(organizer, town, starts, zone):
    """In UTC the calendar has ended by then, or has not begun."""
    town.publish(f"timezone: {zone}\n{ASKING}")
    make(organizer)
    answer = send(organizer, "1/schedule", starts=starts, timezone=zone)
    assert answer.status_code == 422
    assert standing(town) == Standing.DRAFT


def test_the_last_minute_of_the_calendar_is_a_day_to_begin(organizer, town):
    make(organizer)
    answer = send(organizer, "1/schedule", starts="9999-12-31T23:59", timezone="UTC")
    assert answer.status_code == 303
    assert standing(town) == Standing.SCHEDULED
    assert "31 Dec 9999, 23:59" in page(organizer)


def test_it_is_paused_gone_on_with_and_stopped(organizer, town, audited):
    make(organizer)
    for path, state in (
        ("1/schedule", "scheduled"),
        ("1/pause", "paused"),
        ("1/resume", "running"),
        ("1/stop", "stopped"),
        ("1/resume", "stopped"),
    ):
        assert send(organizer, path, now="1").status_code == 303
        assert standing(town) == state
    deeds = [action for _who, action, subject, _detail in audited() if subject == "broadcast:1"]
    said = ("made", "scheduled", "paused", "resumed", "stopped")
    assert deeds == [f"broadcast {deed}" for deed in said]


def test_who_got_what_is_told_by_pseudonym(organizer, town):
    make(organizer)
    send(organizer, "1/schedule", now="1")
    run(town)
    assert "2 In hand" in page(organizer)
    told = page(organizer, "1/recipients?state=queued")
    assert town.pseudonym("+14045550101") in told
    assert town.pseudonym("+14045550104") not in told
    left = page(organizer, "1/recipients?state=left")
    assert f"{town.pseudonym('+14045550103')} Left out: no text in their language" in left
    assert organizer.client.get("/admin/broadcasts/1/recipients?state=x").status_code == 404


def test_whom_a_stop_came_before_is_told_as_not_sent(organizer, town):
    make(organizer)
    send(organizer, "1/schedule", now="1", starts="", timezone="UTC")
    with town.database.writing() as session:
        while feeding.step(session, 1, town.library, town.clock()) == town.clock():
            if session.scalar(select(func.count(Recipient.id))):
                break
    assert "3 Waiting" in page(organizer)
    send(organizer, "1/stop")
    assert "3 Not sent" in page(organizer)
    told = page(organizer, "1/recipients?state=waiting")
    assert told.count("Not sent") == 4  # the tab, and each of them
    assert "Waiting" not in page(organizer) + told


def test_on_the_page_of_a_testimony_it_stands_in_the_dialogue(organizer, town, client):
    make(organizer)
    send(organizer, "1/schedule", now="1")
    run(town)
    told = client.get("/admin/testimonies/1").text
    assert "The report is out." in told
    assert "organizer@example.org" in told


def texts(town, who: str) -> list[str]:
    with town.database.writing() as session:
        contact = contacts.lock_contact(session, "sms", who, town.clock())
        rows = session.scalars(
            select(MessageRow)
            .where(MessageRow.contact_id == contact.id, MessageRow.staff_id.is_not(None))
            .order_by(MessageRow.id)
        )
        return [body_of(session, row) for row in rows]


class TestATest:
    def test_it_goes_to_the_number_once(self, organizer, town):
        make(organizer)
        for _ in range(2):
            form = {"number": NUMBER, "language": "en", "token": "n" * 20}
            assert "It goes to that number now" in send(organizer, "1/test", **form).text
        assert len(texts(town, "+14045550199")) == 1

    def test_nothing_is_learnt_of_a_number_and_residents_who_did_not_agree_get_none(
        self, organizer, town
    ):
        make(organizer)
        with town.database.writing() as session:
            contact = contacts.lock_contact(session, "sms", "+14045550105", town.clock())
            contacts.stop(session, contact, BY_WORD, town.clock())
        answers = []
        for number in (NUMBER, "+14045550104", "+14045550105"):
            form = {"number": number, "language": "en", "token": "n" * 20}
            answers.append(re.sub(r'value="[^"]+"', "", send(organizer, "1/test", **form).text))
        assert answers[0] == answers[1] == answers[2]
        assert texts(town, "+14045550104") == texts(town, "+14045550105") == []

    def test_only_so_many_in_an_hour(self, organizer):
        make(organizer)
        for number in range(11):
            form = {"number": f"+1404555{number:04}", "language": "en", "token": f"n{number:020}"}
            answer = send(organizer, "1/test", **form)
        assert answer.status_code == 429

    def test_what_is_no_number_is_told(self, organizer):
        make(organizer)
        form = {"number": "call me", "language": "en", "token": "n" * 20}
        assert send(organizer, "1/test", **form).status_code == 422


@pytest.mark.parametrize(
    ("role", "sees", "writes"),
    [("owner", 200, 303), ("organizer", 200, 303), ("coordinator", 200, 403), ("viewer", 403, 403)],
)
def test_owners_and_organizers_send_coordinators_see_viewers_do_not(
    client_of, organizer, clock, role, sees, writes
):
    make(organizer)
    clock.pass_(minutes=5)
    member = Visitor(client_of(role))
    for path in ("", "/1", "/1/news", "/1/recipients"):
        assert member.client.get(f"/admin/broadcasts{path}").status_code == sees
    assert send(member, "1/schedule", now="1").status_code == writes
    offered = member.client.get("/admin/broadcasts/1").text
    assert ("/pause" in offered) == (writes == 303)


def test_a_form_without_its_token_is_refused(organizer):
    assert organizer.client.post("/admin/broadcasts/new", data=FORM).status_code == 400


def test_what_is_not_there_is_no_page(organizer):
    for path in ("7", "7/news", "7/edit", "7/recipients", f"{10**30}"):
        assert organizer.client.get(f"/admin/broadcasts/{path}").status_code == 404
    assert send(organizer, "7/pause").status_code == 404


def test_the_news_tell_how_far_it_is(organizer, town):
    make(organizer)
    send(organizer, "1/schedule", now="1")
    run(town)
    told = organizer.client.get("/admin/broadcasts/1/news").text
    assert "data-watch" in told
    assert "33%" in told
