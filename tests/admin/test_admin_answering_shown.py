"""What the page tells of a dialogue and of consents: what each message was taken as, by which phone, agreed to when."""

import html
import re
from typing import Any

import pytest
from sqlalchemy import update
from town import AGAIN, STREET, Town

from storage import contacts, messages, outgoing, staff
from storage.models import InterviewRow

PHONE = "+14045550123"


def words_of(markup: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", markup))).strip()


def section(page: str, name: str) -> str:
    return page.split(f'<section aria-labelledby="{name}">')[1].split("</section>")[0]


def bubbles(client: Any, number: int, **query: str) -> list[tuple[str, str]]:
    """Each message: how it looks, and all that is said about it."""
    page = client.get(f"/admin/testimonies/{number}", query_string=query).text
    found = re.findall(r'<li id="m\d+" class="([^"]+)">(.*?)</li>', page, re.DOTALL)
    return [(kind, words_of(markup)) for kind, markup in found]


def theirs(client: Any, number: int, **query: str) -> list[tuple[str, str]]:
    found = bubbles(client, number, **query)
    return [(kind, text.split(": ", 1)[1]) for kind, text in found if "theirs" in kind]


class TestTaken:
    def test_an_answer_names_its_question(self, client, town):
        town.publish()
        number = town.write(PHONE, "STREET", "yes", "Oak Street")
        assert theirs(client, number)[1:] == [
            ("theirs", "yes 13:05 · answer to Consent to take part"),
            ("theirs", "Oak Street 13:05 · answer to Which street do you live in?"),
        ]

    def test_the_question_is_named_in_the_language_that_is_read(self, client, town):
        town.publish()
        number = town.write(PHONE, "STREET", "yes", "Oak Street")
        assert theirs(client, number, labels="es")[-1][1].endswith("¿En qué calle vive?")

    def test_tries_are_counted_up_to_the_answer(self, client, town):
        town.publish()
        number = town.write(PHONE, "STREET", "yes", "Oak", "many", "a lot", "4", "nothing")
        assert [text.split(" · ")[1] for _, text in theirs(client, number)[3:]] == [
            "not understood",
            "not understood, try 2",
            "answer to How many of you live there?",
            "not understood",
        ]

    def test_words_that_steer_stand_back_and_say_nothing_of_themselves(self, client, town):
        town.publish()
        number = town.write(PHONE, "STREET", "yes", "help", "repeat")
        assert theirs(client, number)[2:] == [
            ("theirs steer", "help 13:05"),
            ("theirs steer", "repeat 13:05"),
        ]

    def test_what_nobody_asked_for_is_called_so(self, client, town):
        town.publish()
        number = town.write(PHONE, "STREET", "1", "Oak", "4", "1", "no")
        town.write(PHONE, "And the stairs are dark.")
        assert theirs(client, number)[-1] == ("theirs", "And the stairs are dark. 13:05 · unasked")

    def test_a_message_of_which_nothing_was_noted_says_nothing(self, client, town):
        town.publish()
        number = town.write(PHONE, "STREET", "yes")
        with town.database.writing() as session:
            session.execute(update(messages.MessageRow).values(heard=None, slot=None))
        assert theirs(client, number)[-1] == ("theirs", "yes 13:05")

    def test_a_question_that_is_gone_is_named_by_its_id(self, client, town):
        town.publish()
        number = town.write(PHONE, "STREET", "yes", "Oak")
        with town.database.writing() as session:
            slot = {"slot": "<i>gone/2"}
            session.execute(
                update(messages.MessageRow)
                .where(messages.MessageRow.id == town.ids[-1])
                .values(**slot)
            )
        page = client.get(f"/admin/testimonies/{number}").text
        assert 'answer to <q dir="auto">&lt;i&gt;gone (2)</q>' in page


class TestWho:
    def test_another_phone_is_named_where_it_goes_on(self, client, town):
        town.publish()
        number = town.write(PHONE, "STREET", "yes", "Oak")
        with town.database.writing() as session:
            other = contacts.lock_contact(session, "telegram", "17", town.clock())
            session.execute(update(InterviewRow).values(contact_id=other.id))
        town.write("17", "4", channel="telegram")
        first, second = town.pseudonym(PHONE), town.pseudonym("17", "telegram")
        said = words_of(section(client.get(f"/admin/testimonies/{number}").text, "dialogue"))
        assert said.count("another phone") == 1
        assert f"From here on another phone: {second} {second}: 4 13:05" in said
        assert f"{first}: Oak" in said

    def test_who_wrote_is_named_also_after_they_have_left(self, client, town):
        town.publish(AGAIN)
        number = town.write(PHONE, "STREET", "yes")
        with town.database.writing() as session:
            staff.by_email(session, "owner@example.org").disabled_at = town.clock()
            outgoing.write(
                session, 1, "sms", "Good morning", town.clock(), interview_id=number, staff_id=1
            )
        kind, said = bubbles(client, number)[-1]
        assert kind == "ours staff"
        assert said.startswith("owner@example.org: owner@example.org Good morning 13:05")


class TestConsents:
    def consents(self, client: Any, number: int) -> str:
        return words_of(section(client.get(f"/admin/testimonies/{number}").text, "consents"))

    def test_each_tells_what_was_answered_when_to_which_text_and_in_which_words(self, client, town):
        town.publish()
        number = town.write(PHONE, "CALLE", "1", "Roble", "4", "1", "claro que si")
        said = self.consents(client, number)
        assert re.fullmatch(
            r"Consents To take part Yes 21 Nov 2026, 13:05 , asked in Spanish, replied 1 "
            r"Text shown: [0-9a-f]{12}",
            said,
        )

    def test_the_reply_leads_to_its_message_and_the_digest_is_whole_on_demand(self, client, town):
        town.publish()
        number = town.write(PHONE, "STREET", "yes")
        page = section(client.get(f"/admin/testimonies/{number}").text, "consents")
        assert f'<a href="#m{town.ids[-1]}"><q dir="auto">yes</q></a>' in page
        assert re.search(r'title="SHA-256 of the text: [0-9a-f]{64}"', page)

    def test_one_that_was_withdrawn_is_visibly_so(self, client_of, town):
        town.publish(AGAIN)
        number = town.write(PHONE, "STREET", "1", "Oak", "4", "1", "no", "yes")
        town.clock.pass_(days=1)
        town.write(PHONE, "answers", "5", "no")
        page = section(
            client_of("coordinator").get(f"/admin/testimonies/{number}").text, "consents"
        )
        assert '<span class="badge gone">No, withdrawn</span>' in page
        assert '<span class="badge declined">No</span>' in page
        said = words_of(page)
        assert "To be written to again No, withdrawn 22 Nov 2026, 13:05 , asked in English" in said
        assert "Before: Yes, 21 Nov 2026, 13:05 , asked in English, replied yes" in said

    def test_a_no_that_became_a_yes_is_a_yes(self, client, town):
        town.publish(AGAIN)
        number = town.write(PHONE, "STREET", "1", "Oak", "4", "1", "no", "no", "answers", "5", "1")
        said = self.consents(client, number)
        assert "To be written to again Yes 21 Nov" in said
        assert "Before: No, 21 Nov" in said

    def test_what_was_left_out_is_no_answer(self, client, town):
        town.publish()
        number = town.write(PHONE, "STREET", "1", "Oak", "4", "1", "skip")
        assert "To print their words No answer 21 Nov" in self.consents(client, number)

    def test_before_any_there_is_a_word_for_it(self, client, town):
        town.publish()
        number = town.write(PHONE, "STREET")
        assert "Nothing has been agreed to, or declined." in self.consents(client, number)

    def test_hostile_words_stay_words(self, client, town):
        town.publish()
        number = town.write(PHONE, "STREET", "yes <b>of course</b>", "yes")
        page = client.get(f"/admin/testimonies/{number}").text
        assert "<b>of" not in page


@pytest.mark.parametrize("role", ["owner", "organizer", "coordinator"])
def test_whoever_reads_a_testimony_reads_all_of_this(client_of, town: Town, role):
    town.publish(STREET)
    number = town.write(PHONE, "STREET", "yes")
    page = client_of(role).get(f"/admin/testimonies/{number}").text
    assert "To take part" in page
    assert "answer to" in page
