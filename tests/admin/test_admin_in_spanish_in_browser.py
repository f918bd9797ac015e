"""The pages in Spanish in a real browser: accessible, and fitting with longer words; the language is one press away."""

from typing import Any

import pytest
from browsing import check, log_in, peopled, watched
from gallery import Gallery
from office import PASSWORD
from playwright.sync_api import Browser, Page, expect
from town import Town
from workshop import BROKEN

from admin.interface import COOKIE
from storage import drafts, staff_links, unmasking
from storage.files import Store
from storage.staff import Role

OWNER, COORDINATOR = 1, 3


def fill(town: Town, store: Store) -> None:
    """Testimonies with files, a draft with a mistake, an invitation, and a number that is asked for."""
    town.publish()
    ana = town.write(
        "+14045550101", "CALLE", "si", "Calle Roble", "muchas", "siempre", "varias", "2"
    )
    town.write("+14045550101", "", media=[{"content_type": "image/jpeg"}])
    Gallery(town, store).hang(town.ids[-1])
    for number in range(6):
        town.write(f"+1404555020{number}", "CALLE", "no")
    now = town.clock()
    with town.database.writing() as session:
        drafts.save(session, "street", BROKEN, 0, now, OWNER)
        staff_links.invite(session, "new@example.org", Role.COORDINATOR, OWNER, now)
        unmasking.ask(session, ana, COORDINATOR, "Pidió que la llamáramos", now)


town, url = peopled(fill, files=True)


@pytest.fixture(scope="module")
def cookies(browser: Browser, url: str, who: str) -> Any:
    return in_spanish(log_in(browser, url, who), url)


def in_spanish(state: Any, url: str) -> Any:
    chosen = {"name": COOKIE, "value": "es", "url": f"{url}/admin"}
    return {**state, "cookies": [*state["cookies"], chosen | NEVER]}


NEVER = {"expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
PAGES = {
    "overview": ("/admin/glance", "Panorama"),
    "themes": ("/admin/coding", "Temas"),
    "new meeting": ("/admin/meetings/new", "Añadir una reunión"),
    "interviews": ("/admin/interviews", "Entrevistar a alguien"),
    "exports": ("/admin/exports", "Exportaciones"),
    "list": ("/admin/", "Testimonios"),
    "testimony": ("/admin/testimonies/1", None),
    "export": ("/admin/export", "Exportar"),
    "people": ("/admin/people", "Equipo"),
    "a member": ("/admin/people/3", None),
    "account": ("/admin/me", None),
    "audit log": ("/admin/audit", "Registro de auditoría"),
    "surveys": ("/admin/flows", "Encuestas"),
    "survey": ("/admin/flows/street", None),
    "editor": ("/admin/flows/street/edit", None),
    "new survey": ("/admin/new-flow", "Encuesta nueva"),
    "publishing": ("/admin/flows/street/publish", None),
    "posters": ("/admin/flows/street/posters", "Carteles"),
    "nothing": ("/admin/nowhere", "Aquí no hay nada"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_in_spanish_is_accessible_and_fits(staff_page: Page, name: str) -> None:
    address, heading = PAGES[name]
    staff_page.goto(address)
    expect(staff_page.locator("html")).to_have_attribute("lang", "es")
    if heading:
        expect(staff_page.get_by_role("heading", level=1)).to_have_text(heading)
    check(staff_page)


def test_the_language_is_chosen_before_the_log_in_and_again_on_ones_own_page(page: Page) -> None:
    page.goto("/admin/people")
    check(page)
    page.get_by_role("button", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Iniciar sesión")
    expect(page.get_by_role("button", name="Español")).to_have_attribute("aria-pressed", "true")
    check(page)
    page.get_by_label("Dirección de correo").fill("owner@example.org")
    page.get_by_label("Contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Iniciar sesión").click()
    page.wait_for_url("**/admin/people")  # where one was going before
    expect(page.get_by_role("heading", level=1)).to_have_text("Equipo")
    page.goto("/admin/me")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Where you are logged in")).to_be_visible()


def test_the_counts_of_a_viewer_fit_too(browser: Browser, url: str) -> None:
    with watched(browser, url, in_spanish(log_in(browser, url, "viewer"), url)) as page:
        page.goto("/admin/")
        expect(page.get_by_role("columnheader", name="No aceptado")).to_be_visible()
        check(page)


def test_what_scripts_say_is_in_the_language_of_the_page(staff_page: Page) -> None:
    staff_page.goto("/admin/flows/street/edit")
    expect(staff_page.get_by_role("button", name="1 por corregir")).to_be_enabled()
    expect(staff_page.locator("#notes .bad").get_by_role("button")).to_contain_text("Línea ")
    expect(staff_page.locator("#notes .bad p").first).to_have_attribute("lang", "en")
    source = staff_page.locator("#source")
    source.press_sequentially("# ")
    expect(staff_page.locator("#state")).to_have_text("Todavía sin guardar")
    staff_page.keyboard.press("Control+s")
    expect(staff_page.locator("#state")).to_have_text("Guardado ahora mismo")
    staff_page.goto("/admin/people/3")
    staff_page.get_by_role("button", name="Crear un enlace").click()
    expect(
        staff_page.get_by_role("heading", name="El enlace para coordinator@example.org")
    ).to_be_visible()
    staff_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    staff_page.get_by_role("button", name="Copiar").click()
    expect(staff_page.get_by_role("button", name="Copiado")).to_be_visible()


@pytest.mark.parametrize("width", [1280, 1440])
def test_the_bar_of_an_owner_is_one_line_at_a_desk(staff_page: Page, width: int) -> None:
    """Its longest, with every entry there is: an address is cut sooner than the bar breaks."""
    staff_page.set_viewport_size({"width": width, "height": 900})
    staff_page.goto("/admin/")
    assert (staff_page.locator("header.bar").bounding_box() or {})["height"] < 64
    expect(staff_page.get_by_role("button", name="Cerrar sesión")).to_be_in_viewport(ratio=1)
