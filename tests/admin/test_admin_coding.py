"""Coding on the pages: whose code is whose, what is a quotation, and what a viewer sees of it."""

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from office import Visitor
from town import STREET, Town

from storage import codings, quotations
from storage.codings import THEME

THEMED = STREET.replace("water: {en:", "water: {theme: water_sanitation, label: {en:").replace(
    'es: "Agua, plomo"}', 'es: "Agua, plomo"}}'
)
STORY = "Oak Street, where the heat 🥶 is off"
OWNER, ORGANIZER, COORDINATOR = 1, 2, 3
Client = Callable[[str], FlaskClient]


@pytest.fixture
def number(town: Town) -> int:
    town.publish(THEMED)
    return town.write("+1404", "STREET", "yes", STORY, "3", "water")


def post(client: FlaskClient, address: str, **form: object) -> object:
    form = {"csrf_token": Visitor(client).token(), **form}
    return client.post(f"/admin/testimonies/{address}", data=form)


def page(client: FlaskClient, number: int) -> str:
    return " ".join(client.get(f"/admin/testimonies/{number}").text.split())


def said_of(text: str, label: str) -> str:
    """What the page says of a code: who put it, and who did not."""
    found = re.search(
        rf'<span class="badge[^"]*">{label}</span> <span class="small muted">(.*?)</span>', text
    )
    return found[1].strip() if found else ""


def test_what_follows_from_the_answer_is_said_to(client, number):
    assert said_of(page(client, number), "Water and sanitation") == "from the answer"


def test_who_codes_sees_their_codes_beside_the_answers(client, number):
    codes = ["theme/water_sanitation", "group/poor", "assessment/problem"]
    assert post(client, f"{number}/codes", code=codes).status_code == 303
    text = page(client, number)
    whose = "coordinator@example.org"
    assert said_of(text, "Water and sanitation") == f"from the answer, {whose}"
    assert said_of(text, "Persons living in poverty") == whose
    assert said_of(text, "Problem") == whose


def test_where_coders_differ_is_said_calmly(client, client_of, number):
    post(client, f"{number}/codes", code=["theme/housing"])
    post(client_of("owner"), f"{number}/codes", code=["theme/housing", "theme/energy"])
    text = page(client, number)
    assert said_of(text, "Housing") == "coordinator@example.org, owner@example.org"
    assert said_of(text, "Energy") == "owner@example.org; not by coordinator@example.org"


def test_only_what_was_unticked_on_the_page_is_taken_back(client, number, town):
    """Another page of the same coder may have put something since."""
    post(client, f"{number}/codes", code=["theme/housing", "theme/energy"])
    post(client, f"{number}/codes", shown=["theme/energy"], code=["theme/food"])
    with town.database.reading() as session:
        found = codings.of_interview(session, number)
    standing = {one.code for one in found if one.staff_id and not one.ended_at}
    assert standing == {"housing", "food"}
    assert "Taken back" in page(client, number)


@pytest.mark.parametrize("code", ["theme/nothing", "kind/housing", "housing", "theme/", "theme/\0"])
def test_what_is_no_code_is_not_put(client, number, town, code):
    assert post(client, f"{number}/codes", code=[code]).status_code == 303
    with town.database.reading() as session:
        assert all(one.staff_id is None for one in codings.of_interview(session, number))


@pytest.mark.parametrize("what", ["codes", "quotations", "quotations/1/end"])
def test_there_is_nothing_to_code_without_a_testimony(client, number, what):
    assert post(client, f"{number + 1}/{what}", passage="x").status_code == 404
    assert post(client, f"9999999999999999999/{what}", passage="x").status_code == 404


def test_a_passage_is_quoted_by_its_words(client, number, town):
    sent = {"passage": "the heat 🥶 is off", "other": "energy", "assessment": "problem"}
    assert post(client, f"{number}/quotations", **sent).status_code == 303
    text = page(client, number)
    assert '<blockquote class="words" lang="en" dir="auto">the heat 🥶 is off</blockquote>' in text
    assert "not agreed to be printed" in text
    assert said_of(text, "Energy") == "coordinator@example.org"
    town.write("+1404", "yes")
    assert "may be printed" in page(client, number)


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"passage": "", "other": "energy"}, "Select the words"),
        ({"passage": "nowhere", "other": "energy"}, "not in the answers"),
        ({"passage": "Oak Street"}, "choose a theme"),
        ({"passage": "Oak Street", "other": "nothing"}, "choose a theme"),
    ],
)
def test_what_cannot_be_quoted_is_told_with_what_was_sent(client, number, form, told):
    response = post(client, f"{number}/quotations", **form)
    assert response.status_code == 422
    assert told in response.text
    assert form["passage"] in response.text


def test_who_quoted_takes_it_back_and_nobody_else(client, client_of, number, town):
    post(client, f"{number}/quotations", passage="Oak Street", other="energy")
    post(client_of("owner"), f"{number}/quotations/1/end")
    assert "<blockquote" in page(client, number)
    post(client, f"{number}/quotations/1/end")
    assert "<blockquote" not in page(client, number)


def test_the_page_of_a_theme_has_its_law_and_its_quotations(client, number, audited):
    post(client, f"{number}/quotations", passage="Oak Street", other="housing")
    text = " ".join(client.get("/admin/coding/housing").text.split())
    assert ">Oak Street</blockquote>" in text
    assert "US: signed, not ratified (1977-10-05)" in text
    assert "US: ratified (1994-10-21)" in text
    assert "Awaiting legal review" in text
    assert "Right to adequate housing" in text
    assert audited()[-1] == (COORDINATOR, "view", "theme:housing", {"interviews": [number]})


