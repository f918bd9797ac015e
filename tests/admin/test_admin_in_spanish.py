"""Every page speaks the language that was chosen, wherever its words come from; only data stays as it is."""

import html
import re
from collections.abc import Iterator
from typing import Any

import pytest
from bustle import work
from flask import Flask
from flask.testing import FlaskClient
from gallery import Gallery
from office import PASSWORD, Visitor, speaking
from reading import seen
from town import START, STREET, Town
from werkzeug.routing import Rule
from workshop import BETTER, BROKEN

from admin import interface, words
from storage import messages, staff_links, unmasking
from storage.staff import Role
from tests.catalogues import written

OWNER, COORDINATOR = 1, 3
# what addresses name, as the town below has it; what is not here is 1, or "street"
SAMPLE = {
    "kind": "png",
    "token": "none",
    "deed": "log-out",
    "missing": "no/such/page",
    "filename": "admin.css",
    "code": "housing",
}
NO_PAGES = ("image/", "text/css", "text/csv", "text/yaml", "application/")
# the same in both languages, or names: of people, files, surveys and what is asked in them, of the deeds' subjects
SAME = re.compile(
    r"Testimony|Bot|SMS|Telegram|Web|CSV|PDF|A4|SPSS \(SAV\)|Excel \(XLSX\)|JSON Lines|OurCityBot|English|Español"
    r"|original|video|no|Error: .*|\S+@\S+(, \S+@\S+)*|R-\w{4}|[\w ]+:\w+|\w+: .*|[A-Z]+(, [A-Z]+)*|\[\w+\]"
    r"|(America|Pacific)/.*|κ|Ana|Noche de barrio.*|Biblioteca|calefacción|SHA-256|Twilio \d+|\d+\w-\w+"
    r"|street|since|people|issues|quote|consent"
    r"|bus-stops|city-testimony|interviewer|tenants|three-questions",
    re.IGNORECASE,
)
AROUND = re.compile(r"^(← |· )|( · Testimony|:)$")
WORDS = re.compile(r"[^\W\d_]{2,}")


def speak(client: FlaskClient, code: str) -> None:
    client.set_cookie(interface.COOKIE, code)


@pytest.fixture
def lively(town: Town, tmp_path) -> Town:
    """A town in which there is something of everything: answers of every kind, files, troubles, a draft, a request."""
    town.publish()
    told = town.write(
        "+14045550101", "CALLE", "si", "Calle Roble", "muchas", "siempre", "demasiadas", "1 2"
    )
    gallery, files = Gallery.at(tmp_path / "files", town), []
    for kind in ("image/jpeg", "audio/ogg", "video/mp4", "application/pdf"):
        town.write("+14045550101", "", media=[{"content_type": kind}])
        files.append(town.ids[-1])
    gallery.hang(files[0])
    gallery.lose(files[1], "refused", "too_large")
    gallery.expect(files[2])
    town.write("+14045550102", "CALLE", "no")
    town.write("+14045550104", "CALLE", "si", "Calle Olmo", "3")
    town.write("+14045550103", "CALLE", "si", "SALTAR", "STOP")
    now = town.clock()
    with town.database.writing() as session:
        messages.call_attention(session, town.ids[2], "wrote to a person")
        staff_links.invite(session, "new@example.org", Role.COORDINATOR, OWNER, now)
        unmasking.ask(session, told, COORDINATOR, "Pidió que la llamáramos", now)
    return town


def owner(app: Flask, code: str, role: str = "owner") -> Visitor:
    visitor = Visitor(app.test_client())
    assert visitor.log_in(f"{role}@example.org").status_code == 303
    speak(visitor.client, code)
    return visitor


