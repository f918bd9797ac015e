"""Staff answer from the page of a testimony: who may, to whom, once, and at night only if they mean it; all audited."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from office import Visitor
from sqlalchemy import select
from town import AGAIN, STREET, Town
from werkzeug.test import TestResponse

from storage.messages import OUT, body_of
from storage.models import AuditEvent, Contact, InterviewRow, Job, MessageRow

SHEET = '<textarea id="text"'  # on which a message is written
HOSTILE = '<script>alert(1)</script> "><img src=x onerror=y> {{7*7}} \u202egnirts\u202c =1+1'
PHONE = "+14045550123"
AGREED = ("STREET", "yes", "Oak", "4", "1", "yes", "yes")
OWNER, COORDINATOR = 1, 3
SENT = ("write", "hold", "hand-back")


class Desk:
    """Somebody at the page of one testimony."""

    def __init__(self, client: Any, town: Town, number: int) -> None:
        self.client, self.town, self.number = client, town, number

    @property
    def address(self) -> str:
        return f"/admin/testimonies/{self.number}"

    def page(self) -> str:
        answer = self.client.get(self.address)
        assert answer.status_code == 200, answer.status
        return html.unescape(answer.text)

    def field(self, name: str, page: str | None = None) -> str:
        return re.findall(rf'name="{name}" value="([^"]*)"', page or self.page())[0]

    def post(self, where: str, **form: str) -> TestResponse:
        form = {"csrf_token": Visitor(self.client).token(), **form}
        headers = {"Accept": form.pop("accept", "text/html")}
        return self.client.post(f"{self.address}/{where}", data=form, headers=headers)

    def write(self, text: str, **form: str) -> TestResponse:
        return self.post("write", **{"text": text, "token": "t" * 20, **form})

    def told(self) -> list[str]:
        """What the person was sent, or will be."""
        with self.town.database.reading() as session:
            ours = select(MessageRow).where(MessageRow.direction == OUT).order_by(MessageRow.id)
            return [body_of(session, row) for row in session.scalars(ours)]

    def holder(self) -> int | None:
        with self.town.database.reading() as session:
            return session.get_one(InterviewRow, self.number).held_by


def refused(answer: TestResponse) -> str:
    assert answer.status_code == 403, answer.status
    return html.unescape(answer.text)


@pytest.fixture
def told(town: Town) -> int:
    """A testimony of somebody in Atlanta who agreed to be written to again; it is 08:05 there."""
    town.publish(AGAIN)
    return town.write(PHONE, *AGREED)


@pytest.fixture
def desk_of(client_of: Callable[[str], Any], town: Town, told: int) -> Callable[[str], Desk]:
    return lambda role: Desk(client_of(role), town, told)


@pytest.fixture
def desk(desk_of: Callable[[str], Desk]) -> Desk:
    return desk_of("coordinator")


class TestRights:
    @pytest.mark.parametrize("role", ["owner", "coordinator"])
    def test_owners_and_coordinators_write_take_over_and_hand_back(self, desk_of, role):
        desk = desk_of(role)
        for where in SENT:
            answer = desk.post(where, text="Hello", token=desk.field("token"))
            assert answer.status_code == 303
            assert answer.location == f"{desk.address}#writing"

    @pytest.mark.parametrize("role", ["organizer", "viewer"])
    @pytest.mark.parametrize("where", SENT)
    def test_nobody_else_does(self, desk_of, role, where):
        desk = desk_of(role)
        before = desk.told()
        assert "Your role does not include" in refused(
            desk.post(where, text="Hello", token="t" * 20)
        )
        assert (desk.told(), desk.holder()) == (before, None)

    @pytest.mark.parametrize("where", SENT)
    def test_who_is_not_logged_in_is_asked_to(self, visitor, town, told, where):
        desk = Desk(visitor.client, town, told)
        before = desk.told()
        answer = desk.post(where, text="Hello", token="t" * 20)
        assert answer.location == "/admin/login" or "<h1>Log in</h1>" in answer.text
        assert desk.told() == before

    @pytest.mark.parametrize("where", SENT)
    def test_without_a_token_of_the_page_nothing_happens(self, desk, where):
        before = desk.told()
        answer = desk.client.post(f"{desk.address}/{where}", data={"text": "Hello"})
        assert answer.status_code == 400
        assert "This form has expired" in answer.text
        assert (desk.told(), desk.holder()) == (before, None)

    @pytest.mark.parametrize("where", SENT)
    @pytest.mark.parametrize("number", [2, 99, 2**63, 10**30])
    def test_of_a_testimony_that_there_is_not_there_is_no_page(self, desk, where, number):
        desk.number = number
        assert desk.post(where, text="Hello", token="t" * 20).status_code == 404

    def test_an_organizer_reads_and_is_offered_no_sheet(self, desk_of):
        page = desk_of("organizer").page()
        assert SHEET not in page
        assert "Take the conversation over" not in page
        assert "Coordinators and owners can write to this person." in page


class TestWriting:
    def test_it_is_queued_and_shown_with_the_name_of_who_wrote(self, desk, audited):
        token = desk.field("token")
        assert desk.write("Is the heat\r\nback?", token=token).status_code == 303
        assert desk.told()[-1] == "Is the heat\nback?"
        page = desk.page()
        assert 'class="ours staff"' in page
        assert '<span class="hidden-text">coordinator@example.org:</span>' in page
        assert "waiting to be sent, 1 segment" in page
        with desk.town.database.reading() as session:
            job = session.scalars(select(Job)).one()
            row = session.get_one(MessageRow, job.message_id)
            assert (row.staff_id, row.channel) == (COORDINATOR, "sms")
        written = (COORDINATOR, "write", f"interview:{desk.number}", {"message": row.id})
        assert written in audited()

    def test_a_doubled_press_sends_once(self, desk):
        token = desk.field("token")
        for _ in range(2):
            assert desk.write("Hello", token=token).status_code == 303
        assert desk.told().count("Hello") == 1

    def test_each_page_has_a_token_of_its_own(self, desk):
        assert desk.field("token") != desk.field("token")

    def test_other_words_on_an_old_page_are_not_lost_and_not_sent_by_themselves(self, desk):
        token = desk.field("token")
        desk.write("one", token=token)
        answer = desk.write("two", token=token)
        page = html.unescape(answer.text)
        assert answer.status_code == 409
        assert "was sent already" in page
        assert ">two</textarea>" in page
        assert "two" not in desk.told()
        assert desk.write("two", token=desk.field("token", page)).status_code == 303
        assert desk.told()[-1] == "two"

    @pytest.mark.parametrize("token", ["", "short", "x" * 65, "ä" * 20, "<b>" * 8])
    def test_a_form_that_is_not_whole_sends_nothing_and_keeps_the_words(self, desk, token):
        before = desk.told()
        answer = desk.write("Hello", token=token)
        assert answer.status_code == 409
        assert ">Hello</textarea>" in answer.text
        assert desk.told() == before

    @pytest.mark.parametrize("text", ["", "   \r\n ", "\0"])
    def test_nothing_is_not_sent(self, desk, text):
        answer = desk.write(text)
        assert answer.status_code == 422
        assert "There is nothing to send yet." in answer.text

    def test_a_message_has_an_end(self, desk):
        assert desk.write("x" * 1600).status_code == 303
        answer = desk.write("y" * 1601, token="u" * 20)
        assert answer.status_code == 422
        assert "This is 1,601 characters long; a message holds 1,600." in answer.text
        assert "y" * 1601 in answer.text

    def test_hostile_words_are_shown_as_they_were_written(self, desk):
        for form in ({"token": ""}, {"count": "1"}, {}):
            text = desk.write(HOSTILE, **form).text
            assert "<script>alert" not in text
            assert "<img src=x" not in text
        assert desk.told()[-1] == HOSTILE
        page = desk.client.get(desk.address).text
        assert page.count("&lt;script&gt;alert(1)") == 1
        assert "{{7*7}}" in page


class TestCounting:
    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("Hello", "5 characters, 1 SMS segment"),
            ("x" * 161, "161 characters, 2 SMS segments"),
            (
                "It’s " + "x" * 66,
                "71 characters, 2 SMS segments (room for fewer letters, because of ’)",
            ),
            ("", "0 characters"),
        ],
    )
    def test_the_segments_are_counted_as_they_are_paid(self, desk, text, count):
        answer = desk.write(text, count="1", accept="text/plain")
        assert answer.content_type == "text/plain; charset=utf-8"
        assert answer.text == count

    def test_telegram_has_no_segments(self, client, town, told):
        number = town.write("17", *AGREED, channel="telegram")
        answer = Desk(client, town, number).write("x" * 200, count="1", accept="text/plain")
        assert answer.text == "200 characters"

    def test_without_scripts_the_page_counts_and_keeps_the_words(self, desk):
        before, token = desk.told(), desk.field("token")
        page = desk.write("Hello", count="1", token=token).text
        assert "5 characters, 1 SMS segment</output>" in page
        assert ">Hello</textarea>" in page
        assert desk.field("token", page) == token
        assert desk.told() == before


class TestConsent:
    @pytest.mark.parametrize(
        "texts",
        [
            AGREED[:-1],
            (*AGREED[:-1], "no"),
            (*AGREED[:-1], "skip"),
            (*AGREED, "answers", "5", "no"),
        ],
        ids=["not asked yet", "no", "left out", "withdrawn"],
    )
    def test_without_a_yes_that_stands_the_page_offers_nothing_and_refuses(
        self, client, town, audited, texts
    ):
        town.publish(AGAIN)
        desk = Desk(client, town, town.write(PHONE, *texts))
        before, page = desk.told(), desk.page()
        assert "This person has not agreed to be written to again" in page
        assert SHEET not in page
        assert "Take the conversation over" not in page
        page = refused(desk.write("My words"))
        assert "has not agreed to be written to again" in page
        assert "Your words were not sent:" in page
        assert "My words" in page
        refused(desk.post("hold"))
        assert (desk.told(), desk.holder()) == (before, None)
        reasons = [(action, detail) for _, action, _, detail in audited() if "refused" in action]
        assert reasons == [
            ("write refused", {"reason": "no consent"}),
            ("hold refused", {"reason": "no consent"}),
        ]

    def test_a_survey_that_does_not_ask_for_it_gives_none(self, client, town):
        town.publish(STREET)
        desk = Desk(client, town, town.write(PHONE, "STREET", "yes"))
        assert "has not agreed" in refused(desk.write("Hello"))

    def test_it_may_be_withdrawn_while_one_writes(self, desk, town):
        page = desk.page()
        assert SHEET in page
        town.write(PHONE, "answers", "5", "no")
        assert "has not agreed" in refused(desk.write("Hello", token=desk.field("token", page)))
        assert "Hello" not in desk.told()

    def test_who_said_stop_is_not_written_to(self, desk, town):
        town.write(PHONE, "stop")
        assert "This person wants no more messages from us." in desk.page()
        assert "wants no more messages" in refused(desk.write("Hello"))

    def test_who_tells_on_the_web_page_cannot_be_reached(self, client, town, told):
        desk = Desk(client, town, town.write("cookie", *AGREED, channel="web"))
        assert "There is no number or chat to write to." in desk.page()
        assert "no number or chat" in refused(desk.write("Hello"))

    def test_who_has_gone_on_in_another_testimony_is_found_there(self, desk, town):
        town.publish(
            STREET.replace("street\n", "road\n").replace("STREET", "ROAD").replace("CALLE", "VIA")
        )
        other = town.write(PHONE, "ROAD")
        page = desk.page()
        assert "Write to them from there." in page
        assert f'href="/admin/testimonies/{other}"' in page
        assert "from there" in refused(desk.write("Hello"))


class TestNight:
    def test_at_night_it_asks_once_more(self, desk_of, town):
        town.clock.pass_(hours=14)
        desk = desk_of("coordinator")
        before, page = desk.told(), desk.page()
        assert "It should be 22:05 there" in page
        answer = desk.write("Hello")
        page = html.unescape(answer.text)
        assert answer.status_code == 422
        assert "It should be 22:05 where this person lives." in page
        assert ">Hello</textarea>" in page
        assert desk.told() == before
        assert desk.write("Hello", anyway="1").status_code == 303
        assert desk.told()[-1] == "Hello"

    @pytest.mark.parametrize(
        ("minutes", "status"), [(-6, 422), (-5, 303), (12 * 60 + 54, 303), (12 * 60 + 55, 422)]
    )
    def test_the_day_is_from_eight_to_nine(self, desk_of, town, minutes, status):
        town.clock.pass_(minutes=minutes)
        assert desk_of("coordinator").write("Hello").status_code == status

    def test_the_zone_that_the_person_told_counts(self, desk, town):
        with town.database.writing() as session:
            session.get_one(Contact, 1).timezone = "America/Los_Angeles"
        assert "It should be 05:05 there" in desk.page()
        assert desk.write("Hello").status_code == 422

    def test_where_several_are_possible_all_must_be_awake(self, client, town, told):
        desk = Desk(client, town, town.write("17", *AGREED, channel="telegram"))
        assert "It should be between 05:05 and 08:05 there" in desk.page()
        assert desk.write("Hello").status_code == 422

    def test_taking_over_asks_too_for_the_person_is_told_at_once(self, desk_of, town):
        town.clock.pass_(hours=14)
        desk = desk_of("coordinator")
        before = desk.told()
        assert "Take over all the same" in desk.page()
        assert desk.post("hold", holder="").status_code == 422
        assert (desk.told(), desk.holder()) == (before, None)
        assert desk.post("hold", holder="", anyway="1").status_code == 303
        assert desk_of("owner").post("hold", holder=str(COORDINATOR)).status_code == 303

    def test_nobody_is_asked_about_the_hour_of_somebody_who_cannot_be_written_to(
        self, desk_of, town
    ):
        town.clock.pass_(hours=14)
        town.write(PHONE, "stop")
        refused(desk_of("coordinator").write("Hello"))


class TestTakingOver:
    def test_the_page_says_who_has_it_and_the_person_is_told(self, desk, desk_of, audited):
        assert desk.post("hold", holder="").status_code == 303
        assert desk.told()[-1] == (
            "A person from Our Rights Our City, 404-555-0100 writes to you here now."
        )
        assert "You have taken this conversation over." in desk.page()
        page = desk_of("owner").page()
        assert "coordinator@example.org has taken this conversation over." in page
        assert SHEET not in page
        assert "With coordinator@example.org" in desk.client.get("/admin/").text
        held = (COORDINATOR, "hold", f"interview:{desk.number}", {"before": None})
        assert held in audited()

    def test_another_cannot_write_into_it_and_can_take_it_over(self, desk, desk_of, audited):
        desk.post("hold", holder="")
        owner = desk_of("owner")
        assert "Somebody else has taken the conversation over" in refused(owner.write("Hello"))
        before = owner.told()
        assert owner.post("hold", holder=owner.field("holder")).status_code == 303
        assert owner.holder() == OWNER
        assert owner.told() == before
        held = (OWNER, "hold", f"interview:{desk.number}", {"before": COORDINATOR})
        assert audited()[-1] == held

    def test_who_presses_on_an_old_page_is_told_of_the_other(self, desk, desk_of):
        owner = desk_of("owner")
        holder = owner.field("holder")
        desk.post("hold", holder="")
        assert "Somebody else has taken" in refused(owner.post("hold", holder=holder))
        assert owner.holder() == COORDINATOR

    @pytest.mark.parametrize("holder", ["x", "-1", "9" * 30, "²"])
    def test_a_holder_that_is_none_is_nobody(self, desk, holder):
        assert desk.post("hold", holder=holder).status_code == 303
        assert desk.holder() == COORDINATOR

    def test_what_is_said_meanwhile_is_kept_and_marked(self, desk, town):
        desk.post("hold", holder="")
        before = desk.told()
        town.write(PHONE, "They came with the police.")
        assert desk.told() == before
        page = desk.page()
        assert "They came with the police." in page
        assert "unasked" in page
        assert "Needs attention" in page

    def test_handing_back_asks_the_waiting_question_again(self, client, town, audited):
        town.publish(AGAIN)
        desk = Desk(client, town, town.write(PHONE, *AGREED, "answers", "1"))
        desk.post("hold", holder="")
        assert desk.post("hand-back").status_code == 303
        assert desk.told()[-1].startswith("Thank you. We go on where we were.\n\n")
        assert desk.told()[-1].endswith("Which street do you live in?")
        assert desk.holder() is None
        back = (COORDINATOR, "hand_back", f"interview:{desk.number}", {"before": COORDINATOR})
        assert audited()[-2] == back or back in audited()

    def test_in_an_interview_that_waits_the_page_says_what_writing_without_it_means(
        self, client, town
    ):
        town.publish(AGAIN)
        desk = Desk(client, town, town.write(PHONE, *AGREED, "answers", "1"))
        hint = "is taken as an answer to its question, unless you take over"
        assert hint in desk.page()
        desk.post("hold", holder="")
        assert hint not in desk.page()


class TestNews:
    def test_there_is_none_until_something_was_said(self, desk, town, audited):
        newest = desk.page().split('data-newest="')[1].split('"')[0]
        seen = audited()
        answer = desk.client.get(f"{desk.address}/news?after={newest}")
        assert (answer.status_code, answer.data) == (204, b"")
        assert audited() == seen
        town.write(PHONE, "One thing more")
        answer = desk.client.get(f"{desk.address}/news?after={newest}")
        assert "One thing more" in answer.text
        assert "<html" not in answer.text
        assert audited()[-1] == (COORDINATOR, "view", f"interview:{desk.number}", {})

    @pytest.mark.parametrize("after", ["", "x", "-1", "9" * 40])
    def test_nonsense_asks_for_all(self, desk, after):
        assert "Oak" in desk.client.get(f"{desk.address}/news?after={after}").text

    def test_of_nothing_there_is_no_news(self, desk):
        assert desk.client.get("/admin/testimonies/99/news").status_code == 204
        assert desk.client.get(f"/admin/testimonies/{2**63}/news").status_code == 404

    @pytest.mark.parametrize(("role", "status"), [("organizer", 200), ("viewer", 403)])
    def test_who_reads_the_page_gets_them(self, desk_of, role, status):
        desk = desk_of(role)
        assert desk.client.get(f"{desk.address}/news").status_code == status

    def test_a_page_that_stands_open_keeps_nobody_logged_in(self, desk, town):
        for _ in range(9):
            town.clock.pass_(hours=1)
            answer = desk.client.get(f"{desk.address}/news")
        assert answer.location.startswith("/admin/login")


def test_the_audit_log_holds_ids_and_no_words(desk, town):
    desk.write("A word that nobody else may read")
    desk.post("hold", holder="")
    desk.post("hand-back")
    with town.database.reading() as session:
        for event in session.scalars(select(AuditEvent)):
            assert "word that nobody" not in str(event.detail)
            assert PHONE not in f"{event.subject} {event.detail}"
