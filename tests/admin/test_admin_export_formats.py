"""Exports in the admin view: every format, nobody identified by default, and who needs to know people says why."""

import base64
import hashlib
import io
import json
import zipfile

import pytest
from office import Visitor, build_app
from openpyxl import load_workbook
from town import STREET, Town

from storage.exports import register
from storage.exports.formats import FORMATS, available
from storage.files import Place, open_store

ASKED = STREET.replace(
    "  quote:\n",
    "  call: {type: phone, label: {en: Which number?, es: ¿Qué número?}}\n"
    "  where: {type: geopoint, label: {en: Where?, es: ¿Dónde?}}\n  quote:\n",
)
REPEATED = STREET.replace(
    "  quote:\n",
    "  times:\n    repeat: {en: Again?, es: ¿Otra?}\n    questions:\n"
    "      year: {type: integer, label: {en: Year?, es: ¿Año?}}\n  quote:\n",
)


@pytest.fixture
def street(town: Town) -> Town:
    town.publish(ASKED)
    town.write("+1404", "STREET", "yes", "Oak", "4", "1", "404-555-0188", "33.748997, -84.387985")
    town.write("+1404", "yes")
    return town


@pytest.fixture
def office(street, tmp_path):
    """An app with a store of files."""
    return build_app(street, open_store(Place((tmp_path / "media").as_uri())))


def ask(app, role="coordinator", page="file", **form):
    visitor = Visitor(app.test_client())
    visitor.log_in(f"{role}@example.org")
    form = {"flow": "street", "csrf_token": visitor.token(), **form}
    return visitor.client.post(f"/admin/export/{page}", data=form, buffered=True)


@pytest.mark.parametrize("form", sorted(available()))
def test_every_format_comes_as_a_whole_file(office, audited, form):
    response = ask(office, format=form)
    content = response.get_data()
    assert response.status_code == 200
    assert response.content_type == FORMATS[form].content_type
    name = f"street-2026-11-21{FORMATS[form].ending}"
    assert response.headers["Content-Disposition"] == f"attachment; filename={name}"
    assert response.headers["Cache-Control"] == "no-store"
    digest = hashlib.sha256(content)
    assert base64.b64encode(digest.digest()).decode() in response.headers["Repr-Digest"]
    export, file = audited()[-2:]
    assert export == (3, "export", "flow:street", {"export": 1, "rows": 1, "format": form})
    assert (file[1], file[3]["sha256"]) == ("export_file", digest.hexdigest())


def test_csv_with_repeats_comes_as_an_archive_of_its_tables(town, app):
    town.publish(REPEATED)
    response = ask(app, format="csv")
    with zipfile.ZipFile(io.BytesIO(response.get_data())) as packed:
        assert "answers-times.csv" in packed.namelist()
    assert response.headers["Content-Disposition"].endswith("=street-2026-11-21.csv.zip")


def answers(response):
    return json.loads(response.get_data())["answers"]


def test_telephones_are_held_back_and_places_are_coarse(office):
    found = answers(ask(office, format="jsonl"))
    assert (found["call"], found["where"]) == ("(withheld)", "33.75 -84.39")


def test_they_are_held_back_in_the_csv_that_is_sent_while_it_is_read(office):
    visitor = Visitor(office.test_client())
    visitor.log_in("coordinator@example.org")
    text = visitor.client.get("/admin/export.csv?flow=street").text
    assert "(withheld),33.75 -84.39," in text
    assert "0188" not in text


def test_who_says_why_gets_them_and_the_reason_is_written_down(office, street, audited):
    response = ask(office, page="identified", format="jsonl", reason="to call\nback")
    assert answers(response)["call"] == "+14045550188"
    assert answers(response)["where"] == "33.748997 -84.387985"
    assert audited()[-2][3] == {
        **{"export": 1, "rows": 1, "format": "jsonl"},
        **{"identified": True, "exact": True},
    }
    with street.database.reading() as session:
        assert register.reasons(session, [1]) == {1: "to call back"}


def test_without_a_reason_nothing_is_sent(office, audited):
    response = ask(office, page="identified", format="jsonl", reason="  ")
    assert (response.status_code, "Say why" in response.text) == (422, True)
    assert audited()[-1][1] == "log-in"


@pytest.mark.parametrize(
    ("role", "page", "status"),
    [
        ("owner", "identified", 200),
        ("coordinator", "identified", 200),
        ("organizer", "identified", 403),
        ("organizer", "file", 200),
        ("viewer", "identified", 403),
        ("viewer", "file", 403),
    ],
)
def test_who_may_export_and_who_may_know_people(office, role, page, status):
    response = ask(office, role, page, format="jsonl", reason="to call back")
    assert response.status_code == status
    response.close()


def test_who_may_not_is_not_offered_it(street, client_of):
    assert "Download with them" in client_of("coordinator").get("/admin/export").text
    assert "Download with them" not in client_of("organizer").get("/admin/export").text


def test_labels_and_a_scope_are_chosen(street, office):
    form = {"format": "jsonl", "labels": "1", "label_language": "es", "scope": "media"}
    found = answers(ask(office, **form))
    assert (found["issues"], found["street"]) == (["Agua, plomo"], None)


def test_a_workbook_opens(office):
    response = ask(office, format="xlsx")
    assert load_workbook(io.BytesIO(response.get_data())).sheetnames == [
        *("answers", "codebook", "consents")
    ]


@pytest.mark.parametrize(
    "form",
    [{"format": "exe"}, {"format": "csv", "flow": "nowhere"}, {"format": "csv", "scope": "all"}],
)
def test_what_there_is_not_is_not_found(office, form):
    assert ask(office, **form).status_code == 404


@pytest.mark.parametrize("form", [{"status": "happy"}, {"label_language": "fr", "labels": "1"}])
def test_what_is_not_understood_is_asked_again(office, audited, form):
    response = ask(office, format="jsonl", **form)
    assert response.status_code == 422
    assert 'role="alert"' in response.text or "Not understood" in response.text
    assert audited()[-1][1] == "log-in"


def test_a_format_that_cannot_hold_it_says_so(town, app, audited):
    town.publish()
    response = ask(app, format="geojson")
    assert (response.status_code, "no place" in response.text) == (422, True)
    assert audited()[-1][1] == "log-in"


def test_a_form_from_elsewhere_exports_nothing(street, client):
    assert client.post("/admin/export/file", data={"flow": "street"}).status_code == 400


def test_codes_come_when_they_are_asked_for_and_the_log_says_so(office, audited):
    assert "themes" not in ask(office, format="csv").text.splitlines()[0]
    response = ask(office, format="csv", codes="1")
    assert ",themes,groups,assessment," in response.text.splitlines()[0]
    assert [detail.get("codes") for _, action, _, detail in audited() if action == "export"] == [
        None,
        True,
    ]
