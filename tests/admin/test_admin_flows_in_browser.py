"""Writing a survey in a real browser: findings beside the lines, the phone beside them, no trap for the keyboard.

And every page of surveys without an accessibility violation, on a phone and on a desk, in light and in dark.
"""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import check, peopled
from office import PASSWORD
from playwright.sync_api import Browser, Page, expect
from town import STREET, Town
from workshop import BETTER, BROKEN

from storage import drafts, library

ROAD = STREET.replace("street", "road").replace("STREET", "ROAD").replace("CALLE", "CAMINO")
LANE = STREET.replace("street", "lane").replace("STREET", "LANE").replace("CALLE", "SENDERO")
PAGES = {
    "list": "/admin/flows",
    "new": "/admin/new-flow",
    "one": "/admin/flows/road",
    "one with its picture": "/admin/flows/road?language=es",
    "editor": "/admin/flows/road/edit",
    "editor with a mistake": "/admin/flows/lane/edit",
    "phone": "/admin/flows/road/play",
    "publish": "/admin/flows/road/publish",
    "publish with a mistake": "/admin/flows/lane/publish",
    "go back": "/admin/flows/road/versions/1",
    "posters": "/admin/flows/road/posters?number=404-555-0100",
    "posters with a fault": "/admin/flows/road/posters?number=none",
}


def fill(town: Town) -> None:
    """A survey of two versions with a draft, one whose draft has a mistake, and one to write on."""
    town.publish(ROAD)
    town.write("+1", "ROAD", "yes", "Oak")
    town.clock.pass_(hours=1)
    town.publish(ROAD + "\n")
    town.publish(STREET)
    with town.database.writing() as session:
        better = BETTER.replace("street", "road").replace("STREET", "ROAD")
        for name, source in [
            ("road", better.replace("CALLE", "CAMINO")),
            ("lane", LANE.replace("type: integer", "type: intger")),
        ]:
            drafts.save(session, name, source, 0, town.clock(), None)


town, url = peopled(fill)


@pytest.fixture(scope="module")
def who() -> str:
    return "organizer"


@pytest.fixture
def page(staff_page: Page) -> Page:
    """An organizer at a desk."""
    staff_page.set_viewport_size({"width": 1440, "height": 900})
    return staff_page


@pytest.fixture
def street(town: Town) -> Town:
    """The survey to write on as it was, without a draft."""
    town.publish(STREET)
    with town.database.writing() as session:
        drafts.drop(session, "street")
    return town


@pytest.fixture
def editor(page: Page, street: Town) -> Page:
    """Its text, and the phone beside it."""
    page.goto("/admin/flows/street/edit")
    expect(page.locator("#paper > div").first).to_be_attached()
    return page


def text_of(page: Page) -> Any:
    return page.get_by_label("The text of the survey")


def write(page: Page, old: str, new: str) -> None:
    """Put the cursor behind some words and change them by typing."""
    text_of(page).evaluate(
        """(area, old) => {
            const place = area.value.indexOf(old);
            area.focus();
            area.setSelectionRange(place, place + old.length);
        }""",
        old,
    )
    page.keyboard.insert_text(new)


def line_of(source: str, words: str) -> int:
    return source[: source.index(words)].count("\n") + 1


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_fits(page: Page, name: str) -> None:
    page.goto(PAGES[name])
    page.wait_for_load_state("networkidle")
    check(page)


def test_a_mistake_is_seen_mended_played_in_spanish_and_published(editor: Page, town: Town) -> None:
    write(editor, "type: integer", "type: intger")
    line = line_of(BROKEN, "intger")
    note = editor.locator("#notes li.bad")
    expect(note).to_contain_text("There is no type “intger”.")
    expect(note.get_by_role("button")).to_have_text(f"Line {line}")
    marked = editor.locator("#paper > .bad")
    assert abs(marked.bounding_box()["y"] - note.bounding_box()["y"]) < 8  # type: ignore[index]
    expect(editor.locator("#paused")).to_contain_text("one thing is mended")

    write(editor, "type: intger", "type: integer")
    expect(note).to_have_count(0)
    write(editor, "¿En qué calle vive?", "¿Cómo se llama su calle?")
    editor.get_by_role("button", name="Spanish").click()
    expect(editor.get_by_role("log")).to_contain_text("¿Podemos preguntarle sobre su calle?")
    editor.locator("#phone").get_by_role("button", name="Si", exact=True).click()
    expect(editor.get_by_role("log")).to_contain_text("¿Cómo se llama su calle?")

    editor.keyboard.press("Control+s")
    expect(editor.locator("#state")).to_have_text("Saved just now")
    editor.get_by_role("link", name="Publish …").click()
    editor.wait_for_url("**/publish")
    expect(editor.locator("tr.new")).to_contain_text("¿Cómo se llama su calle?")
    editor.get_by_role("button", name="Publish").click()
    editor.wait_for_url("**/admin/flows/street")
    with town.database.reading() as session:
        assert len(library.versions(session, "street")) > 1
        assert drafts.get(session, "street") is None


