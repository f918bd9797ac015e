"""The number behind a testimony: hidden until somebody says why, shown in one answer alone, and written down."""

import html
import re

import pytest
from office import Visitor
from town import STREET
from werkzeug.test import TestResponse

from storage import house_rules
from storage.house_rules import Rule

PHONE = "+14045550123"
WHY = "She asked to be called about <the heat>"
PAGE = "testimonies/1"


@pytest.fixture(autouse=True)
def told(town):
    town.publish()
    town.write(PHONE, "STREET", "yes", "Oak Street")
    town.write("w1", "STREET", "yes", channel="web")


@pytest.fixture
def two(town, clock):
    with town.database.writing() as session:
        house_rules.put(session, Rule.SECOND_PERSON, True, 1, clock())


def post(client, page: str, **form: str) -> TestResponse:
    form = {"csrf_token": Visitor(client).token(), **form}
    return client.post(f"/admin/{page}", data=form)


def shown(client) -> str:
    return html.unescape(client.get(f"/admin/{PAGE}").text)


def test_it_is_shown_in_the_answer_to_the_reason_and_nowhere_else(client, audited):
    assert PHONE not in shown(client)
    answer = post(client, f"{PAGE}/unmask", reason=WHY)
    assert PHONE in answer.text
    assert PHONE not in shown(client)
    acts = [(who, action, subject) for who, action, subject, _ in audited() if "unmask" in action]
    assert acts == [(3, "unmask asked", "interview:1"), (3, "unmask", "interview:1")]
    assert PHONE not in str(audited())


@pytest.mark.parametrize("reason", ["", "   ", "\0", "\n"])
def test_without_a_reason_it_is_not(client, reason, audited):
    answer = post(client, f"{PAGE}/unmask", reason=reason)
    assert answer.status_code == 422
    assert "Say why you need the number" in answer.text
    assert PHONE not in answer.text
    assert not any("unmask" in action for _, action, _, _ in audited())


def test_an_owner_reads_the_reason_in_the_audit_log(client, client_of):
    post(client, f"{PAGE}/unmask", reason=WHY)
    page = client_of("owner").get("/admin/audit?what=unmask").text
    assert "She asked to be called about &lt;the heat&gt;" in page


@pytest.mark.parametrize("role", ["organizer", "viewer"])
def test_nobody_else_is_offered_it_or_gets_it(client_of, role):
    client = client_of(role)
    assert "unmask" not in client.get(f"/admin/{PAGE}").text
    assert post(client, f"{PAGE}/unmask", reason=WHY).status_code == 403


def test_where_there_is_no_number_none_is_offered(client):
    assert "unmask" not in client.get("/admin/testimonies/2").text
    assert post(client, "testimonies/2/unmask", reason=WHY).status_code == 404
    assert post(client, "testimonies/99/unmask", reason=WHY).status_code == 404


def test_where_nobody_else_was_asked_the_page_does_not_say_that_somebody_agreed(client, client_of):
    post(client, f"{PAGE}/unmask", reason=WHY)
    for page in (shown(client), shown(client_of("owner"))):
        assert "nobody else had to agree" in page
        assert "agreed." not in page.lower()


def test_a_rule_that_came_later_offers_no_press_that_would_be_refused(client, town, clock):
    post(client, f"{PAGE}/unmask", reason=WHY)
    assert f"/{PAGE}/unmask/1" in shown(client)
    with town.database.writing() as session:
        house_rules.put(session, Rule.SECOND_PERSON, True, 1, clock())
    assert f"/{PAGE}/unmask/1" not in shown(client)


