"""The formats of an export: each says what the table says, with its own types, and the same from the same answers."""

import csv
import io
import json
import re
import zipfile
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update

from storage.db import Database
from storage.exports.dictionary import valid_names
from storage.exports.formats import FORMATS, Unfit, available, guessed
from storage.files import Store
from storage.library import Library
from storage.models import MessageRow
from tests.storage.exporting import extract, made, two
from tests.storage.material import publish, source, tell
from tests.storage.test_attachments import COPY, LATER, keep, told
from tests.storage.test_attachments import store as store  # a fixture: whoever names it gets it


def entries(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


def read(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_a_line_of_json_is_an_interview_with_its_repeats_inside(database: Database) -> None:
    two(database)
    first, second = (json.loads(line) for line in made("jsonl", extract(database)).splitlines())
    assert first["answers"] == {
        **{"said": "=1+1, he said", "people": 3, "moved": "1999-12-31", "home": "flat"},
        **{"pets": ["cat", "dog"], "where": "33.75 -84.39", "call": "(withheld)"},
        **{"papers": "(withheld)", "quote": "yes"},
    }
    assert first["repeats"] == {
        "incidents": [
            {"index": 1, "year": 2020, "what": "A door"},
            {"index": 2, "year": 2021, "what": "(refused)"},
        ]
    }
    assert (first["interview"], first["completed_at"]) == (1, "2026-05-31T12:00:00Z")
    assert second["answers"]["people"] == "lots"  # kept as written
    assert second["answers"]["moved"] == "(refused)"


def test_json_has_labels_where_they_are_asked_for(database: Database) -> None:
    two(database)
    found = extract(database, labels=True, language="es")
    whole = json.loads(made("jsonl", found).splitlines()[0])
    first = whole["answers"]
    assert whole["language"] == "Inglés"
    assert (first["home"], first["pets"], first["quote"]) == ("Piso", ["Gatos", "Perros"], "Si")


@pytest.mark.parametrize("form", ["csv", "jsonl", "spss", "datapackage", "geojson", "xlsx"])
def test_the_same_answers_give_the_same_bytes(database: Database, form: str) -> None:
    two(database)
    assert made(form, extract(database)) == made(form, extract(database))


def workbook(content: bytes) -> Any:
    return load_workbook(io.BytesIO(content))


def test_a_workbook_has_a_sheet_for_everything(database: Database) -> None:
    two(database)
    book = workbook(made("xlsx", extract(database)))
    assert book.sheetnames == ["answers", "incidents", "codebook", "consents"]
    assert all(sheet.freeze_panes == "B2" for sheet in book)
    assert all(cell.font.bold for cell in book["answers"][1])
    assert [cell.value for cell in book["incidents"][1]] == ["interview", "index", "year", "what"]
    assert [cell.value for cell in book["incidents"][2]] == [1, 1, 2020, "A door"]
    assert [cell.value for cell in book["codebook"][2]][:2] == ["said", "text"]
    assert book["consents"].max_row == 5


def test_the_cells_of_a_workbook_have_their_types(database: Database) -> None:
    two(database)
    sheet = workbook(made("xlsx", extract(database)))["answers"]
    names = [cell.value for cell in sheet[1]]
    first, second = (dict(zip(names, row, strict=True)) for row in sheet.iter_rows(min_row=2))
    assert first["started_at"].value == datetime(2026, 5, 31, 12)  # noqa: DTZ001 - Excel knows no zones
    assert first["moved"].value == datetime(1999, 12, 31)  # noqa: DTZ001 - the same
    assert (first["people"].value, first["pets/cat"].value) == (3, 1)
    assert (first["said"].value, first["said"].data_type) == ("'=1+1, he said", "s")
    assert (second["people"].value, second["people"].data_type) == ("lots", "s")
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_spss_reads_every_variable_by_a_name_that_it_takes(database: Database) -> None:
    two(database)
    files = entries(made("spss", extract(database, language="es")))
    assert sorted(files) == [
        f"answers{end}" for end in ("-incidents.csv", "-incidents.sps", ".csv", ".sps")
    ]
    first, second = read(files["answers.csv"])
    assert (first["people"], first["pets_cat"], first["home"]) == ("3", "1", "flat")
    assert (second["people"], second["people_words"]) == ("", "lots")
    assert (second["pets_cat"], second["moved"]) == ("-999999999", "1583-01-01")  # refused
    assert (first["papers"], second["call"]) == ("#hidden", "#hidden")
    assert "pets" not in first
    syntax = files["answers.sps"].decode()
    declared = re.findall(r"^    (\w+) \w+$", syntax, re.MULTILINE)
    assert declared == list(first)
    assert "VALUE LABELS home\n  'house' 'Casa'\n  'flat' 'Piso'\n" in syntax
    assert "VALUE LABELS language\n  'en' 'Inglés'\n  'es' 'Español'.\n" in syntax
    assert "MISSING VALUES people (-999999999, -999999998).\n" in syntax
    assert "MISSING VALUES moved (6825600, 6912000).\n" in syntax
    assert "VARIABLE LABELS said\n  '¿Qué pasó?'.\n" in syntax


def test_no_two_names_of_spss_are_the_same() -> None:
    long = "a" * 63
    names = valid_names(
        [long, f"{long}/b", f"{long}/c", "x/y", "x_y", "X_Y", "and", "9", "é", "a_"]
    )
    assert len({name.upper() for name in names}) == len(names)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]{0,63}", name) for name in names)
    assert "and" not in names


def test_nothing_in_a_label_ends_the_syntax(database: Database) -> None:
    publish(
        database,
        source("  a: {type: text, label: \"It's over.\\n.\\nHOST COMMAND=['rm'].  \"}\n"),
    )
    syntax = entries(made("spss", extract(database)))["answers.sps"].decode()
    assert "  'It''s over. . HOST COMMAND=[''rm''].'.\n" in syntax


@pytest.mark.skipif(find_spec("pyreadstat") is None, reason="the extra sav is not installed")
def test_spss_s_own_file_has_labels_and_missing_values(database: Database, tmp_path: Path) -> None:
    import pyreadstat  # here, because it is an extra

    shelf = Library()
    publish(database, source())
    tell(
        database,
        shelf,
        "SMALL",
        "yes",
        "He shouted",
        "3",
        "950.25",
        "1999-12-31",
        "2",
        "1 2",
        "yes",
    )
    tell(database, shelf, "SMALL", "yes", *("SKIP",) * 7, address="5501")
    path = tmp_path / "answers.sav"
    path.write_bytes(made("sav", extract(database)))
    frame, meta = pyreadstat.read_sav(str(path), user_missing=True)
    first, second = frame.to_dict("records")
    assert (first["said"], first["people"], first["rent"]) == ("He shouted", 3, 950.25)
    assert (first["moved"], first["home"], first["pets_dog"]) == (date(1999, 12, 31), "flat", 1)
    assert (second["people"], second["home"]) == (-999_999_999, "#refused")
    assert meta.column_names_to_labels["home"] == "Which home?"
    assert meta.variable_value_labels["home"]["flat"] == "Flat"
    assert meta.variable_value_labels["people"][-999_999_999] == "Refused"
    assert pyreadstat.read_sav(str(path))[0]["people"].isna().tolist() == [False, True]


@pytest.mark.skipif(find_spec("pyreadstat") is None, reason="the extra sav is not installed")
def test_spss_s_own_file_does_not_say_when_it_was_made(database: Database) -> None:
    publish(database, source())
    tell(database, Library(), "SMALL", "yes", "He shouted", "3")
    content = made("sav", extract(database))
    assert content[92:109] == b"01 Jan 8000:00:00"
    assert made("sav", extract(database)) == content


@pytest.mark.skipif(find_spec("pyreadstat") is None, reason="the extra sav is not installed")
def test_spss_s_own_file_holds_no_repeats(database: Database) -> None:
    two(database)
    with pytest.raises(Unfit, match="repeats"):
        made("sav", extract(database))


@pytest.mark.skipif(find_spec("pyreadstat") is not None, reason="the extra sav is installed")
def test_without_its_library_spss_s_own_file_says_what_to_install(database: Database) -> None:
    two(database)
    assert "sav" not in available()
    with pytest.raises(Unfit, match=r"testimony\[sav\]"):
        made("sav", extract(database))


def test_a_map_has_the_places_coarse_and_nothing_that_was_written(database: Database) -> None:
    two(database)
    found = json.loads(made("geojson", extract(database)))
    (place,) = found["features"]
    assert place["geometry"] == {"type": "Point", "coordinates": [-84.39, 33.75]}
    told = place["properties"]
    assert (told["question"], told["day"], told["people"], told["home"]) == (
        *("where", "2026-05-31"),
        *(3, "flat"),
    )
    assert not {"said", "call", "where", "started_at"} & told.keys()
    (exact,) = json.loads(made("geojson", extract(database, exact=True)))["features"]
    assert exact["geometry"]["coordinates"] == [-84.387985, 33.748997]


def test_a_map_of_a_flow_without_places_is_refused(database: Database) -> None:
    publish(database, source())
    with pytest.raises(Unfit, match="no place"):
        made("geojson", extract(database))


CASTS = {"integer": int, "number": float, "string": str, "date": date.fromisoformat}
CASTS |= {"datetime": datetime.fromisoformat}


def test_a_data_package_says_what_every_column_is(database: Database) -> None:
    two(database)
    files = entries(made("datapackage", extract(database)))
    package = json.loads(files["datapackage.json"])
    assert (package["profile"], package["name"]) == ("tabular-data-package", "small")
    assert {one["path"] for one in package["resources"]} | {"datapackage.json"} == set(files)
    for resource in package["resources"]:
        fields = resource["schema"]["fields"]
        content = files[resource["path"]]
        assert (len(content), content[:3]) == (
            resource["bytes"],
            content[:3].lstrip(b"\xef\xbb\xbf"),
        )
        for row in read(content):
            assert list(row) == [field["name"] for field in fields]
            for field in fields:
                cell = row[field["name"]]
                if cell not in resource["schema"].get("missingValues", [""]):
                    CASTS[field["type"]](cell)
    main = package["resources"][0]["schema"]
    assert main["primaryKey"] == "interview"
    assert {"name": "people", "title": "How many?", "type": "integer"} in main["fields"]
    assert {"name": "people/words", "title": "How many? (words)", "type": "string"} in main[
        "fields"
    ]


def test_an_archive_has_the_tables_and_the_cleaned_files(database: Database, store: Store) -> None:
    number = told(database)
    keep(database, store)
    files = entries(made("zip", extract(database, files=store)))
    assert sorted(files) == [
        "answers.csv",
        "codebook.csv",
        "consents.csv",
        "files.csv",
        f"files/{number}-1.png",
    ]
    assert files[f"files/{number}-1.png"] == COPY
    (listed,) = read(files["files.csv"])
    assert (listed["interview"], listed["attachment"], listed["type"]) == (
        *(str(number), "1"),
        "image/png",
    )


def test_an_archive_has_no_files_of_who_did_not_agree(database: Database, store: Store) -> None:
    told(database)
    keep(database, store)
    files = entries(made("zip", extract(database, files=store, scope="media")))
    assert [name for name in files if name.startswith("files/")] == []


def test_a_file_that_answers_a_sensitive_question_stays_here(
    database: Database, store: Store
) -> None:
    number = told(database)
    keep(database, store)
    marked = source().replace(
        "{type: text, label: What", "{type: text, sensitive: true, label: What"
    )
    publish(
        database, marked.replace('  again: {type: note, label: "You said {said}."}\n', ""), LATER
    )
    with database.writing() as session:
        session.execute(update(MessageRow).values(slot="said"))
    assert f"files/{number}-1.png" not in entries(made("zip", extract(database, files=store)))
    known = extract(database, files=store, identified=True)
    assert f"files/{number}-1.png" in entries(made("zip", known))


def test_a_file_that_is_away_is_listed_as_such(database: Database, store: Store) -> None:
    told(database)
    store.delete(keep(database, store).cleaned)
    files = entries(made("zip", extract(database, files=store)))
    (listed,) = read(files["files.csv"])
    assert (listed["file"], listed["note"]) == ("", "not readable at the moment")


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("a.csv", "csv"),
        ("a", "csv"),
        ("a.XLSX", "xlsx"),
        ("a.ndjson", "jsonl"),
        ("a.zip", "zip"),
        ("a.spss.zip", "spss"),
        ("a.datapackage.zip", "datapackage"),
        ("a.geojson", "geojson"),
        ("a.sav", "sav"),
        ("a.xls", None),
    ],
)
def test_the_ending_of_a_file_names_its_format(name: str, form: str | None) -> None:
    assert guessed(Path(name)) == form


@pytest.mark.parametrize("form", sorted(set(FORMATS) - {"sav", "geojson", "zip", "jsonl"}))
def test_a_flow_that_nobody_told_anything_of_can_be_exported(database: Database, form: str) -> None:
    publish(database, source())
    assert made(form, extract(database))