class TestText:
    def test_the_lines_lie_under_the_letters(self, editor: Page) -> None:
        """The numbered copy under the text breaks its lines where the text does."""
        for width in (390, 1100, 1440):
            editor.set_viewport_size({"width": width, "height": 844})
            text, paper = text_of(editor).bounding_box(), editor.locator("#paper").bounding_box()
            assert text == paper
            assert text_of(editor).evaluate("area => area.scrollHeight <= area.clientHeight + 1")

    def test_every_line_has_its_number_after_any_change(self, editor: Page) -> None:
        write(editor, "languages: [en, es]\n", "languages: [en, es]\n\n# one\n# two\n")
        write(editor, "title:", "# three\ntitle:")
        lines = text_of(editor).input_value().split("\n")
        shown = editor.locator("#paper > div").evaluate_all(
            "all => all.map(one => one.textContent)"
        )
        assert shown == lines

    def test_a_press_on_a_finding_puts_the_cursor_there(self, editor: Page) -> None:
        write(editor, "{en: Thank you.", '{en: "Thank {you}."')
        editor.locator("#notes li.bad").get_by_role("button").click()
        expect(text_of(editor)).to_be_focused()
        before = text_of(editor).evaluate("area => area.value.slice(0, area.selectionStart)")
        assert before.split("\n")[-1] == 'closing: {en: "Thank '

    def test_tab_indents_and_escape_lets_it_leave(self, editor: Page) -> None:
        write(editor, "flow: street", "flow: street\n")
        editor.keyboard.press("Tab")
        expect(text_of(editor)).to_be_focused()
        assert "flow: street\n  \n" in text_of(editor).input_value()
        editor.keyboard.press("Escape")
        editor.keyboard.press("Tab")
        expect(text_of(editor)).not_to_be_focused()

    def test_shift_and_tab_always_leave(self, editor: Page) -> None:
        text_of(editor).focus()
        editor.keyboard.press("Shift+Tab")
        expect(text_of(editor)).not_to_be_focused()

    def test_a_new_line_begins_where_the_last_one_did(self, editor: Page) -> None:
        write(editor, "    type: text\n", "    type: text")
        editor.keyboard.press("Enter")
        editor.keyboard.insert_text("hint: One name.\n")
        assert "    type: text\n    hint: One name.\n" in text_of(editor).input_value()

    def test_typing_can_be_taken_back(self, editor: Page) -> None:
        text_of(editor).focus()
        editor.keyboard.press("Tab")
        editor.keyboard.press("Control+z")
        assert text_of(editor).input_value() == editor.evaluate(
            "document.querySelector('#source').defaultValue"
        )

    def test_what_is_not_saved_is_not_left_without_a_question(self, editor: Page) -> None:
        asked = []
        editor.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        write(editor, "Heat", "Heating")
        expect(editor.locator("#state")).to_have_text("Not saved yet")
        editor.get_by_role("link", name="Surveys").click()
        editor.wait_for_url("**/admin/flows")
        assert asked == ["beforeunload"]

    def test_what_is_saved_is_left_without_one(self, editor: Page) -> None:
        asked = []
        editor.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
        write(editor, "Heat", "Heating")
        editor.get_by_role("button", name="Save").click()
        expect(editor.locator("#state")).to_have_text("Saved just now")
        editor.get_by_role("link", name="Surveys").click()
        editor.wait_for_url("**/admin/flows")
        assert asked == []

    def test_only_the_last_check_counts(self, editor: Page) -> None:
        held: list[Any] = []
        editor.route("**/check", lambda route: held.append(route))
        write(editor, "type: integer", "type: intger")
        with editor.expect_request("**/check"):
            pass
        write(editor, "type: intger", "type: integer")
        with editor.expect_request("**/check"):
            pass
        for route in reversed(held):  # the answer to the first comes last
            with editor.expect_response("**/check"):
                route.continue_()
        expect(editor.locator("#notes li.bad")).to_have_count(0)

    def test_a_log_in_that_ended_loses_no_words(self, editor: Page, browser: Browser) -> None:
        write(editor, "Heat", "Heating")
        editor.context.clear_cookies()
        editor.get_by_role("button", name="Save").click()
        expect(editor.locator("#state")).to_contain_text("you are logged out")
        with editor.expect_popup() as opened:
            editor.get_by_role("link", name="Log in in a new tab").click()
        other = opened.value
        other.get_by_label("E-mail address").fill("organizer@example.org")
        other.get_by_label("Password").fill(PASSWORD)
        other.get_by_role("button", name="Log in").click()
        other.wait_for_url("**/admin/")
        editor.get_by_role("button", name="Save").click()
        expect(editor.locator("#state")).to_have_text("Saved just now")
        assert "Heating" in text_of(editor).input_value()


