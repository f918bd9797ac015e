"""The list of flows and the page of one: what is published, what is written, who is under way, how far they come."""

import html
from xml.etree import ElementTree

import pytest
from town import STREET
from workshop import BETTER, BROKEN


def flat(page):
    return " ".join(page.split())


@pytest.fixture
def street(town, organizer):
    town.publish()
    return organizer


class TestList:
    def page(self, organizer):
        return flat(html.unescape(organizer.client.get("/admin/flows").text))

    def test_without_surveys_it_shows_how_to_begin(self, organizer):
        page = self.page(organizer)
        assert "No surveys yet" in page
        assert 'href="/admin/new-flow"' in page

    def test_it_names_what_is_published_with_its_words_and_languages(self, street):
        page = self.page(street)
        assert "Life in our street" in page
        assert "starts with STREET, CALLE" in page
        assert "English" in page
        assert 'Spanish <span class="muted">complete, not reviewed' in page
        assert "21 Nov 2026, 13:05" in page
        assert "by the command line" in page

    def test_it_counts_the_interviews_under_way(self, street, town):
        town.write("+1", "STREET", "yes")
        town.write("+2", "STREET", "no")
        assert "<dt>Under way</dt><dd>1</dd>" in self.page(street)

    def test_a_draft_is_named_and_what_is_to_mend_in_it(self, street):
        street.save(BETTER)
        assert ">Draft</span>" in self.page(street)
        street.save(BROKEN, 1)
        assert ">Draft, 1 to mend</span>" in self.page(street)

    def test_a_survey_that_is_only_a_draft_stands_there_too(self, organizer):
        organizer.post("new-flow", title="Bus stops")
        page = self.page(organizer)
        assert "Never published" in page
        assert "Bus stops" in page

    def test_a_survey_that_no_menu_offers_says_so(self, street, town):
        assert "By keyword and link only" not in self.page(street)
        town.clock.pass_(hours=1)
        town.publish(STREET + "unlisted: true\n")
        assert "By keyword and link only" in self.page(street)

    def test_a_language_that_lacks_texts_says_how_many(self, street, town):
        town.clock.pass_(hours=1)
        town.publish(BETTER)
        page = self.page(street)
        assert 'Spanish <span class="muted">1 of 12 texts missing</span>' in page
        assert "2 versions" in page


class TestPage:
    def test_it_shows_how_far_people_come(self, street, town):
        town.write("+1", "STREET", "yes", "Oak", "skip")
        town.write("+2", "STREET", "yes", "STOP")
        page = flat(street.get("street"))
        row = page.split("How many of you live there?")[1].split("</tr>")[0]
        numbers = [
            cell.split(">")[1].split("<")[0] for cell in row.split('<td role="cell" class="n')[1:]
        ]
        assert numbers == ["1", "0", "1", "0", "0"]
        left = page.split("Which street do you live in?")[1].split("</tr>")[0]
        assert left.endswith('data-label="left">1</td> ')

    def test_nobody_yet_is_said_in_words(self, street):
        assert "Nobody has begun it yet." in street.get("street")

    def test_every_version_can_be_taken_away_and_gone_back_to(self, street, town):
        town.clock.pass_(hours=1)
        town.publish(BETTER)
        page = street.get("street")
        assert 'href="/admin/flows/street/versions/1"' in page
        assert 'href="/admin/flows/street/versions/2"' not in page
        assert 'href="/admin/flows/street/versions/2.yaml"' in page

    def test_a_draft_without_mistakes_leads_to_publishing(self, street):
        street.save(BROKEN)
        assert 'href="/admin/flows/street/publish"' not in street.get("street")
        street.save(BETTER, 1)
        assert 'href="/admin/flows/street/publish"' in street.get("street")


class TestPicture:
    def test_it_is_drawn_in_the_language_that_is_asked_for(self, street):
        for language, words in [
            ("en", "Which street"),
            ("es", "En qué calle"),
            ("xx", "Which street"),
        ]:
            answer = street.client.get(f"/admin/flows/street/picture.svg?language={language}")
            assert answer.content_type == "image/svg+xml; charset=utf-8"
            ElementTree.fromstring(answer.data)  # noqa: S314 - our own
            assert words in answer.text.replace("\\xa0", " ")

    def test_a_draft_that_cannot_be_one_has_no_picture(self, organizer):
        organizer.save(STREET, flow="street")
        assert organizer.client.get("/admin/flows/street/picture.svg").status_code == 200
        organizer.save(BROKEN, 1)
        assert organizer.client.get("/admin/flows/street/picture.svg").status_code == 404
        assert organizer.client.get("/admin/flows/street").status_code == 200
