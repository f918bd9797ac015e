"""Meetings as staff see them: added, read, printed; and what is typed in becomes testimonies, by the engine."""

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from office import Visitor
from town import STREET, Clock, Town
from werkzeug.test import TestResponse

from storage import meetings, testimonies
from storage.meetings import Facts

COORDINATOR = 3
NEW = {
    "flow": "street",
    "title": "Town hall",
    "place": "Library",
    "host": "Us",
    "day": "2026-11-21",
    "begins": "18:00",
    "ends": "20:00",
    "timezone": "America/New_York",
    "languages": "English, Spanish",
    "access": "Step-free",
    "headcount": "40",
    "groups": "Tenants: 22\nDeaf people 3\nTenants = 1",
    "days": "3",
}
SHEET = {
    "language": "en",
    "channel": "paper",
    "agreed": "yes",
    "said_by": "person",
    "token": "t" * 24,
    "a:street": "Oak Street",
    "a:people": "3",
    "a:issues": ["2"],
    "a:since": "2026-05-01",
    "a:quote": "1",
}
Audited = Callable[[], list[tuple[int | None, str, str, dict[str, object]]]]


@pytest.fixture(autouse=True)
def published(town: Town) -> None:
    town.publish()


@pytest.fixture
def meeting(town: Town) -> int:
    now = town.clock()
    begins = now - timedelta(hours=1)
    facts = Facts(
        "street", "Town hall", "Library", "Us", begins, now, "UTC", ("English",),
        groups=(("Tenants", 22), ("Deaf people", 3)),
    )  # fmt: skip
    with town.database.writing() as session:
        return meetings.add(session, facts, COORDINATOR, now)


def post(client: FlaskClient, path: str, form: dict[str, object]) -> TestResponse:
    return client.post(path, data={"csrf_token": Visitor(client).token(), **form})


def enter(client: FlaskClient, meeting: int, **changed: object) -> TestResponse:
    form = {
        **SHEET,
        "save": "",
        **{name.replace("_", ":", 1): one for name, one in changed.items()},
    }
    return post(client, f"/admin/meetings/{meeting}/enter", form)


def whole(town: Town, number: int = 1) -> testimonies.Testimony:
    with town.database.reading() as session:
        found = testimonies.whole(session, number, town.library)
    assert found is not None
    return found


def answers(town: Town, number: int = 1) -> dict[str, object]:
    given = whole(town, number).answers
    return {one.question: one.answer.value or one.answer.words for one in given if not one.aside}


def test_a_meeting_is_added_and_read(client: FlaskClient, town: Town, audited: Audited) -> None:
    answer = post(client, "/admin/meetings/new", NEW)
    assert answer.status_code == 303
    page = client.get(answer.location).text
    for told in ("Town hall", "21 November 2026, 18:00–20:00", "America/New_York", "Step-free"):
        assert told in page
    assert re.search(r"Tenants</span> <span>23<", page)
    assert (COORDINATOR, "meeting added", "meeting:1", {}) in audited()


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"title": " "}, "Please fill this in."),
        ({"day": "soon"}, "Choose a day."),
        ({"day": "0001-01-01"}, "Choose a day."),
        ({"day": "9999-12-31", "ends": "01:00"}, "Choose a day."),
        ({"begins": "six"}, "Write the hours as 18:00."),
        ({"headcount": "many"}, "Please write a number"),
        ({"groups": "Tenants"}, "Write a group and a number on each line"),
        ({"timezone": "Mars"}, "Choose a time zone."),
        ({"flow": "none"}, "Choose a survey."),
        ({"place": "x" * 300}, "At most 200 letters"),
    ],
)
def test_what_cannot_be_used_is_said_and_the_form_comes_back_whole(
    client: FlaskClient, wrong: dict[str, str], told: str
) -> None:
    answer = post(client, "/admin/meetings/new", {**NEW, **wrong})
    assert answer.status_code == 422
    assert told in answer.text
    assert "Step-free" in answer.text


