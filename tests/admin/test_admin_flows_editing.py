"""Writing a flow: every text is kept, every mistake is told at its line, and nobody writes over another."""

import io

import pytest
from town import STREET
from workshop import BETTER, BROKEN, CLASHING, Organizer


def mistakes(told):
    """What was told but for the hints, of which a newer checker may have more."""
    return [one for one in told["findings"] if not one["warning"]]


@pytest.fixture
def street(town, organizer):
    town.publish()
    return organizer


class TestSaving:
    def test_the_page_begins_with_what_is_published(self, street):
        page = street.get("street/edit")
        assert STREET.strip() in page
        assert "The published text" in page
        assert 'name="revision" value="0"' in page

    def test_what_is_saved_is_there_when_the_page_is_opened_again(self, street):
        answer = street.save(BETTER)
        assert (answer.status_code, answer.location) == (303, "/admin/flows/street/edit")
        page = street.get("street/edit")
        assert "What is your street called?" in page
        assert "Draft saved 21 Nov 2026, 13:05 by organizer@example.org" in page
        assert 'name="revision" value="1"' in page

    def test_a_saved_draft_changes_nothing_for_those_who_write_to_us(self, street, town):
        street.save(BETTER)
        town.write("+1404", "STREET", "yes")
        assert len(street.versions()) == 1

    def test_a_text_with_mistakes_is_kept_and_its_mistakes_told(self, street):
        street.save(BROKEN)
        assert street.draft().source == BROKEN
        page = street.get("street/edit")
        assert "There is no type “intger”." in page
        assert "1 to mend" in page

    def test_the_line_ends_of_a_form_become_those_of_a_file(self, street):
        street.save(STREET.replace("\n", "\r\n"))
        assert street.draft().source == STREET

    def test_a_script_is_told_the_saving_it_made(self, street):
        json = {"Accept": "application/json"}
        first = street.post("flows/street/edit", source=STREET, revision=0, headers=json)
        second = street.post("flows/street/edit", source=BETTER, revision=1, headers=json)
        assert (first.json, second.json) == ({"revision": 1}, {"revision": 2})

    def test_it_is_written_to_the_audit_log(self, street, audited):
        street.save(STREET)
        assert audited()[-1][1:] == ("draft saved", "flow:street", {"revision": 1})

    def test_the_saved_text_can_be_taken_away_as_a_file(self, street):
        street.save(BETTER)
        answer = street.client.get("/admin/flows/street/draft.yaml")
        assert answer.text == BETTER
        assert answer.headers["Content-Disposition"] == "attachment; filename=street.yaml"
        assert street.client.get("/admin/flows/street/versions/1.yaml").text == STREET

    @pytest.mark.parametrize(
        ("source", "why"),
        [
            ("# " + "é" * 300_000, "longer than 500 kB"),
            ("flow: street\0", "no letter (NUL)"),
        ],
    )
    def test_what_cannot_be_kept_is_refused_and_stays_on_the_page(self, street, source, why):
        answer = street.save(source)
        assert answer.status_code == 422
        assert why in answer.text
        assert "your text is still here" in answer.text
        assert source[:14] in answer.text
        assert street.draft() is None

    def test_a_script_is_told_why_too(self, street):
        json = {"Accept": "application/json"}
        answer = street.post("flows/street/edit", source="\0", revision=0, headers=json)
        assert answer.status_code == 422
        assert "NUL" in answer.json["refused"]

    @pytest.mark.parametrize("revision", ["", "x", "-1", "²", "9" * 40])
    def test_a_saving_that_there_never_was_overwrites_nothing(self, street, revision):
        street.save(STREET)
        answer = street.post("flows/street/edit", source=BETTER, revision=revision)
        assert answer.status_code == 409
        assert street.draft().source == STREET

    def test_hostile_words_stay_words(self, street):
        street.save("</textarea><script>alert(1)</script>")
        page = street.client.get("/admin/flows/street/edit").text
        assert "<script>alert" not in page


