"""Every page at once, asked by who may not: no page tells an organizer what is masked, nor a viewer any word."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from office import Visitor
from test_admin_rights import ways
from town import STREET, Clock, Town

FLOW = STREET.replace(
    "  people:",
    "  name: {type: text, label: {en: What is your name?, es: ¿Cómo se llama?}}\n"
    '  hello: {type: note, label: {en: "Thank you, {name}.", es: "Gracias, {name}."}}\n'
    "  called: {type: calculate, calculation: name}\n"
    "  people:",
)
MASKED = "Quillfeather"
TOLD = ("STREET", "yes", f"12 Oak Street, ask for Rosa {MASKED}", f"Rosa {MASKED}", "4", "2")
WORDS = (MASKED, "Oak Street", "Rosa", "Calle", "jacaranda")
ALSO = (
    "/admin/testimonies/1?words=es",
    "/admin/testimonies/1?words=original&labels=es",
    "/admin/testimonies/1/news?after=0",
    "/admin/testimonies/1?theme=housing&order=moved",
    "/admin/?theme=housing&coder=3",
    "/admin/export.csv?flow=street",
    "/admin/search/1",
    "/admin/search/2",
    "/admin/audit?subject=interview:1",
    "/admin/glance?flow=street",
)


@pytest.fixture
def told(client_of: Callable[[str], FlaskClient], town: Town, clock: Clock) -> Town:
    """Somebody's name, masked in each answer that tells it, after it was quoted, translated and searched for."""
    town.publish(FLOW)
    town.write("+1404", *TOLD)
    town.write("+1404", f"P.S. this was Rosa {MASKED}")
    staff = client_of("coordinator")
    token = Visitor(staff).token()

    def post(address: str, **form: object) -> None:
        answer = staff.post(f"/admin/{address}", data={"csrf_token": token, **form})
        assert answer.status_code == 303, (address, answer.status_code)

    post("testimonies/1/quotations", passage=f"Rosa {MASKED}", answer="2", other="housing")
    post("testimonies/1/answers/2/translate", to="es", words=f"Calle 12, {MASKED}")
    post("testimonies/1/tags", name="court")
    post("views", name="mine", shared="1", theme="housing")
    for answer, text in (("2", TOLD[2]), ("3", TOLD[3])):
        start = text.index(MASKED)
        place = {"start": str(start), "end": str(start + len(MASKED))}
        post("testimonies/1/mask", reason="jacaranda", answer=answer, passage=MASKED, **place)
    clock.pass_(minutes=1)
    return town


def pages(app: Flask, client: FlaskClient) -> Iterator[tuple[str, str]]:
    """What every page says to this member, where there is one for them."""
    reads = [address.partition("?")[0] for _, method, address in ways(app) if method == "GET"]
    for address in (*reads, *ALSO):
        with client.get(address) as answer:
            if answer.status_code == 200:
                yield address, answer.get_data(as_text=False).decode(errors="replace")


def test_the_one_who_may_see_behind_masks_reads_the_name(
    client_of: Callable[[str], FlaskClient], told: Town
) -> None:
    client = client_of("owner")
    assert MASKED in client.get("/admin/testimonies/1").text


def test_no_page_tells_an_organizer_what_is_masked(
    app: Flask, client_of: Callable[[str], FlaskClient], told: Town
) -> None:
    client = client_of("organizer")
    token = Visitor(client).token()
    for words in (MASKED, "street"):
        client.post("/admin/search", data={"csrf_token": token, "q": words})
    seen = dict(pages(app, client))
    assert "/admin/testimonies/1/news?after=0" in seen
    assert "█" in seen["/admin/testimonies/1"]
    assert "/admin/testimonies/1" not in seen.pop("/admin/search/1")  # which says what was typed
    assert "/admin/testimonies/1" in seen["/admin/search/2"]
    assert [address for address, page in seen.items() if MASKED in page] == []
    assert "jacaranda" not in "".join(seen.values())


def test_no_page_tells_a_viewer_a_word_or_a_person(
    app: Flask, client_of: Callable[[str], FlaskClient], told: Town
) -> None:
    who = told.pseudonym("+1404")
    seen = dict(pages(app, client_of("viewer")))
    assert {"/admin/", "/admin/coding", "/admin/meetings", "/admin/glance"} <= set(seen)
    for words in (*WORDS, who, "coordinator@example.org", "court"):
        assert [address for address, page in seen.items() if words in page] == [], words
