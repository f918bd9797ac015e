"""Catalogues say what the pages say: all of it, nothing else, and with the same things named in every language."""

import re
from contextlib import chdir

import pytest
from babel.messages.catalog import Message

from admin import interface
from tests.catalogues import ROOT, TEMPLATE, gathered, missing, read, written

NAMED = re.compile(r"%\((\w+)\)[sd]")
TAG = re.compile(r"<[^>]*>")
WHOLE = [
    "es"
]  # the languages that we keep whole ourselves; others fall back to English where they lack something
LANGUAGES = [code for code in interface.languages() if code != interface.SOURCE]


def forms(message: Message) -> list[str]:
    """A message as it is said: once, or for one and for many."""
    said = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return [one for one in said if one]


def ids(message: Message) -> list[str]:
    return list(message.id) if isinstance(message.id, tuple | list) else [message.id]


def said(code: str) -> list[Message]:
    return [one for one in written()[code] if one.id]


def test_what_the_pages_say_has_been_gathered():
    with chdir(ROOT):
        assert gathered() == TEMPLATE.read_text(encoding="utf-8"), "run make translations"


def test_every_catalogue_is_a_language_that_can_be_chosen():
    assert list(written()) == LANGUAGES
    assert interface.languages()["es"] == "Español"


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalogue_knows_the_messages_of_the_template_and_no_others(code):
    template = {(one.context, str(one.id)) for one in read(TEMPLATE) if one.id}
    assert {(one.context, str(one.id)) for one in said(code)} == template, "run make translations"
    assert not written()[code].obsolete


@pytest.mark.parametrize("code", WHOLE)
def test_a_language_that_we_keep_says_all(code):
    assert missing(written()[code]) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_nothing_in_a_catalogue_is_a_guess(code):
    assert [one.id for one in said(code) if one.fuzzy] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_babel_finds_nothing_wrong_in_a_catalogue(code):
    catalog = written()[code]
    assert [(one.id, list(errors)) for one, errors in catalog.check()] == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_names_what_the_message_names(code):
    for message in said(code):
        allowed = [set(NAMED.findall(one)) for one in ids(message)]
        for form in forms(message):
            assert set(NAMED.findall(form)) in allowed, form
            assert form.count("%") == len(NAMED.findall(form)), form


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_brings_no_markup_of_its_own(code):
    for message in said(code):
        tags = sorted(TAG.findall(ids(message)[-1]))
        for form in forms(message):
            assert sorted(TAG.findall(form)) == tags, form
            assert not re.search(r'[<>&"]', TAG.sub("", form)), form


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_translation_begins_and_ends_as_the_message_does(code):
    for message in said(code):
        for form in forms(message):
            assert form == form.strip(), form
            ends = [one[-1] in ".:?!" for one in ids(message)]
            assert (form[-1] in ".:?!؟。：") in ends, form


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_catalogue_is_read_as_it_was_written(code):
    catalogue = interface.catalogue(code)
    for message in written()[code]:
        if message.id and isinstance(message.id, str) and not message.context and message.string:
            assert catalogue.ugettext(message.id) == message.string


def test_spanish_awaits_a_native_reader_and_says_so():
    path = TEMPLATE.parent / "es" / "LC_MESSAGES" / "messages.po"
    assert "Awaiting review by a native speaker." in path.read_text(encoding="utf-8")[:300]


def test_no_language_is_compiled_beforehand():
    assert list(TEMPLATE.parent.rglob("*.mo")) == []