@pytest.mark.usefixtures("two")
class TestSecondPerson:
    def asked(self, client) -> str:
        answer = post(client, f"{PAGE}/unmask", reason=WHY)
        assert answer.location == "/admin/testimonies/1#number"
        return f"{PAGE}/unmask/1"

    def test_it_is_shown_once_somebody_else_has_agreed(self, client, client_of):
        asked, other = self.asked(client), client_of("owner")
        assert post(client, asked).status_code == 403
        assert "asks to see the number" in other.get("/admin/").text
        assert "coordinator@example.org asked" in shown(other)
        post(other, f"{asked}/decide", granted="yes")
        assert "asks to see the number" not in other.get("/admin/").text
        assert PHONE not in shown(client)
        assert "owner@example.org agreed." in shown(client)
        assert PHONE in post(client, asked).text
        assert post(other, asked).status_code == 403

    def test_nobody_agrees_with_themselves(self, client):
        asked = self.asked(client)
        assert "Agree" not in re.findall(r"<button[^>]*>([^<]*)<", shown(client))
        post(client, f"{asked}/decide", granted="yes")
        assert PHONE not in post(client, asked).text

    @pytest.mark.parametrize("granted", ["no", "", "YES"])
    def test_who_is_refused_sees_nothing(self, client, client_of, granted):
        asked = self.asked(client)
        post(client_of("owner"), f"{asked}/decide", granted=granted)
        assert "owner@example.org refused." in shown(client)
        assert PHONE not in post(client, asked).text

    def test_after_a_day_it_is_asked_anew(self, client, client_of, clock):
        asked = self.asked(client)
        post(client_of("owner"), f"{asked}/decide", granted="yes")
        clock.pass_(days=1)
        Visitor(client).log_in("coordinator@example.org")
        assert PHONE not in post(client, asked).text

    def test_what_was_agreed_for_one_testimony_shows_no_other(self, client, client_of):
        self.asked(client)
        post(client_of("owner"), f"{PAGE}/unmask/1/decide", granted="yes")
        assert post(client, "testimonies/2/unmask/1").status_code == 403
        assert post(client, f"{PAGE}/unmask/{2**63}").status_code == 404


CALL, MAIL = "+14045550177", "rosa@example.org"
ASKING = STREET.replace(
    "  people:",
    "  call: {type: phone, label: {en: Which number can we call?, es: ¿A qué número llamamos?}}\n"
    "  mail: {type: email, label: {en: Where can we write?, es: ¿A dónde escribimos?}}\n"
    "  people:",
)
TOLD = ("STREET", "yes", "Oak Street", "404", CALL, MAIL)


class TestWhatWasToldWhereANumberWasAskedFor:
    """It is hidden as the number behind the testimony is, in the answer and in the dialogue."""

    @pytest.fixture(autouse=True)
    def asked(self, town):
        town.publish(ASKING)
        self.pages = [
            f"testimonies/{town.write(who, *TOLD, channel=channel)}"
            for who, channel in (("+14045550199", "sms"), ("w9", "web"))
        ]

    @pytest.mark.parametrize("role", ["owner", "organizer", "coordinator"])
    def test_no_page_shows_it_by_itself(self, client_of, role):
        client = client_of(role)
        for page in self.pages:
            for address in (page, f"{page}?words=original", f"{page}/news?after=0"):
                text = html.unescape(client.get(f"/admin/{address}").text)
                assert "Oak Street" in text
                assert CALL not in text
                assert MAIL not in text
                assert ">404<" not in text  # the try before
        for query in (CALL, "4045550177", MAIL, "rosa"):
            found = post(client, "search", q=query)
            assert "/testimonies/" not in client.get(found.location).text, query

    def test_who_says_why_sees_it_in_that_answer_alone(self, client, audited):
        for page in self.pages:
            text = html.unescape(post(client, f"{page}/unmask", reason=WHY).text)
            assert CALL in text
            assert MAIL in text
            assert CALL not in client.get(f"/admin/{page}").text
        acts = [subject for _, action, subject, _ in audited() if action == "unmask"]
        assert acts == [f"interview:{page.partition('/')[2]}" for page in self.pages]

    def test_where_it_is_the_rule_a_second_person_agrees_first(self, two, client, client_of):
        for page in self.pages:
            answer = post(client, f"{page}/unmask", reason=WHY)
            assert answer.status_code == 303
            asked = re.findall(
                r"/unmask/(\d+)/decide", client_of("owner").get(f"/admin/{page}").text
            )
            assert CALL not in post(client, f"{page}/unmask/{asked[0]}").text
            post(client_of("owner"), f"{page}/unmask/{asked[0]}/decide", granted="yes")
            assert CALL in html.unescape(post(client, f"{page}/unmask/{asked[0]}").text)

    @pytest.mark.parametrize("role", ["organizer", "coordinator"])
    def test_it_is_neither_quoted_nor_masked_nor_translated(self, client_of, role):
        client = client_of(role)
        quoted = {"passage": CALL, "other": "housing"}
        assert post(client, f"{self.pages[0]}/quotations", **quoted).status_code == 422
        assert "█████" in client.get(f"/admin/{self.pages[0]}").text
        assert post(client, f"{self.pages[0]}/mask", passage=CALL).status_code in (403, 422)
