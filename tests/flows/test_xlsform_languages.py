"""Which languages a form speaks is told by its headings; what is not translated stays missing."""

import pytest
from xlsforms import flow_of, form, imported, told

from flows.xlsform.importing import import_form
from flows.xlsform.told import CHANGED, LEFT

LANGUAGES = {
    "none is named": (["label"], {}, ("en",)),
    "by its code": (["label::es"], {}, ("es",)),
    "by its name": (["label::Spanish"], {}, ("es",)),
    "by its own name": (["label::Español"], {}, ("es",)),
    "with a code": (["label::Kreyòl ayisyen (ht)"], {}, ("ht",)),
    "with one colon": (["label:French"], {}, ("fr",)),
    "the default goes first": (
        ["label::en", "label::es"],
        {"default_language": "es"},
        ("es", "en"),
    ),
    "the default names it": (["label"], {"default_language": "Português (pt)"}, ("pt",)),
    "one of them is not named": (["label", "label::es"], {}, ("en", "es")),
    "with a region": (["label::Português (pt-BR)"], {}, ("pt",)),
}


@pytest.mark.parametrize(("labels", "settings", "expected"), LANGUAGES.values(), ids=LANGUAGES)
def test_languages_are_told_by_the_headings(labels, settings, expected):
    row = ["text", "a", *("Where?" for _ in labels)]
    data = form(["type", "name", *labels], row, settings=[list(settings), list(settings.values())])
    assert imported(data).languages == expected


def test_a_language_that_is_not_known_is_listed_with_its_cure():
    data = form(["type", "name", "label::en", "label::Lang2"], ["text", "a", "Where?", "?"])
    assert told(data, LEFT) == [
        "headings: the columns in “Lang2”, which is not known as a language"
    ]


def test_the_language_can_be_given():
    assert flow_of(
        import_form(form(["text", "a", "A?"], settings=[]), "small", "es")
    ).languages == ("es",)


def test_a_missing_translation_stays_missing_and_a_missing_source_is_told():
    data = form(
        ["type", "name", "label::en", "label::es"],
        ["text", "a", "Where?"],
        ["text", "b", None, "¿Cuándo?"],
    )
    flow = imported(data)
    assert flow.by_id["a"].label == {"en": "Where?"}
    assert flow.by_id["b"].label == {"en": "¿Cuándo?", "es": "¿Cuándo?"}
    assert told(data, CHANGED) == [
        "survey row 3, label: there is no text in en; the one in es stands in for it"
    ]