def pages(app: Flask) -> Iterator[str]:
    """The address of every page that can be opened, with the town's own where it names something."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        if rule.endpoint.startswith("admin.") and "GET" in (rule.methods or ()):
            yield adapter.build(rule.endpoint, _named(rule), "GET")


def _named(rule: Rule) -> dict[str, Any]:
    converters = rule._converters
    usual = {
        name: "en" if name == "language" else 1 if "Integer" in type(one).__name__ else "street"
        for name, one in converters.items()
    }
    return {name: SAMPLE.get(name, value) for name, value in usual.items()}


MORE = (
    "/admin/?status=waiting&since=soon",
    "/admin/?status=paused",
    "/admin/audit?who=99",
    "/admin/audit?until=2020-01-01",
    "/admin/flows/street/posters?number=1&link=telegram",
    "/admin/flows/street/posters?number=404-555-0100&link=web",
    "/admin/testimonies/2",
    "/admin/testimonies/3",
    "/admin/testimonies/99",
    "/admin/people/3",
    "/admin/?order=upside&tag=9",
    "/admin/?tag=1&attention=open",
    "/admin/testimonies/5",
    "/admin/testimonies/1?words=en",
    "/admin/glance?span=all&flow=street",
    "/admin/glance?since=2020-01-01",
    "/admin/glance?until=2020-01-01",
    "/admin/coding/food",
    "/admin/exports/news?id=2",
    "/admin/search/2",
    "/admin/interviews/6",
    "/admin/meetings/1/enter?language=en",
)
COUNTS = (
    "/admin/glance",
    "/admin/coding",
    "/admin/meetings",
    "/admin/meetings/1",
)  # of who reads no words


def read(client: FlaskClient, address: str) -> str | None:
    with client.get(address) as answer:
        kind = str(answer.content_type)
        return None if kind.startswith(NO_PAGES) or answer.status_code // 100 == 3 else answer.text


def same(text: str) -> bool:
    """Whether a text is one that both languages have, or holds no words."""
    return not WORDS.search(text) or bool(SAME.fullmatch(AROUND.sub("", text)))


def foreign(page: str, before: str) -> list[str]:
    """What a page in Spanish says just as it does in English, although it is no name and no data."""
    english = {one.text for one in seen(before, "en")}
    return [one.text for one in seen(page, "es") if one.text in english and not same(one.text)]


def source_texts() -> list[re.Pattern[str]]:
    """What recognises each message in English, where Spanish says it otherwise."""
    found = []
    for message in written()["es"]:
        for text in message.id if isinstance(message.id, tuple | list) else (message.id,):
            if text and text not in (message.string, *message.string):
                plain = html.unescape(re.sub(r"<[^>]*>", "", text))
                pattern = re.sub(r"%\\\(\w+\\\)[sd]", ".+", re.escape(" ".join(plain.split())))
                if WORDS.search(re.sub(r"%\(\w+\)[sd]", "", plain)):
                    found.append(re.compile(pattern))
    return found


class TestEveryPage:
    @pytest.fixture
    def walked(self, app: Flask, lively: Town, clock) -> dict[str, tuple[str, str]]:
        """Every page in Spanish and in English, by its address; a draft with mistakes lies beside the survey."""
        spanish, english = owner(app, "es"), owner(app, "en")
        work(english, owner(app, "en", "coordinator"), lively)
        form = {"csrf_token": english.token(), "source": BROKEN, "revision": "0"}
        assert english.client.post("/admin/flows/street/edit", data=form).status_code == 303
        found = {}
        for address in (*pages(app), *MORE):
            one, other = read(spanish.client, address), read(english.client, address)
            if one is not None and other is not None:
                found[address] = one, other
        return found

    def test_nothing_is_said_in_english(self, walked):
        assert len(walked) > 20
        left = [f"{where}: {one}" for where, two in walked.items() for one in foreign(*two)]
        assert not left, "\n".join(left)

    def test_no_message_of_the_catalogue_is_said_in_its_source_language(self, walked):
        texts = source_texts()
        left = [
            f"{where}: {one.text}"
            for where, (page, _) in walked.items()
            for one in seen(page, "es")
            if not same(one.text) and any(text.fullmatch(one.text) for text in texts)
        ]
        assert not left, "\n".join(left)

    def test_who_sees_counts_alone_is_spoken_to_in_spanish_too(self, app, lively):
        work(owner(app, "en"), owner(app, "en", "coordinator"), lively)
        two = owner(app, "es", "viewer").client, owner(app, "en", "viewer").client
        found = {where: [read(one, where) or "" for one in two] for where in COUNTS}
        assert all("<main" in page and "<h1" in page for pages in found.values() for page in pages)
        left = [f"{where}: {one}" for where, pages in found.items() for one in foreign(*pages)]
        assert not left, "\n".join(left)

    def test_it_names_its_language_and_where_that_begins(self, walked):
        wholes = [page for page, _ in walked.values() if page.startswith("<!doctype")]
        assert len(wholes) > 20
        assert [page for page in wholes if '<html lang="es" dir="ltr">' not in page] == []


INVITED = {"email": "viewer@example.org", "role": "viewer"}
SHORT = {"password": PASSWORD, "new": "short"}
LETTER = {"token": "a" * 16, "text": "Hola"}
REFUSED = [
    ("people/invite", {"email": "ana", "role": "viewer"}, "“ana” no es una dirección de correo."),
    ("people/invite", INVITED, "viewer@example.org ya es parte del equipo."),
    ("people/1/role", {"role": "viewer"}, "owner@example.org es la última persona responsable"),
    ("me/password", {"password": "wrong"}, "Esta no es su contraseña."),
    ("me/password", SHORT, "Una contraseña necesita al menos 12 caracteres."),
    ("export/identified", {"flow": "street", "format": "csv"}, "Diga por qué necesita saber"),
    ("export/file", {"flow": "street", "format": "geojson"}, "no pregunta por ningún lugar"),
    ("testimonies/1/write", {"token": "no"}, "Este formulario no llegó completo"),
    ("testimonies/2/write", LETTER, "Esta persona no ha aceptado que le volvamos a escribir"),
    ("testimonies/1/unmask", {}, "Diga por qué necesita el número"),
    ("testimonies/1/mask", {"passage": ""}, "Seleccione las palabras, o escríbalas."),
    ("testimonies/1/quotations", {"passage": "Calle"}, "Diga de qué trata la cita: elija un tema."),
    ("interviews", {"survey": "none:es"}, "Elija una encuesta y un idioma."),
    ("meetings/new", {"title": ""}, "Por favor, rellene esto."),
    ("new-flow", {"begin": ""}, "Póngale un título a la encuesta."),
    ("new-flow", {"title": "street"}, "Ya hay una encuesta que se llama street."),
    ("flows/street/edit", {"source": "\0"}, "un carácter que no es una letra"),
]


class TestWhatIsSent:
    """The answers to forms that something is wrong with."""

    @pytest.fixture
    def ana(self, app, lively) -> Visitor:
        return owner(app, "es")

    @pytest.mark.parametrize(("address", "form", "told"), REFUSED)
    def test_a_refusal_is_told_in_the_language_of_the_page(self, ana, address, form, told):
        form = {"csrf_token": ana.token(), **form}
        answer = ana.client.post(f"/admin/{address}", data=form)
        assert told in html.unescape(answer.text)

    def test_what_publishing_would_mean_is_told_too(self, ana):
        form = {"csrf_token": ana.token(), "source": BETTER, "revision": "0"}
        ana.client.post("/admin/flows/street/edit", data=form)
        page = html.unescape(ana.client.get("/admin/flows/street/publish").text)
        assert "<strong>2 personas están</strong> a la mitad de esta encuesta." in page
        assert "faltan" not in page
        assert "falta 1 de 12 textos" in page
        assert "people está respondida, y ya no es la misma pregunta" in page

    def test_the_count_of_letters_is_told_too(self, ana):
        form = {"csrf_token": ana.token(), "token": "a" * 16, "text": "Hola", "count": "1"}
        where, plain = "/admin/testimonies/1/write", {"Accept": "text/plain"}
        assert (
            ana.client.post(where, data=form, headers=plain).text
            == "4 caracteres, 1 segmento de SMS"
        )

    def test_what_is_checked_while_it_is_typed_is_counted_in_words(self, ana):
        form = {"csrf_token": ana.token(), "source": BROKEN}
        told = ana.client.post("/admin/flows/street/check", data=form).json
        assert "por corregir" in told["tally"]
        assert told["findings"][0]["where"].startswith("Línea ")
        assert told["findings"][0]["language"] == "en"


class TestWhoChooses:
    def test_before_the_log_in_by_a_press(self, visitor):
        before = visitor.client.get("/admin/login?next=/admin/me").text
        assert "<h1>Log in</h1>" in before
        back = re.findall(r'name="back" value="([^"]*)"', before)[0]
        form = {"csrf_token": visitor.token(), "language": "es", "back": back}
        answer = visitor.client.post("/admin/language", data=form)
        assert (answer.status_code, answer.location) == (303, "/admin/login?next=/admin/me")
        assert "<h1>Iniciar sesión</h1>" in visitor.client.get(answer.location).text

    def test_the_choice_outlives_the_log_in_and_the_log_out(self, visitor):
        speak(visitor.client, "es")
        visitor.log_in("owner@example.org")
        assert "<h1>Testimonios</h1>" in visitor.client.get("/admin/").text
        visitor.log_out()
        assert "<h1>Iniciar sesión</h1>" in visitor.client.get("/admin/login").text

    def test_who_has_chosen_nothing_hears_what_the_browser_asks_for(self, visitor):
        asks = {"Accept-Language": "es-MX,es;q=0.9,en;q=0.5"}
        assert '<html lang="es"' in visitor.client.get("/admin/login", headers=asks).text
        speak(visitor.client, "en")
        assert '<html lang="en"' in visitor.client.get("/admin/login", headers=asks).text

    def test_a_language_that_nobody_translated_is_english(self, visitor):
        asks = {"Accept-Language": "fi"}
        assert '<html lang="en"' in visitor.client.get("/admin/login", headers=asks).text
        speak(visitor.client, "../es")
        assert '<html lang="en"' in visitor.client.get("/admin/login").text

    @pytest.mark.parametrize("language", ["", "fi", "../es"])
    def test_only_what_can_be_spoken_can_be_chosen(self, visitor, language):
        form = {"csrf_token": visitor.token(), "language": language}
        assert visitor.client.post("/admin/language", data=form).status_code == 404

    def test_nobody_else_chooses_for_somebody(self, visitor):
        answer = visitor.client.post("/admin/language", data={"language": "es"})
        assert answer.status_code == 400
        assert (
            "Set-Cookie" not in answer.headers
            or interface.COOKIE not in answer.headers["Set-Cookie"]
        )

    def test_the_way_back_leads_nowhere_else(self, visitor):
        form = {"csrf_token": visitor.token(), "language": "es", "back": "https://evil.example/"}
        assert visitor.client.post("/admin/language", data=form).location == "/admin/"

    def test_who_must_set_up_a_second_factor_first_can_choose_too(self, app, lively):
        visitor = owner(app, "en")
        assert 'name="language" value="es"' in visitor.client.get("/admin/me").text


class TestSurveys:
    """Their words are their authors'; of the languages that a survey speaks, a page shows its own."""

    @pytest.mark.parametrize("page", ["", "flows", "flows/street", "export", "testimonies/1"])
    def test_a_survey_is_named_in_the_language_of_the_page(self, app, lively, page):
        text = owner(app, "es").client.get(f"/admin/{page}").text
        assert "La vida en nuestra calle" in text
        assert "Life in our street" not in text

    def test_questions_are_shown_in_the_language_of_the_page_unless_another_is_chosen(
        self, app, lively
    ):
        client = owner(app, "es").client
        assert "¿Cuántas personas viven ahí?</dt>" in client.get("/admin/testimonies/1").text
        assert "How many of you" in client.get("/admin/testimonies/1?labels=en").text

    def test_a_survey_that_does_not_speak_it_is_named_as_it_was_written(self, app, town):
        town.publish(re.sub(", es: [^}]+", "", STREET).replace("[en, es]", "[en]"))
        assert "Life in our street" in owner(app, "es").client.get("/admin/flows").text