def test_a_meeting_past_midnight_ends_on_the_next_day(client: FlaskClient, town: Town) -> None:
    post(client, "/admin/meetings/new", {**NEW, "begins": "22:00", "ends": "01:00"})
    with town.database.reading() as session:
        found = meetings.get(session, 1)
    assert found is not None
    assert found.facts.ends_at - found.facts.starts_at == timedelta(hours=3)


def test_a_meeting_is_changed_afterwards(client: FlaskClient, meeting: int) -> None:
    page = client.get(f"/admin/meetings/{meeting}/edit").text
    assert "Tenants: 22" in page
    answer = post(client, f"/admin/meetings/{meeting}/edit", {**NEW, "groups": "Tenants: 30"})
    assert "30" in client.get(answer.location).text


def test_a_sheet_becomes_a_testimony_and_the_next_one_is_empty(
    client: FlaskClient, town: Town, meeting: int, audited: Audited
) -> None:
    answer = enter(client, meeting)
    assert answer.status_code == 303
    assert answers(town) == {
        "consent": "yes", "street": "Oak Street", "people": 3, "issues": ("heat",),
        "since": whole(town).answers[4].answer.value, "quote": "yes",
    }  # fmt: skip
    page = client.get(answer.location).text
    assert "Saved." in page
    assert "Oak Street" not in page
    detail = {"meeting": meeting, "consent_by": "person", "channel": "paper"}
    assert (COORDINATOR, "enter", "interview:1", detail) in audited()


def test_what_stands_where_nothing_is_asked_is_kept_aside(
    client: FlaskClient, town: Town, meeting: int
) -> None:
    enter(client, meeting, a_issues=["1"])
    assert "since" not in answers(town)
    assert [one.question for one in whole(town).answers if one.aside] == ["since"]


def test_what_cannot_be_read_comes_back_and_may_be_kept_as_it_stands(
    client: FlaskClient, town: Town, meeting: int
) -> None:
    answer = enter(client, meeting, a_people="a few")
    assert answer.status_code == 422
    assert "This cannot be read as an answer" in answer.text
    assert "Oak Street" in answer.text
    assert 'value="a few"' in client.get(f"/admin/meetings/{meeting}/enter").text
    enter(client, meeting, a_people="a few", k_people="yes")
    assert answers(town)["people"] == "a few"


def test_nothing_is_kept_without_a_consent_and_who_gave_it(
    client: FlaskClient, town: Town, meeting: int
) -> None:
    form = {name: one for name, one in SHEET.items() if name not in ("agreed", "said_by")}
    answer = post(client, f"/admin/meetings/{meeting}/enter", {**form, "save": ""})
    assert "Say whether the person agreed" in answer.text
    assert "Say who agreed or refused" in answer.text
    with town.database.reading() as session:
        assert testimonies.whole(session, 1, town.library) is None


def test_who_refused_is_counted_and_nothing_of_the_sheet_is_kept(
    client: FlaskClient, town: Town, meeting: int
) -> None:
    form = {**SHEET, "agreed": "no", "save": ""}
    assert post(client, f"/admin/meetings/{meeting}/enter", form).status_code == 303
    assert whole(town).listed.status == "declined"
    assert answers(town) == {}
    assert [one.given for one in whole(town).consents] == ["no"]


def test_the_engine_tells_a_page_what_follows_and_keeps_what_is_typed(
    client: FlaskClient, meeting: int
) -> None:
    told = post(client, f"/admin/meetings/{meeting}/enter/look", dict(SHEET)).get_json()
    assert "since" in told["shown"]
    less = post(client, f"/admin/meetings/{meeting}/enter/look", {"a:street": "Elm"}).get_json()
    assert "since" not in less["shown"]
    assert 'value="Elm"' in client.get(f"/admin/meetings/{meeting}/enter").text
    post(client, f"/admin/meetings/{meeting}/enter", {"drop": ""})
    assert 'value="Elm"' not in client.get(f"/admin/meetings/{meeting}/enter").text


def test_who_is_asked_a_question_stands_beside_it_as_on_the_printed_form(
    client: FlaskClient, meeting: int
) -> None:
    page = client.get(f"/admin/meetings/{meeting}/enter").text
    assert "Only if you marked “Heat” at 3." in page
    page = client.get(f"/admin/meetings/{meeting}/enter?language=es").text
    assert "Solo si marcó “Calefacción” en 3." in page