class TestTwoAtOnce:
    @pytest.fixture
    def both(self, street, client_of, town):
        street.save(STREET)
        return street, Organizer(client_of("owner"), town.database)

    def test_the_second_is_told_and_keeps_her_words_and_nothing_is_overwritten(self, both):
        first, second = both
        first.save(BETTER, 1)
        answer = second.save(BROKEN, 1)
        assert answer.status_code == 409
        assert "organizer@example.org saved this survey" in answer.text
        assert "intger" in answer.text.split("<textarea")[1]
        assert "What is your street called?" in answer.text.split("<textarea")[0].replace(
            "<mark>", ""
        ).replace("</mark>", "")
        assert first.draft().source == BETTER
        assert first.draft().revision == 2

    def test_she_may_then_save_hers_over_theirs(self, both):
        first, second = both
        first.save(BETTER, 1)
        page = second.save(BROKEN, 1).text
        assert "Save mine over theirs" in page
        assert 'name="revision" value="2"' in page
        assert second.save(BROKEN, 2).status_code == 303
        assert first.draft().source == BROKEN

    def test_a_draft_that_was_published_meanwhile_takes_no_words_with_it(self, both):
        first, second = both
        assert first.save(BETTER, 1).status_code == 303
        assert first.publish(although=["es"]).status_code == 303
        answer = second.save(BROKEN, 1)
        assert answer.status_code == 409
        assert "The draft you were writing on is gone" in answer.text
        assert "intger" in answer.text.split("<textarea")[1]
        assert second.draft() is None
        assert second.save(BROKEN, 0).status_code == 303

    def test_a_first_draft_is_not_written_over_by_another_first_draft(
        self, street, client_of, town
    ):
        other = Organizer(client_of("owner"), town.database)
        street.save(BETTER)
        assert other.save(BROKEN).status_code == 409
        assert street.draft().source == BETTER


class TestChecking:
    def test_a_whole_flow_has_nothing_to_mend(self, street):
        assert street.check(STREET)["mistakes"] == 0

    def test_a_mistake_is_told_at_its_line_and_column_with_its_cure(self, street):
        told = street.check(BROKEN)
        line = BROKEN[: BROKEN.index("intger")].count("\n") + 1
        assert told["mistakes"] == 1
        assert mistakes(told) == [
            {
                "line": line,
                "column": 11,
                "message": "There is no type “intger”.",
                "cure": "Did you mean integer?",
                "warning": False,
                "language": "en",
                "where": f"Line {line}",
            }
        ]

    def test_a_mistake_in_an_included_block_is_told_at_its_line_of_the_whole_text(self, street):
        block = "questions:\n  age: {type: intger, label: How old are you?}\n"
        source = STREET.replace(
            "questions:\n", "questions:\n  about: {include: about.yaml, label: About you}\n"
        )
        whole = f"{source}--- # about.yaml\n{block}"
        (finding,) = mistakes(street.check(whole))
        assert (
            whole.split("\n")[finding["line"] - 1]
            == "  age: {type: intger, label: How old are you?}"
        )

    def test_a_name_that_is_not_the_address_is_a_mistake(self, street):
        (finding,) = mistakes(street.check(STREET, flow="park"))
        assert finding["message"] == "This survey is called park, but the text says street."

    def test_a_keyword_of_another_survey_is_a_mistake(self, street):
        told = street.check(CLASHING, flow="avenue")
        assert [one["message"] for one in mistakes(told)] == [
            "The keyword “street” also starts street."
        ]

    @pytest.mark.parametrize(
        "source", ["", "{", "- a\n- b", "flow: street", "\t", "a: &b c\nd: *b"]
    )
    def test_anything_may_be_typed(self, street, source):
        assert street.check(source)["mistakes"] > 0
        assert (
            street.save(source, street.draft().revision if street.draft() else 0).status_code == 303
        )
        assert "to mend" in street.get("street/edit")
        assert street.client.get("/admin/flows").status_code == 200
        assert street.client.get("/admin/flows/street").status_code == 200

    def test_what_is_only_checked_is_not_kept(self, street, audited):
        street.check(BETTER)
        assert street.draft() is None
        assert audited()[-1][1] == "log-in"

    def test_of_very_many_mistakes_as_many_are_told_as_a_page_can_show(self, street):
        source = STREET + "".join(f"odd{number}: 1\n" for number in range(1000))
        told = street.check(source)
        assert told["mistakes"] >= len(told["findings"]) == 200

    def test_a_text_that_is_too_long_is_refused(self, street):
        assert "500 kB" in street.check("#" * 500_001)["refused"]


