"""Posters tell the word and the number of a published flow in each language, and lead where they say."""

import pytest
from office import Visitor, build_app
from workshop import Organizer

from admin.desk import Desk
from bot.app import build_services, create_app
from bot.settings import load_settings

NUMBER = "number=404-555-0100"


@pytest.fixture
def street(town, organizer):
    town.publish()
    return organizer


def poster(organizer, file, query=NUMBER):
    return organizer.client.get(f"/admin/flows/street/posters/{file}?{query}")


class TestPage:
    def test_there_is_one_for_each_language(self, street):
        page = street.get(f"street/posters?{NUMBER}")
        for language, word in [("en", "STREET"), ("es", "CALLE")]:
            assert f"Word to send: {word}" in page
            for kind in ("pdf", "png"):
                assert f"/admin/flows/street/posters/{language}.{kind}?" in page

    def test_a_number_is_shown_as_people_read_it(self, street):
        assert 'value="+1 404-555-0100"' in street.get("street/posters?number=(404) 5550100")

    def test_without_a_way_to_us_there_is_no_poster(self, street):
        page = street.get("street/posters")
        assert "a poster must lead somewhere" in page
        assert '<img src="/admin/flows' not in page

    @pytest.mark.parametrize(
        ("query", "why"),
        [
            ("number=call me", "This is not a phone number."),
            ("link=telegram", "Write the name of the bot"),
            ("link=telegram&bot=my bot", "Write the name of the bot"),
        ],
    )
    def test_a_field_that_cannot_be_used_is_told(self, street, query, why):
        page = street.get(f"street/posters?{query}")
        assert why in page
        assert 'aria-invalid="true"' in page

    def test_what_was_never_published_has_no_posters(self, organizer):
        organizer.post("new-flow", title="Bus stops")
        assert "publish it first" in organizer.get("bus-stops/posters")
        answer = organizer.client.get("/admin/flows/bus-stops/posters/en.pdf?number=404-555-0100")
        assert answer.status_code == 404


class TestFiles:
    def test_the_pdf_is_one_to_keep(self, street):
        answer = poster(street, "es.pdf")
        assert answer.data.startswith(b"%PDF")
        assert answer.content_type == "application/pdf"
        assert answer.headers["Content-Disposition"] == "attachment; filename=street-es.pdf"

    def test_the_picture_is_shown_or_kept(self, street):
        shown, kept = poster(street, "en.png"), poster(street, "en.png", f"{NUMBER}&download=1")
        assert shown.data.startswith(b"\x89PNG")
        assert shown.headers["Content-Disposition"].startswith("inline")
        assert kept.headers["Content-Disposition"].startswith("attachment")

    def test_languages_and_links_make_posters_of_their_own(self, street):
        queries = [NUMBER, f"{NUMBER}&link=telegram&bot=OurCityBot", f"{NUMBER}&paper=a4"]
        files = [
            poster(street, file, query).data for file in ("en.pdf", "es.pdf") for query in queries
        ]
        assert len(set(files)) == len(files)

    @pytest.mark.parametrize(
        ("file", "query"),
        [
            ("fr.pdf", NUMBER),
            ("en.svg", NUMBER),
            ("en.pdf", ""),
            ("en.pdf", "number=x"),
            ("en.pdf", "link=telegram&bot=../x"),
        ],
    )
    def test_what_leads_nowhere_is_no_file(self, street, file, query):
        assert poster(street, file, query).status_code == 404


class TestWhatIsKnown:
    @pytest.fixture
    def known(self, town, client_of):
        """The page of a service that knows its own number, bot and address."""
        town.publish()
        app = build_app(town)
        desk = Desk(
            town.database,
            town.library,
            town.clock,
            number="+14045550123",
            telegram="OurCityBot",
            public_url="https://rights.example.org",
        )
        app.extensions["testimony.desk"] = desk
        visitor = Visitor(app.test_client())
        visitor.log_in("organizer@example.org")
        return Organizer(visitor.client, town.database)

    def test_the_fields_are_filled_in(self, known):
        page = known.get("street/posters")
        assert 'value="+1 404-555-0123"' in page
        assert 'value="OurCityBot"' in page
        assert "no public address" not in page

    @pytest.mark.parametrize(
        ("sender", "number"), [("+14045550100", "+14045550100"), ("whatsapp:+14045550100", None)]
    )
    def test_the_service_tells_what_its_settings_say(self, tmp_path, sender, number):
        environ = {
            "DATABASE_URL": f"sqlite:///{tmp_path / 'a.db'}",
            "PUBLIC_URL": "https://rights.example.org",
            "TWILIO_ACCOUNT_SID": "AC1",
            "TWILIO_AUTH_TOKEN": "secret",
            "TWILIO_FROM": sender,
        }
        services = build_services(load_settings(environ, tmp_path))
        known = create_app(services).extensions["testimony.desk"]
        services.close()
        assert (known.number, known.public_url) == (number, "https://rights.example.org")

    def test_they_can_be_emptied(self, known):
        assert "a poster must lead somewhere" in known.get("street/posters?number=&link=none")

    def test_a_service_without_a_public_address_says_so(self, street, town):
        page = street.get("street/posters?link=web&number=404-555-0100")
        assert "no public address yet" in page