def test_no_field_asks_for_a_name(client: FlaskClient, meeting: int) -> None:
    page = client.get(f"/admin/meetings/{meeting}/enter").text
    assert not re.search(r"your name|full name|first name", page, re.IGNORECASE)


def test_a_viewer_sees_no_small_number_and_no_sheet(
    client_of: Callable[[str], FlaskClient], client: FlaskClient, meeting: int
) -> None:
    enter(client, meeting)
    viewer = client_of("viewer")
    assert viewer.get(f"/admin/meetings/{meeting}/enter").status_code == 403
    page = viewer.get(f"/admin/meetings/{meeting}").text
    assert '<abbr title="not shown">' in page
    assert not re.search(r"Deaf people</span> <span>3<", page)
    assert '<abbr title="not shown">' in viewer.get("/admin/meetings").text
    assert "<strong>1</strong>" in client.get("/admin/meetings").text


def test_the_channel_stands_in_the_list_and_its_filter(client: FlaskClient, meeting: int) -> None:
    enter(client, meeting)
    assert "Paper" in client.get("/admin/?channel=paper").text
    assert "wrote this down for the person" in client.get("/admin/testimonies/1").text


@pytest.mark.parametrize("what", ["form", "poster"])
def test_papers_are_printed(client: FlaskClient, meeting: int, what: str) -> None:
    answer = client.get(f"/admin/meetings/{meeting}/{what}/es.pdf")
    if what == "poster":  # this service has neither a number nor an address
        assert answer.status_code == 409
        return
    assert answer.data.startswith(b"%PDF")
    assert client.get(f"/admin/meetings/{meeting}/form/fr.pdf").status_code == 404


def test_the_form_of_a_survey_is_linked_from_its_page(
    client_of: Callable[[str], FlaskClient],
) -> None:
    organizer = client_of("organizer")
    assert "/admin/flows/street/form/en.pdf" in organizer.get("/admin/flows/street").text
    assert organizer.get("/admin/flows/street/form/en.pdf").data.startswith(b"%PDF")


def begin(client: FlaskClient, language: str = "en") -> str:
    form = {"survey": f"street:{language}", "token": "t" * 24}
    return post(client, "/admin/interviews", form).location


def say(client: FlaskClient, path: str, asked: str, **form: object) -> TestResponse:
    named = {
        name.replace("_", ":", 1) if name[:2] == "a_" else name: one for name, one in form.items()
    }
    return post(client, path, {"asked": asked, **named})


def test_an_interview_goes_question_by_question(
    client: FlaskClient, town: Town, audited: Audited
) -> None:
    path = begin(client)
    assert "May we ask you about your street?" in client.get(path).text
    unread = say(client, path, "consent", agreed="yes", said_by="person")
    assert "Read the text aloud first" in unread.text
    say(client, path, "consent", read="yes", agreed="yes", said_by="interpreter")
    say(client, path, "street", a_street="STOP")
    say(client, path, "people", refuse="")
    assert "What is wrong there?" in client.get(path).text
    say(client, path, "issues", a_issues=["1"])
    say(client, path, "quote", a_quote="2")
    assert "Thank you." in client.get(path).text
    assert answers(town)["street"] == "STOP"
    assert answers(town)["issues"] == ("water",)
    assert whole(town).listed.channel == "interview"
    assert any(
        one[1] == "interview" and one[3].get("consent_by") == "interpreter" for one in audited()
    )


def test_a_press_for_an_earlier_question_changes_nothing(client: FlaskClient, town: Town) -> None:
    path = begin(client)
    say(client, path, "consent", read="yes", agreed="yes", said_by="person")
    say(client, path, "street", a_street="Oak Street")
    say(client, path, "street", a_street="Elm Street", **{"a:people": "7"})
    assert answers(town) == {"consent": "yes", "street": "Oak Street"}


