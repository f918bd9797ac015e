"""A real browser for the pages: started once a module, its pages watched for complaints; and what every page keeps to.

Who uses it gives the fixture ``url``, of a running app (``town, url = peopled(fill)``), and ``who``, the role that
``staff_page`` is logged in with.
"""

import logging
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from office import PASSWORD, build_app, open_town
from playwright.sync_api import Browser, Page, sync_playwright
from town import Clock, Town
from werkzeug.serving import make_server

from storage.files import Place, Store, open_store

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
QUIET = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
ARGUMENTS = ["--no-sandbox", *QUIET, "--disable-component-update", "--disable-sync"]
VIEWS = [(width, scheme) for width in (390, 1440) for scheme in ("light", "dark")]
NARROW = (320, 390, 1024)


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The app at a port of its own."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: apt install chromium")
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = False
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return open_store(Place(tmp_path_factory.mktemp("files").as_uri()))


def peopled(fill: Callable[..., None], *, files: bool = False) -> tuple[Any, Any]:
    """The fixtures ``town``, as ``fill`` leaves it, and ``url`` of its app; with ``files``, both have the ``store``."""

    @pytest.fixture(scope="module")
    def town(empty_database: Path, store: Store, tmp_path_factory: Any) -> Iterator[Town]:
        town = open_town(empty_database, tmp_path_factory.mktemp("browser"), Clock())
        fill(town, *([store] if files else []))
        yield town
        town.database.close()

    @pytest.fixture(scope="module")
    def url(town: Town, store: Store) -> Iterator[str]:
        with served(build_app(town, store if files else None)) as url:
            yield url

    return town, url


@pytest.fixture(scope="module")
def browser(url: str) -> Iterator[Browser]:
    """It ends before the server does, so that no connection is left when that waits for its last request."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def who() -> str:
    return "owner"


@pytest.fixture(scope="module")
def cookies(browser: Browser, url: str, who: str) -> Any:
    """What the browser of somebody who has logged in keeps."""
    return log_in(browser, url, who)


def log_in(browser: Browser, url: str, who: str) -> Any:
    context = browser.new_context(base_url=url)
    page = context.new_page()
    page.goto("/admin/login")
    page.get_by_label("E-mail address").fill(f"{who}@example.org")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/admin/")
    state = context.storage_state()
    context.close()
    return state


@pytest.fixture
def page(browser: Browser, url: str) -> Iterator[Page]:
    """Somebody who is not logged in."""
    with watched(browser, url) as page:
        yield page


@pytest.fixture
def staff_page(browser: Browser, url: str, cookies: Any) -> Iterator[Page]:
    with watched(browser, url, cookies) as page:
        yield page


@contextmanager
def watched(browser: Browser, url: str, cookies: Any = None) -> Iterator[Page]:
    """A page; what the browser complains of fails the test."""
    context = browser.new_context(base_url=url, storage_state=cookies)
    page, complaints = context.new_page(), []
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert [one for one in complaints if "Failed to load resource" not in one] == []


def check(page: Page) -> None:
    """No accessibility violation on a phone and on a desk, in light and in dark; and nothing to scroll sideways."""
    for width, scheme in VIEWS:
        page.set_viewport_size({"width": width, "height": 844})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = Axe().run(page)
        assert found.violations_count == 0, f"{width} {scheme}: {found.generate_report()}"
    for width in NARROW:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") == width