class TestNumbersAndDays:
    @pytest.mark.parametrize(
        ("code", "told"),
        [
            ("en", ["21 Nov 2026, 09:05", "21 November 2026", "09:05", "12,345", "1.2 MB"]),
            ("es", ["21 nov 2026, 9:05", "21 de noviembre de 2026", "9:05", "12.345", "1,2 MB"]),
        ],
    )
    def test_each_language_writes_them_its_own_way(self, app, code, told):
        at = START.replace(hour=9)
        with speaking(app, code):
            days = [words.moment(at), words.day(at), words.clock(at)]
            assert [*days, words.number(12_345), words.size(1_240_000)] == told

    @pytest.mark.parametrize(
        ("code", "told"),
        [("en", ["Haitian Creole", "a and b"]), ("es", ["criollo haitiano", "a y b"])],
    )
    def test_so_are_languages_named_and_things_listed(self, app, code, told):
        with speaking(app, code):
            assert [words.language_name("ht"), words.listed("ab")] == told

    def test_a_language_that_runs_from_right_to_left_says_so(self, app):
        with speaking(app, "ar"):
            assert interface.direction() == "rtl"
        with app.test_request_context():
            assert interface.direction() == "ltr"

    def test_outside_of_a_page_all_is_english(self):
        assert interface.locale().language == "en"