def test_what_cannot_be_used_comes_back_with_the_engines_word(client: FlaskClient) -> None:
    path = begin(client)
    say(client, path, "consent", read="yes", agreed="yes", said_by="person")
    say(client, path, "street", a_street="Oak Street")
    answer = say(client, path, "people", a_people="some")
    assert answer.status_code == 422
    assert "Please send a whole number" in answer.text
    assert 'value="some"' in answer.text
    back = say(client, path, "people", back="")
    assert 'value="Oak Street"' in client.get(back.location).text


def test_an_interview_is_paused_taken_up_and_given_a_code(client: FlaskClient) -> None:
    path = begin(client)
    say(client, path, "consent", read="yes", agreed="yes", said_by="person")
    say(client, path, "street", pause="")
    assert "This interview is paused." in client.get(path).text
    assert path in client.get("/admin/interviews").text
    given = say(client, path, "street", code="yes").text
    (code,) = re.findall(r'class="spelt">(\w{4}-\w{4})<', given)
    assert code not in client.get(path).text
    say(client, path, "street", resume="")
    assert "Which street do you live in?" in client.get(path).text


def test_who_says_no_is_asked_nothing(client: FlaskClient, town: Town) -> None:
    path = begin(client)
    say(client, path, "consent", read="yes", agreed="no", said_by="person")
    assert "We keep no answers." in client.get(path).text
    assert answers(town) == {}


def test_an_interview_by_phone_is_none_to_sit_at(client: FlaskClient, town: Town) -> None:
    number = town.write("+14045550101", "STREET", "yes")
    assert client.get(f"/admin/interviews/{number}").status_code == 404


CAREFUL = STREET.replace(
    "questions:",
    """care:
  danger: {words: {en: [going to kill me]}, label: {en: Call 911 now., es: Llame al 911.}}
questions:""",
)


def marks(town: Town, number: int = 1) -> list[tuple[str | None, str | None, str]]:
    return [(one.attention, one.slot, one.text) for one in whole(town, number).dialogue]


def test_danger_told_in_an_interview_names_help_at_once_and_is_marked(
    client: FlaskClient, town: Town
) -> None:
    town.publish(CAREFUL)
    path = begin(client, "es")
    say(client, path, "consent", read="yes", said_by="person", agreed="yes")
    answer = say(client, path, "street", a_street="He is going to kill me")
    assert answer.status_code == 200
    assert "Llame al 911." in answer.text
    assert 'role="alert" hidden' not in answer.text
    assert "¿Cuántas personas" in answer.text  # and it goes on
    assert marks(town) == [("care: danger", "street", "He is going to kill me")]
    assert answers(town)["street"] == "He is going to kill me"
    assert whole(town).listed.pseudonym in client.get("/admin/?attention=open").text


def test_danger_in_an_answer_that_cannot_be_used_is_heard_too(
    client: FlaskClient, town: Town
) -> None:
    town.publish(CAREFUL)
    path = begin(client)
    say(client, path, "consent", read="yes", said_by="person", agreed="yes")
    say(client, path, "street", a_street="Oak")
    answer = say(client, path, "people", a_people="they are going to kill me")
    assert "Call 911 now." in answer.text
    assert [mark for mark, _, _ in marks(town)] == ["care: danger"]


def test_danger_on_a_sheet_names_help_while_it_is_typed_and_after(
    client: FlaskClient, town: Town, meeting: int
) -> None:
    town.publish(CAREFUL)
    told = {**SHEET, "a:street": "Going to kill me, he said"}
    seen = post(client, f"/admin/meetings/{meeting}/enter/look", told).json
    assert seen is not None
    assert seen["help"] == ["Call 911 now."]
    saved = enter(client, meeting, a_street="Going to kill me, he said")
    assert "Call 911 now." in client.get(saved.location).text
    assert marks(town) == [("care: danger", "street", "Going to kill me, he said")]
    assert "Call 911 now." not in client.get(f"/admin/meetings/{meeting}/enter").text


def test_of_a_sheet_whose_person_refused_no_word_is_kept_for_danger_either(
    client: FlaskClient, town: Town, meeting: int
) -> None:
    town.publish(CAREFUL)
    enter(client, meeting, agreed="no", a_street="Going to kill me, he said")
    assert marks(town) == []