def test_an_unknown_theme_has_no_page(client, number):
    assert client.get("/admin/coding/nothing").status_code == 404


def test_the_overview_counts_and_compares(client, client_of, number, town):
    other = town.write("+1405", "STREET", "yes", "Elm Street", "3", "heat")
    bare = town.write("+1406", "STREET", "yes")
    owner = client_of("owner")
    for one in (number, other):
        post(client, f"{one}/codes", code=["theme/housing"])
        post(owner, f"{one}/codes", code=["theme/housing"] if one == other else ["theme/food"])
    text = " ".join(client.get("/admin/coding").text.split())
    row = re.search(r"<tr> <th scope=\"row\"><a [^>]*>Housing</a></th> (.*?) </tr>", text)
    assert row
    assert re.findall(r"<td>(.*?)</td>", row[1]) == ["2", "–", "2", "–"]
    assert "both coded 2 testimonies." in text
    assert '<th scope="row">Housing</th><td>1</td><td>1</td><td>1/2</td><td>0.00</td>' in text
    differing = text[text.index('class="differing"') :]
    assert town.pseudonym("+1404") in differing
    assert town.pseudonym("+1405") not in differing
    assert f'href="/admin/testimonies/{bare}#coding"' in text


def test_many_differences_are_shown_a_page_at_a_time(client_of, town):
    town.publish(THEMED)
    owner = client_of("owner")
    for place in range(52):
        one = town.write(f"+1404{place:07}", "STREET", "yes")
        with town.database.writing() as session:
            for who, code in ((COORDINATOR, "housing"), (OWNER, "food")):
                codings.change(session, one, who, [(THEME, code)], (), town.clock())
    first = owner.get("/admin/coding").text
    assert first.count('#coding">R-') == 50
    older = re.search(r'href="(/admin/coding\?[^"#]*)[^"]*">Older', first)
    assert older
    second = owner.get(older[1].replace("&amp;", "&")).text
    assert second.count('#coding">R-') == 2


def test_a_viewer_sees_no_small_count_and_no_testimony(client_of, number, town):
    for place in range(6):
        town.write(f"+1505{place}", "STREET", "yes", "Elm Street", "2", "water")
    with town.database.writing() as session:
        codings.change(session, number, COORDINATOR, [(THEME, "racism")], (), town.clock())
    viewer = client_of("viewer")
    text = " ".join(viewer.get("/admin/coding").text.split())
    shown = dict(re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', text))
    assert "not shown" in shown["Racism"]
    assert shown["Food"] == shown["Racism"]  # nobody, and one
    assert "R-" not in text
    assert "@example.org</span>" not in text.replace("viewer@example.org", "")
    assert viewer.get("/admin/coding/housing").status_code == 403


def test_what_is_masked_cannot_be_quoted_by_who_does_not_read_behind(
    client_of, client, number, town
):
    post(client, f"{number}/mask", passage="Oak Street")
    organizer = client_of("organizer")
    response = post(organizer, f"{number}/quotations", passage="Oak Street", other="housing")
    assert response.status_code == 422
    post(organizer, f"{number}/quotations", passage="where the heat 🥶 is", other="housing")
    with town.database.reading() as session:
        (only,) = quotations.of_interview(session, ORGANIZER, number)
    assert only.words == "where the heat 🥶 is"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("theme=water_sanitation", {"first", "second"}),
        ("theme=housing", {"second"}),
        ("group=poor", {"second"}),
        ("assessment=problem", {"second"}),
        ("assessment=progress", set()),
        ("coder=3", {"second"}),
        ("coder=nobody", {"first"}),
        ("coder=nobody&theme=water_sanitation", {"first"}),
    ],
)
def test_the_list_is_narrowed_to_codes_and_coders(client, number, town, asked, found):
    other = town.write("+1405", "STREET", "yes", "Elm Street", "3", "water")
    codes = ["theme/housing", "group/poor", "assessment/problem"]
    post(client, f"{other}/codes", code=codes)
    names = {"first": town.pseudonym("+1404"), "second": town.pseudonym("+1405")}
    text = client.get(f"/admin/?{asked}").text
    assert {one for one, name in names.items() if name in text} == found
    assert "Not understood" not in text


@pytest.mark.parametrize("asked", ["theme=none", "group=x", "assessment=all", "coder=4", "coder=x"])
def test_codes_and_coders_that_there_are_not_are_named_and_left_out(client, number, asked):
    assert "Not understood and left out" in client.get(f"/admin/?{asked}").text


def test_an_export_and_a_search_keep_to_codes_too(client, number, town):
    town.write("+1405", "STREET", "yes", "Elm Street", "3", "heat")
    post(client, f"{number}/codes", code=["theme/housing"])
    table = client.get("/admin/export.csv?flow=street&theme=housing").text
    assert "Oak Street" in table
    assert "Elm Street" not in table
    form = {"csrf_token": Visitor(client).token(), "q": "street", "theme": "housing"}
    answer = client.post("/admin/search", data=form)
    text = client.get(answer.location).text
    assert town.pseudonym("+1404") in text
    assert town.pseudonym("+1405") not in text
