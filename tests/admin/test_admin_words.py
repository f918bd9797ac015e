"""The layers over words on the page of a testimony: masking, suggestions, removal by two, translations."""

import re

import pytest
from office import Visitor
from town import STREET

STORY = STREET.replace(
    "  people:",
    "  name: {type: text, label: {en: What is your name?, es: ¿Cómo se llama?}}\n  people:",
)
WHERE = "12 Oak Street, ask for Rosa"


@pytest.fixture
def told(town):
    town.publish(STORY)
    return town.write("+1404", "STREET", "yes", WHERE, "Rosa Parra", "4")


@pytest.fixture
def press(client_of, clock):
    def press(role, address, **form):
        clock.pass_(minutes=1)  # so many log-ins in a row are slowed down
        client = client_of(role)
        form["csrf_token"] = Visitor(client).token()
        return client.post(f"/admin/testimonies/1/{address}", data=form)

    return press


@pytest.fixture
def page(client_of, told, clock):
    def page(role="organizer"):
        clock.pass_(minutes=1)
        return client_of(role).get("/admin/testimonies/1").text

    return page


def bare(page: str) -> str:
    return re.sub(r"<[^>]+>", "", page)


def test_words_that_are_typed_are_masked_for_those_who_may_not_see_behind(press, page):
    assert press("coordinator", "mask", passage="ask for ROSA").status_code == 303
    assert "ask for" not in page()
    assert "12 Oak Street, [masked: █████]" in bare(page())
    assert "Some words are masked." in page()
    assert "ask for Rosa" in page("owner")


def test_a_passage_that_was_selected_is_masked_by_its_place(press, page, town):
    form = {"answer": "2", "start": "0", "end": "2", "passage": "12"}
    press("owner", "mask", **form)
    assert "[masked: 12] Oak Street" in bare(page("owner"))


@pytest.mark.parametrize("words", ["", "Elm Street"])
def test_what_cannot_be_found_is_said_and_nothing_is_lost(press, told, words):
    response = press("owner", "mask", passage=words, reason="because")
    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert 'value="because"' in response.text


def test_suggestions_are_shown_and_not_applied(page):
    shown = page("coordinator")
    assert "12 Oak Street</q>" in shown
    assert "street address" in shown
    assert "Rosa</q>" in shown  # the name the person gave, in another answer
    assert "12 Oak Street" in page()
    assert "could tell who somebody is" not in page()


def test_one_press_masks_one_suggestion_and_another_all(press, page):
    names = re.findall(r'name="place" value="([\d-]+)">', page("coordinator"))
    every = sorted(set(names))
    assert len(every) == 3  # the street, the name where it recurs, the name itself
    press("coordinator", "mask/suggested", place=every[0])
    assert "12 Oak Street" not in page()
    assert "Rosa" in page()
    press("coordinator", "mask/suggested", place=every)
    assert "Rosa" not in page()


def test_a_place_that_nobody_suggests_is_not_masked(press, page):
    press("owner", "mask/suggested", place="2-0-1")
    assert "[masked" not in page("owner")


def test_a_mask_is_lifted_by_a_press(press, page):
    press("owner", "mask", passage="Oak")
    press("coordinator", "masks/1/lift")
    assert "12 Oak Street" in page()
    assert "Unmasked by" in page("owner")


def test_two_people_remove_words_for_good(press, page, audited):
    press("owner", "mask", passage="Oak", reason="the street")
    press("owner", "masks/1/ask")
    assert "Another coordinator or owner has to agree" in page("owner")
    press("owner", "masks/1/agree")
    assert "Oak" in page("owner")
    assert "asks to remove these words for good" in page("coordinator")
    press("coordinator", "masks/1/agree")
    shown = page("owner")
    assert "Oak" not in shown
    assert "Removed for good" in shown
    done = [(action, detail) for _, action, _, detail in audited() if "remov" in action]
    assert done == [("removal asked", {"mask": 1}), ("removed", {"mask": 1})]


@pytest.mark.parametrize("deed", ["burn", "", "ask/agree"])
def test_there_is_no_other_deed(press, told, deed):
    assert press("owner", f"masks/1/{deed}").status_code in (404, 405)


def test_a_translation_stands_beside_the_words_with_who_and_when(press, page):
    response = press("organizer", "answers/2/translate", to="es", words="Calle 12 <b>")
    assert response.location.endswith("#answer-2")
    shown = page("organizer")
    assert "Calle 12 &lt;b&gt;" in shown
    assert "Spanish, translated by organizer@example.org" in shown
    assert WHERE in shown


def test_the_reader_chooses_which_words_to_see(press, client_of, told):
    press("organizer", "answers/2/translate", to="es", words="Calle 12")
    client = client_of("owner")
    only = client.get("/admin/testimonies/1?words=original").text.split("<details")[0]
    assert "Calle 12" not in only
    first = client.get("/admin/testimonies/1?words=es").text
    assert first.index("Calle 12") < first.index('data-passage="2"')


@pytest.mark.parametrize(("answer", "to"), [(2, "xx"), (999, "es"), (4, "es")])
def test_what_cannot_be_translated_is_no_page(press, told, answer, to):
    assert press("owner", f"answers/{answer}/translate", to=to, words="x").status_code == 404


def test_a_translation_goes_into_another_language_of_the_survey_first(page):
    assert re.findall(r'<option value="(\w+)" selected>', page().split('name="to"')[1])[0] == "es"