class TestUploading:
    def test_a_file_takes_the_place_of_the_text(self, street):
        assert street.upload(BETTER.encode()).status_code == 303
        assert street.draft().source == BETTER

    def test_a_mark_at_the_beginning_of_a_file_is_left_out(self, street):
        street.upload(b"\xef\xbb\xbf" + STREET.replace("\n", "\r\n").encode())
        assert street.draft().source == STREET

    @pytest.mark.parametrize(
        ("raw", "why"),
        [
            (b"", "empty"),
            (b"flow: street\ntitle: caf\xe9", "Line 2 of this file is not UTF-8 text"),
            (STREET.encode("utf-16"), "saved as UTF-16"),
            (b"PK\x03\x04\x00\x00", "not a text file"),
            (b"#" * 500_001, "larger than 500 kB"),
            (CLASHING.encode(), "This file holds the survey avenue, not street."),
        ],
    )
    def test_what_is_no_text_of_this_survey_is_refused(self, street, raw, why):
        answer = street.upload(raw)
        assert answer.status_code == 422
        assert why in answer.text
        assert street.draft() is None

    def test_a_broken_file_is_kept_like_a_broken_text(self, street):
        assert street.upload(BROKEN.encode()).status_code == 303
        assert street.draft().source == BROKEN


class TestDiscarding:
    def test_the_published_text_is_there_again(self, street, audited):
        street.save(BETTER)
        assert street.post("flows/street/discard", revision=1).location == "/admin/flows/street"
        assert street.draft() is None
        assert "The published text" in street.get("street/edit")
        assert audited()[-1][1:] == ("draft discarded", "flow:street", {})

    def test_what_was_saved_since_is_not_thrown_away(self, street):
        street.save(STREET)
        street.save(BETTER, 1)
        street.post("flows/street/discard", revision=1)
        assert street.draft().source == BETTER

    def test_a_survey_that_was_never_published_is_gone_with_its_draft(self, organizer):
        organizer.post("new-flow", title="Bus stops")
        assert organizer.post("flows/bus-stops/discard", revision=1).location == "/admin/flows"
        assert organizer.client.get("/admin/flows/bus-stops").status_code == 404


class TestBeginning:
    def test_the_template_has_nothing_to_mend_and_bears_the_title(self, organizer):
        answer = organizer.post("new-flow", title='Bus "stops" & more')
        assert answer.location == "/admin/flows/bus-stops-more/edit"
        source = organizer.draft("bus-stops-more").source
        assert organizer.check(source, flow="bus-stops-more")["mistakes"] == 0
        page = organizer.get("bus-stops-more/edit")
        assert 'Bus "stops" & more' in page

    def test_a_short_name_may_be_given(self, organizer):
        answer = organizer.post("new-flow", title="Paradas de autobús", name="bus")
        assert answer.location == "/admin/flows/bus/edit"

    def test_accents_are_left_out_of_a_name_that_is_made(self, organizer):
        answer = organizer.post("new-flow", title="¿Qué pasó aquí?")
        assert answer.location == "/admin/flows/que-paso-aqui/edit"

    def test_a_copy_is_the_text_under_another_name(self, street):
        street.post("new-flow", title="", name="avenue", begin="street")
        assert street.draft("avenue").source == STREET.replace("flow: street", "flow: avenue")

    def test_what_ships_can_be_copied_too(self, organizer):
        organizer.post("new-flow", name="mine", begin="city-testimony")
        assert "flow: mine\n" in organizer.draft("mine").source

    @pytest.mark.parametrize(
        ("form", "why"),
        [
            ({"title": ""}, "Give the survey a title."),
            ({"title": "中文"}, "Give the survey a title."),
            ({"title": "x", "name": "No Spaces"}, "small letters, digits and hyphens"),
            ({"title": "Street"}, "There is a survey called street already."),
            ({"begin": "+file"}, "Choose a file."),
        ],
    )
    def test_what_cannot_begin_is_refused_and_keeps_nothing(self, street, form, why):
        answer = street.post("new-flow", **form)
        assert answer.status_code == 422
        assert why in answer.text
        assert street.draft() is None

    def test_a_draft_is_not_begun_a_second_time(self, organizer):
        organizer.post("new-flow", title="Bus stops")
        answer = organizer.post("new-flow", title="Bus stops")
        assert answer.status_code == 422
        assert organizer.draft("bus-stops").revision == 1

    @pytest.mark.parametrize(
        ("text", "file", "name"),
        [(BETTER, "a.yaml", "street"), ("oh: no: colon", "My Streets.yaml", "my-streets")],
    )
    def test_a_file_brings_its_own_name(self, organizer, text, file, name):
        form = {"begin": "+file", "file": (io.BytesIO(text.encode()), file)}
        assert organizer.post("new-flow", **form).location == f"/admin/flows/{name}/edit"
        assert organizer.draft(name).source == text
