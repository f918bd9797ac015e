"""The page of one testimony: facts, answers, dialogue; whatever people wrote is text and nothing else."""

import re

import pytest
from sqlalchemy import select
from town import STREET, Town

from storage import messages, outgoing
from storage.models import AnswerRow

HOSTILE = '<script>alert(1)</script> "><img src=x onerror=y> {{7*7}} \u202egnirts\u202c =1+1'

OURS = [
    f'<script src="/admin/static/{name}.js" defer>'
    for name in ("keys", "passages", "testimony", "zoom")
]


def section(page: str, name: str) -> str:
    """The part of the page that a heading names."""
    return page.split(f'<section aria-labelledby="{name}">')[1].split("</section>")[0]


def words_of(markup: str) -> str:
    """What is read, without the markup, and without the forms to translate it."""
    markup = re.sub(r'<details class="translating">.*?</details>', " ", markup, flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", markup)).strip()


def scripts(page: str) -> list[str]:
    """What runs in a page."""
    return re.findall(r"<script[^>]*>", page)


@pytest.fixture
def told(town: Town) -> int:
    """A Spanish testimony with an answer of each kind; the date was answered, then became irrelevant."""
    town.publish()
    town.write("+1404", "CALLE", "1", "Calle Roble", "muchos", "bastantes", "unos cuantos")
    town.clock.pass_(minutes=5)
    town.write("+1404", "1 2", "2026-11-01", "volver", "volver", "1")
    return town.write("+1404", "saltar")


def test_the_heading_says_whose_of_what_and_when(told, client, town):
    facts = words_of(client.get(f"/admin/testimonies/{told}").text.split('class="facts"')[1])
    assert facts.startswith("> Survey Life in our street")
    for fact in (
        "Language Spanish",
        "Channel SMS",
        "Started 21 Nov 2026, 13:05",
        "Last moved 21 Nov 2026, 13:10",
        "Completed 21 Nov 2026, 13:10",
    ):
        assert fact in facts


def test_answers_stand_in_flow_order_under_the_questions_in_words(told, client):
    answers = words_of(section(client.get(f"/admin/testimonies/{told}").text, "answers"))
    assert answers == (
        "Answers English Spanish "
        "Consent to take part Yes "
        "Which street do you live in? Calle Roble "
        "How many of you live there? unos cuantos as written "
        "What is wrong there? Water, lead "
        "May we print your words? refused "
        "Set aside (no longer relevant) "
        "A later change made these questions irrelevant. The answers are kept and left out of exports. "
        "Since when is there no heat? November 1, 2026"
    )


def test_an_answer_of_whose_files_none_was_kept_says_so(told, client, town):
    with town.database.writing() as session:
        (row,) = session.scalars(select(AnswerRow).where(AnswerRow.question == "quote"))
        row.given, row.value, row.aside = "lost", None, True
    answers = words_of(section(client.get(f"/admin/testimonies/{told}").text, "answers"))
    assert "May we print your words? no file was kept Set aside" in answers


def test_the_questions_can_be_read_in_another_language_of_the_flow(told, client):
    page = client.get(f"/admin/testimonies/{told}?labels=es").text
    answers = words_of(section(page, "answers"))
    assert "¿Qué está mal ahí? Agua, plomo" in answers
    assert "1 de noviembre de 2026" in answers
    assert '<dt lang="es" dir="auto">¿Qué está mal ahí?</dt>' in page


@pytest.mark.parametrize("labels", ["xx", "", "<b>", "fr"])
def test_a_language_that_the_flow_has_not_is_its_source_language(told, client, labels):
    page = client.get("/admin/testimonies/1", query_string={"labels": labels}).text
    assert "What is wrong there?" in page


def test_several_choices_are_a_list_because_labels_have_commas(client, town):
    town.publish()
    number = town.write("+1404", "STREET", "1", "Oak", "4", "1 2")
    page = client.get(f"/admin/testimonies/{number}").text
    assert '<li dir="auto">Water, lead</li><li dir="auto">Heat</li>' in page


def test_an_answer_to_a_question_of_an_older_version_shows_with_that_version(client, town, told):
    town.publish(STREET.replace("Which street do you live in?", "Your street?"))
    page = client.get(f"/admin/testimonies/{told}").text
    assert "Which street do you live in?" in page
    assert "Your street?" not in page


class TestDialogue:
    def test_it_is_told_in_order_with_who_said_it_and_when(self, town, client_of):
        town.publish()
        number = town.write("+1404", "STREET")
        town.clock.pass_(days=1, minutes=2)
        town.write("+1404", "yes")
        client = client_of("owner")
        who = town.pseudonym("+1404")
        dialogue = words_of(section(client.get(f"/admin/testimonies/{number}").text, "dialogue"))
        assert dialogue.startswith(f"Dialogue 21 November 2026 {who}: STREET 13:05 Bot: May we ask")
        assert f"13:05 · waiting to be sent 22 November 2026 {who}: yes" in dialogue
        assert "yes 13:07 · answer to Consent to take part Bot:" in dialogue

    @pytest.mark.parametrize(
        ("status", "error", "said"),
        [
            ("sending", None, "being sent"),
            ("sent", None, "sent"),
            ("delivered", None, "delivered"),
            ("undelivered", "30003 unreachable", "not delivered Error: 30003 unreachable"),
            ("failed", "21610 opted out", "failed Error: 21610 opted out"),
        ],
    )
    def test_what_became_of_our_messages_is_told(self, client, town, status, error, said):
        town.publish()
        number = town.write("+1404", "STREET")
        with town.database.writing() as session:
            outgoing.advance(session, town.ids[-1] + 1, status, error=error)
        dialogue = words_of(section(client.get(f"/admin/testimonies/{number}").text, "dialogue"))
        assert dialogue.endswith(f"13:05 · {said}")

    @pytest.mark.parametrize(
        ("types", "note"),
        [
            (["image/jpeg"], "1 photo (image/jpeg), not fetched yet"),
            (["image/jpeg", "image/jpeg"], "2 photos (image/jpeg), not fetched yet"),
            (
                ["audio/ogg", "video/mp4"],
                "1 voice note (audio/ogg), 1 video (video/mp4), not fetched yet",
            ),
            (["application/pdf"], "1 file (application/pdf), not fetched yet"),
            ([""], "1 file, not fetched yet"),
            (["contact"], "1 file (contact)"),  # no file: there is nothing to fetch
            (["image/jpeg", "contact"], "1 photo (image/jpeg), not fetched yet, 1 file (contact)"),
        ],
    )
    def test_what_came_with_a_message_is_named(self, client, town, types, note):
        town.publish()
        number = town.write("+1404", "STREET")
        town.write("+1404", "", media=[{"content_type": one} for one in types])
        dialogue = words_of(section(client.get(f"/admin/testimonies/{number}").text, "dialogue"))
        assert note in dialogue

    def test_a_place_is_its_words_and_no_file_that_is_waited_for(self, client, town):
        town.publish()
        number = town.write("+1404", "STREET")
        town.write("+1404", "33.749, -84.388", media=[{"kind": "place", "content_type": "place"}])
        dialogue = words_of(section(client.get(f"/admin/testimonies/{number}").text, "dialogue"))
        assert "33.749, -84.388" in dialogue
        assert "(place)" not in dialogue

    def test_an_edited_message_points_to_what_it_was(self, client, town):
        town.publish()
        number = town.write("+1404", "STREET", "yes", "Oka Street")
        first = town.ids[-1]
        town.clock.pass_(minutes=1)
        town.write("+1404", "Oak Street", edits_id=first)
        page = client.get(f"/admin/testimonies/{number}").text
        link = f'edited version of the <a href="#m{first}">message of 21 Nov 2026, 13:05</a>'
        assert link in page
        assert f'id="m{first}"' in page

    def test_a_message_that_needs_a_person_says_why(self, client, town):
        town.publish()
        number = town.write("+1404", "STREET")
        with town.database.writing() as session:
            messages.call_attention(session, town.ids[-1], "deciding failed")
        assert "Needs attention: deciding failed" in client.get(f"/admin/testimonies/{number}").text


class TestHostileText:
    def test_it_is_shown_as_it_was_written(self, client, town):
        town.publish()
        number = town.write("+1404", "STREET", "yes", HOSTILE)
        page = client.get(f"/admin/testimonies/{number}").text
        assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") == 2  # the answer, the message
        assert scripts(page) == OURS
        assert "<img src=x" not in page
        assert "{{7*7}}" in page

    def test_its_direction_stays_its_own(self, client, town):
        town.publish()
        number = town.write("+1404", "STREET", "yes", HOSTILE, "مرحبا")
        page = client.get(f"/admin/testimonies/{number}").text
        holders = re.findall(r"<(\w+)([^>]*)>[^<]*(?:\u202e|مرحبا)", page)
        assert len(holders) >= 3
        assert all('dir="auto"' in attributes for _, attributes in holders)

    def test_what_a_provider_says_is_text_too(self, client, town):
        town.publish()
        number = town.write("+1404", "STREET")
        town.write("+1404", "", media=[{"content_type": HOSTILE}])
        with town.database.writing() as session:
            outgoing.advance(session, town.ids[-1] + 1, "failed", error=HOSTILE)
            messages.call_attention(session, town.ids[-1], HOSTILE)
        page = client.get(f"/admin/testimonies/{number}").text
        assert page.count("&lt;script&gt;") == 4  # why it needs a look stands above, too
        assert scripts(page) == OURS

    def test_markup_in_a_flow_is_text_too(self, client, town):
        town.publish(STREET.replace("Life in our street", "<i>Street</i>"))
        number = town.write("+1404", "STREET")
        for address in ("/admin/", "/admin/export", f"/admin/testimonies/{number}"):
            assert "<i>" not in client.get(address).text


def test_every_view_is_written_to_the_audit_log(told, client, audited):
    client.get(f"/admin/testimonies/{told}")
    client.get(f"/admin/testimonies/{told}?labels=es")
    assert audited()[1:] == [(3, "view", f"interview:{told}", {})] * 2


@pytest.mark.parametrize("number", ["2", "0", "99999999999999999999", "abc", "-1"])
def test_what_is_not_there_gets_a_kind_page_and_no_audit_row(told, client, audited, number):
    response = client.get(f"/admin/testimonies/{number}")
    assert response.status_code == 404
    assert "There is nothing under this address" in response.text
    assert len(audited()) == 1
