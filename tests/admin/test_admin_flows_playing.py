"""The phone beside the text plays what is written there, keeps nothing, and is bounded."""

import json
import re
from datetime import date

import pytest
from town import STREET
from workshop import BETTER, BROKEN

from admin.flows.replaying import PHOTO, replay
from flows import load

DAY = date(2026, 11, 21)
PHOTOS = STREET.replace("type: text", "type: media", 1)


@pytest.fixture
def street(town, organizer):
    town.publish()
    return organizer


def bubbles(page):
    """What stands on the phone, and who said it."""
    found = re.findall(r'<li class="(mine|theirs)">.*?<p dir="auto">(.*?)</p>', page, re.DOTALL)
    return [(whose, text) for whose, text in found]


def total(page):
    return int(re.findall(r'class="total"><strong>(\d+) segments?<', page)[0])


def said(page):
    return json.loads(re.findall(r'name="said" value="(\[.*?\])">', page)[0])


class TestPhone:
    def test_it_begins_with_the_consent_in_the_source_language(self, street):
        ((whose, text),) = bubbles(street.get("street/play"))
        assert whose == "theirs"
        assert text.startswith("May we ask you about your street?")

    def test_what_is_said_is_heard_after_all_that_was_said_before(self, street):
        page = street.play("yes", "Oak Street", say="4")
        assert bubbles(page)[-2] == ("mine", "4")
        assert bubbles(page)[-1][1].startswith("What is wrong there?")
        assert said(page) == ["yes", "Oak Street", "4"]

    def test_it_tells_which_question_waits_and_offers_its_choices(self, street):
        page = street.play("yes", "Oak", "4", "1")
        assert 'data-question="quote"' in page
        assert re.findall(r'name="say" value="([^"]+)"', page) == ["Yes", "No"]

    def test_it_plays_the_text_that_comes_with_the_press_and_keeps_it_nowhere(self, street):
        assert "What is your street called?" in street.play("yes", source=BETTER)
        assert "Which street do you live in?" in street.play("yes")
        assert street.draft() is None

    def test_without_such_a_text_it_plays_the_saved_draft(self, street):
        street.save(BETTER)
        assert "What is your street called?" in street.play("yes")

    def test_nobody_is_interviewed_by_it(self, street, town):
        street.play("yes", "Oak", "4")
        assert "No testimonies yet" in street.client.get("/admin/").text

    def test_it_ends_with_the_survey(self, street):
        page = street.play("yes", "Oak", "4", "1", say="yes")
        assert "the survey is at its end" in page
        assert bubbles(page)[-1][1] == "Thank you."

    def test_stop_ends_it_too(self, street):
        assert "the survey is at its end" in street.play("yes", say="STOP")

    def test_it_begins_again(self, street):
        assert len(bubbles(street.play("yes", "Oak", again="yes"))) == 1

    def test_a_part_of_the_page_may_be_asked_for(self, street):
        page = street.play("yes", part="phone")
        assert 'id="phone"' in page
        assert "<html" not in page

    def test_hostile_words_stay_words(self, street):
        form = {"csrf_token": "", "said": "[]", "language": "en", "say": "<b>bold</b>"}
        page = street.post("flows/street/play", **{**form, "csrf_token": _token(street)}).text
        assert "<b>bold</b>" not in page
        assert "&lt;b&gt;bold&lt;/b&gt;" in page


def _token(organizer):
    from office import Visitor

    return Visitor(organizer.client).token()


class TestLanguages:
    def test_another_language_asks_the_same_question_in_it(self, street):
        page = street.play("yes", "Oak", speak="es")
        assert bubbles(page)[-1][1].startswith("¿Cuántas personas viven ahí?")
        assert 'lang="es"' in page

    def test_at_the_end_it_begins_anew_in_it(self, street):
        page = street.play("yes", "Oak", "4", "1", "yes", speak="es")
        assert len(bubbles(page)) == 1
        assert bubbles(page)[0][1].startswith("¿Podemos preguntarle sobre su calle?")

    @pytest.mark.parametrize("language", ["", "xx", "EN", "../es"])
    def test_a_language_that_there_is_not_is_the_source_language(self, street, language):
        page = street.play("yes", language=language)
        assert "Which street do you live in?" in page