class TestTwoAtOnce:
    def test_the_second_sees_both_texts_and_chooses(self, editor: Page, town: Town) -> None:
        write(editor, "Heat", "Heating")
        with town.database.writing() as session:
            drafts.save(
                session, "street", STREET.replace("Water", "Tap water"), 0, town.clock(), None
            )
        editor.get_by_role("button", name="Save").click()
        expect(editor.locator(".meanwhile")).to_contain_text("while you were writing")
        expect(editor.locator("tr.gone").first).to_contain_text("Tap water")
        assert "Heating" in text_of(editor).input_value()
        found = Axe().run(editor)
        assert found.violations_count == 0, found.generate_report()
        editor.get_by_role("button", name="Save mine over theirs").click()
        expect(editor.locator(".meanwhile")).to_have_count(0)
        with town.database.reading() as session:
            draft = drafts.get(session, "street")
        assert draft is not None
        assert "Heating" in draft.source


class TestPhone:
    def phone(self, page: Page) -> Any:
        return page.locator("#phone")

    def agree(self, page: Page) -> None:
        """Say yes, and wait for what follows: until it is there, the phone is drawn anew."""
        self.phone(page).get_by_role("button", name="Yes").click()
        expect(page.get_by_role("log")).to_contain_text("Which street do you live in?")

    def test_what_is_typed_beside_it_is_played_at_once_and_the_talk_goes_on(
        self, editor: Page
    ) -> None:
        self.agree(editor)
        expect(editor.get_by_role("log")).to_contain_text("Which street do you live in?")
        editor.get_by_label("Your message").fill("half a sent")
        write(editor, "Which street do you live in?", "Where is your door?")
        expect(editor.get_by_role("log")).to_contain_text("Where is your door?")
        expect(editor.get_by_label("Your message")).to_have_value("half a sent")
        assert editor.locator("#log li.mine").count() == 1

    def test_enter_says_what_is_written_and_the_cursor_stays(self, editor: Page) -> None:
        self.agree(editor)
        editor.get_by_label("Your message").fill("Oak Street")
        editor.keyboard.press("Enter")
        expect(editor.get_by_role("log")).to_contain_text("How many of you live there?")
        expect(editor.get_by_label("Your message")).to_be_focused()
        expect(editor.get_by_label("Your message")).to_have_value("")

    def test_the_question_at_the_cursor_is_the_one_to_jump_to(self, editor: Page) -> None:
        write(editor, "Since when is there no heat?", "Since when is it cold?")
        expect(editor.get_by_label("Jump to a question")).to_have_value("since")
        self.phone(editor).get_by_role("button", name="Jump").click()
        expect(editor.get_by_role("log")).to_contain_text("Since when is it cold?")
        expect(self.phone(editor)).to_contain_text("waits at since")

    def test_the_question_that_waits_leads_to_its_line(self, editor: Page) -> None:
        self.agree(editor)
        self.phone(editor).get_by_role("button", name="street", exact=True).click()
        expect(text_of(editor)).to_be_focused()
        before = text_of(editor).evaluate("area => area.value.slice(0, area.selectionStart)")
        assert before.count("\n") + 1 == line_of(STREET, "  street:\n")

    def test_hostile_words_stay_words(self, editor: Page) -> None:
        self.agree(editor)
        editor.get_by_label("Your message").fill("<img src=x onerror=alert(1)>")
        editor.keyboard.press("Enter")
        expect(editor.get_by_role("log")).to_contain_text("<img src=x onerror=alert(1)>")
        assert editor.locator("#log img").count() == 0


def test_all_of_it_goes_without_scripts(
    browser: Browser, url: str, cookies: Any, street: Town
) -> None:
    context = browser.new_context(base_url=url, storage_state=cookies, java_script_enabled=False)
    page = context.new_page()
    page.goto("/admin/flows/street/edit")
    text_of(page).fill(BROKEN)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#notes li.bad")).to_contain_text("There is no type “intger”.")
    text_of(page).fill(BETTER)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#notes li.bad")).to_have_count(0)
    page.get_by_role("button", name="Yes").click()
    page.wait_for_url("**/play")
    expect(page.get_by_role("log")).to_contain_text("What is your street called?")
    page.get_by_role("button", name="Spanish").click()
    expect(page.get_by_role("log")).to_contain_text("¿En qué calle vive?")
    page.goto("/admin/flows/street/publish")
    page.get_by_label("Publish although Spanish is not complete").check()
    page.get_by_role("button", name="Publish").click()
    page.wait_for_url("**/admin/flows/street")
    context.close()