PIPED = STREET.replace("How many of you live there?", '"How many live in {street}?"')
PIPED = PIPED.replace(
    "  quote:",
    "  so: {type: calculate, calculation: street}\n  said: {type: note, label: 'So {so}.'}\n  quote:",
)


def test_who_may_not_see_behind_masks_reads_none_by_going_back_in_an_interview(
    client_of: Callable[[str], FlaskClient], town: Town, clock: Clock
) -> None:
    town.publish(PIPED)
    client = client_of("coordinator")
    path = begin(client)
    say(client, path, "consent", read="yes", agreed="yes", said_by="person")
    say(client, path, "street", a_street="Oak Street, ask for Rosa")
    post(client, "/admin/testimonies/1/mask", {"passage": "Rosa"})
    clock.pass_(minutes=1)
    organizer = client_of("organizer")
    seen = [organizer.get(path).text]
    say(organizer, path, "people", a_people="3")
    say(organizer, path, "issues", a_issues=["1"])
    seen += [organizer.get(path).text]
    for asked in ("quote", "issues", "people"):
        seen += [say(organizer, path, asked, back="").text, organizer.get(path).text]
    assert "Which street do you live in?" in seen[-1]
    assert "Rosa" not in "".join(seen)
    assert "Rosa" in client.get(path).text
    assert answers(town)["street"] == "Oak Street, ask for Rosa"


def test_an_interview_is_credited_to_no_meeting_of_another_survey(
    client: FlaskClient, town: Town, meeting: int
) -> None:
    town.publish(
        STREET.replace("flow: street", "flow: lane")
        .replace("[STREET]", "[LANE]")
        .replace("[CALLE]", "[SENDA]")
    )
    form = {"survey": "lane:en", "token": "t" * 24, "meeting": meeting}
    assert "This meeting has another survey." in post(client, "/admin/interviews", form).text
    form["survey"] = "street:en"
    assert post(client, "/admin/interviews", form).status_code == 303


def test_what_is_kept_while_typing_is_not_kept_again_once_it_is_saved(
    client: FlaskClient, meeting: int
) -> None:
    enter(client, meeting)
    post(client, f"/admin/meetings/{meeting}/enter/look", dict(SHEET))  # it came late
    assert "Oak Street" not in client.get(f"/admin/meetings/{meeting}/enter").text


def test_a_sheet_that_another_has_saved_stands_in_nobodys_way_to_the_next(
    client_of: Callable[[str], FlaskClient], town: Town, meeting: int
) -> None:
    """Whose log-in ends while they type may log in as another, and send it again."""
    path, first, second = (
        f"/admin/meetings/{meeting}/enter",
        *map(client_of, ("owner", "coordinator")),
    )
    post(first, f"{path}/look", dict(SHEET))
    assert enter(second, meeting).status_code == 303
    page = first.get(path).text
    assert "Oak Street" not in page
    token = re.findall(r'name="token" value="([^"]+)"', page)[0]
    enter(first, meeting, token=token, a_street="Elm Street")
    assert answers(town, 2)["street"] == "Elm Street"


def test_a_viewer_learns_no_small_survey_from_the_meetings_of_a_large_one(
    client_of: Callable[[str], FlaskClient], town: Town, clock: Clock, meeting: int
) -> None:
    """All of the large survey came by one meeting: shown beside the sum of both it would tell the small one."""
    lane = STREET.replace("flow: street", "flow: lane").replace("[STREET]", "[LANE]")
    town.publish(lane.replace("[CALLE]", "[SENDA]"))
    client = client_of("coordinator")
    for number in range(7):
        enter(client, meeting, token=f"{number}" * 24, agreed="no")
    for number in range(3):
        town.write(f"+1404{number}", "LANE", "no")
    clock.pass_(minutes=1)
    viewer = client_of("viewer")
    assert "<td>10</td>" in viewer.get("/admin/").text  # both together; neither stands there
    assert "<strong>7</strong>" not in viewer.get("/admin/meetings").text
    assert '<p class="large">7</p>' not in viewer.get(f"/admin/meetings/{meeting}").text
    assert "<strong>7</strong>" in client.get("/admin/meetings").text