class TestJumping:
    @pytest.mark.parametrize("question", ["street", "people", "issues", "since", "quote"])
    @pytest.mark.parametrize("language", ["en", "es"])
    def test_it_jumps_to_every_question_that_answers_lead_to(self, street, question, language):
        page = street.play(jump=question, language=language)
        assert f'data-question="{question}"' in page

    def test_it_jumps_to_the_consent(self, street):
        assert said(street.play("yes", "Oak", jump="consent")) == []

    @pytest.mark.parametrize("question", ["nothing", "__class__", "street/2"])
    def test_a_question_that_nothing_leads_to_is_told_and_the_talk_goes_on(self, street, question):
        page = street.play("yes", jump=question)
        assert "We found no answers that lead to this question." in page
        assert said(page) == ["yes"]

    def test_a_question_that_only_far_fetched_answers_lead_to_is_told_too(self, street):
        rare = STREET.replace("relevant: heat in issues", "relevant: length(street) > 1500")
        assert "We found no answers that lead" in street.play(source=rare, jump="since")

    def test_a_question_behind_hundreds_of_others_is_too_far(self, street):
        many = "".join(f"  q{number}: {{type: text, label: And?}}\n" for number in range(310))
        far = STREET.replace("  quote:\n", f"{many}  quote:\n")
        page = street.play("yes", source=far, jump="quote")
        assert "We found no answers that lead" in page
        assert said(page) == ["yes"]


class TestCosts:
    def test_every_bubble_of_ours_says_how_many_segments_it_takes(self, street):
        page = street.play("yes", "Oak")
        assert page.count('class="cost') == 3
        assert total(page) == 3

    def test_the_letters_that_make_it_dearer_are_named(self):
        played = replay(load(STREET), "es", ["si", "Roble"], DAY)
        told = played.bubbles[-1]
        assert told.text == "¿Cuántas personas viven ahí?"
        assert told.odd == ("á", "í")
        assert played.cost == sum(one.segments for one in played.bubbles if not one.mine)

    def test_what_people_write_costs_us_nothing(self):
        played = replay(load(STREET), "en", ["yes", "x" * 1600], DAY)
        assert [one.segments for one in played.bubbles if one.mine] == [0, 0]


class TestMedia:
    def test_a_photo_is_a_press(self, street):
        page = street.play("yes", source=PHOTOS)
        assert f'value="{PHOTO}"' in page
        page = street.play("yes", source=PHOTOS, say=PHOTO)
        assert "We have received it." in bubbles(page)[-1][1]
        assert bubbles(page)[-2] == ("mine", PHOTO)


class TestBounds:
    def test_a_text_with_mistakes_is_not_played(self, street):
        page = street.play("yes", source=BROKEN)
        assert "The phone plays as soon as one thing is mended." in page
        assert bubbles(page) == []

    def test_no_more_than_300_messages_are_played(self, street):
        page = street.play(*["yes"] * 300, say="more")
        assert "The phone plays 300 messages." in page
        assert len(said(page)) == 300

    def test_a_message_of_more_than_1600_letters_is_not_said(self, street):
        page = street.play("yes", say="x" * 1601)
        assert "longer than 1,600 letters" in page
        assert said(page) == ["yes"]

    @pytest.mark.parametrize(
        "held",
        [
            "",
            "x",
            "{}",
            "[1]",
            '["' + "x" * 1601 + '"]',
            json.dumps([""] * 301),
            "[" * 5000,
            "null",
        ],
    )
    def test_what_no_page_of_ours_sends_is_refused(self, street, held):
        answer = street.post("flows/street/play", said=held, language="en", say="x")
        assert answer.status_code == 400

    def test_a_text_that_is_too_long_is_refused(self, street):
        answer = street.post("flows/street/play", said="[]", source="é" * 240_000 + "x" * 30_000)
        assert answer.status_code == 413
        assert "Too large" in answer.text

    @pytest.mark.parametrize("text", ['"\\ud800"', '"\\u0000"', '"\\u202e"'])
    def test_odd_letters_harm_nobody(self, street, text):
        assert street.post("flows/street/play", said=f"[{text}]", language="en").status_code == 200
