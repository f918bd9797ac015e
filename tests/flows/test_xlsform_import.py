"""Forms as users of Kobo and ODK write them become flows, and everything that does not go over is listed."""

from xlsforms import book, flow_of, form, imported, told

from flows.xlsform.importing import import_form
from flows.xlsform.told import CHANGED, LEFT, WRITE

HOUSING = book(
    survey=[
        [
            "type",
            "name",
            "label::English (en)",
            "label::Español (es)",
            "hint::English (en)",
            "required",
            "relevant",
            "constraint",
            "constraint_message::English (en)",
            "calculation",
            "parameters",
            "appearance",
            "choice_filter",
            "repeat_count",
            "$kuid",
        ],
        ["start", "start"],
        ["today", "today"],
        ["note", "intro", "<b>Hello!</b> We ask about **housing**.", "Hola."],
        ["select_one yesno", "consent", "Do you agree?", "¿Acepta?", None, "yes"],
        ["note", "bye", "Thanks anyway.", None, None, None, "${consent} = 'yes1'"],
        ["note", "bye", "Thanks anyway.", None, None, None, "${consent} = 'no'"],
        ["begin_group", "main", None, None, None, None, "${consent} = 'yes'"],
        ["text", "Full Name", "  What is your name?  ", "¿Su nombre?", "As you like"],
        [
            "integer",
            "Age",
            "How old are you, ${Full Name}?",
            "¿Edad?",
            None,
            "true()",
            None,
            ". >= 18 and . <= 120",
            "From 18 to 120",
        ],
        ["select_multiple issues or_other", "Issues", "Which issues?", "¿Cuáles?"],
        [],
        [
            "text",
            "why",
            "Why?",
            None,
            None,
            None,
            "selected(${Issues}, 'lead pipe') and not(selected(${Issues}, 'water'))",
        ],
        ["select_one city", "city", "City?"] + [None] * 8 + ["minimal", "county = ${county}"],
        ["begin_repeat", "child", "Child", None, None, None, "${Age} > 20", *[None] * 6, "3"],
        ["date", "born", "Born?", None, None, None, None, ". <= today()"],
        ["calculate", "child_age", *[None] * 7, "int((today() - ${born}) div 365.25)"],
        ["end_repeat"],
        ["calculate", "index", *[None] * 7, "round(${Age} div 3, 1)"],
        ["range", "mood", "Mood?", *[None] * 7, "start=0 end=10 step=2"],
        ["image", "pic", "Photo"],
        ["note", "thanks", "Thank you, ${Full Name}!", "¡Gracias!"],
        ["end_group"],
    ],
    choices=[
        ["list_name", "name", "label::English (en)", "label::Español (es)", "county"],
        ["yesno", "yes", "Yes", "Sí"],
        ["yesno", "no", "No", "No"],
        ["issues", "rent", "Rent"],
        ["issues", "water", "Water {cold}"],
        ["issues", "lead pipe", "Lead"],
        ["city", 1, "Atlanta", None, 7],
        ["city", 2, "Decatur", None, 8],
    ],
    settings=[
        ["form_title", "form_id", "default_language", "version"],
        ["Housing survey", "housing", "English (en)", 12],
    ],
)


def test_a_form_in_two_languages_becomes_a_flow():
    flow = flow_of(import_form(HOUSING, "small"))
    assert flow.title == {"en": "Housing survey"}
    assert flow.languages == ("en", "es")
    assert [question.id for question in flow.questions] == [
        *("full_name", "age", "issues", "issues_other", "why", "city"),
        *("child.label", "born", "child_age", "child", "mood", "pic"),
    ]
    name, age = flow.by_id["full_name"], flow.by_id["age"]
    assert name.label == {"en": "What is your name?", "es": "¿Su nombre?"}
    assert name.hint == {"en": "As you like"}
    assert age.label == {"en": "How old are you, {full_name}?", "es": "¿Edad?"}
    assert age.required
    assert age.constraint.source == "age >= 18 and age <= 120"
    assert age.constraint_message == {"en": "From 18 to 120"}
    assert flow.by_id["why"].relevant.source == (
        "lead_pipe in issues and (not answered(issues) or water not in issues)"
    )
    assert [choice.code for choice in flow.by_id["issues"].choices] == [
        *("rent", "water", "lead_pipe", "other")
    ]
    assert flow.by_id["issues"].choices[1].label == {"en": "Water {cold}"}
    assert flow.by_id["issues"].choices[3].other
    assert flow.by_id["child"].max == 3
    assert flow.by_id["child_age"].calculation.source == "years(born)"
    mood = flow.by_id["mood"]
    assert (mood.start, mood.end, mood.step) == (0, 10, 2)
    assert flow.by_id["pic"].type == "media"


def test_the_consent_of_a_form_opens_the_flow_and_its_thanks_close_it():
    """With the note before it, which is what people read before they agree."""
    flow = flow_of(import_form(HOUSING, "small"))
    assert flow.consent.label["en"] == "Hello! We ask about housing.\n\nDo you agree?"
    assert flow.consent.label["es"] == "Hola.\n\n¿Acepta?"
    assert flow.consent.declined == {"en": "Thanks anyway.\n\nThanks anyway."}
    assert flow.closing == {"en": "Thank you, {full_name}!", "es": "¡Gracias!"}
    assert all(question.shown_if is None for question in flow.questions[:3])


def test_everything_that_did_not_go_over_is_listed():
    assert told(HOUSING, LEFT) == [
        "survey row 19, calculation: nothing is calculated, because of “round(${Age} div 3, 1)”: "
        "round() has no equivalent",
        "settings (version): settings that mean nothing here",
        "choices (county): columns of the choices that mean nothing here; all choices are shown",
        "survey (start, row 2, today, row 3): what a phone or an app notes by itself",
        "survey, appearance (14): how a screen looks",
        "survey, choice_filter (14): all choices are shown",
    ]
    assert told(HOUSING, CHANGED) == [
        "survey row 4: this note became part of the consent",
        "survey row 15, repeat_count: asked up to 3 times, after each of which the contact may end it",
        "texts (survey row 4, label): marks such as <b> and **, which text messages do not know",
        "survey, name (Full Name → full_name, Age → age, Issues → issues): "
        "names that a flow cannot have; conditions and texts follow",
        "choices, name (lead pipe → lead_pipe): names of choices that cannot be codes, or stand twice; "
        "conditions follow",
    ]
    assert told(HOUSING, WRITE) == [
        "keywords: the word that people send to begin (SMALL now)",
        "contact: who you are and how you are reached; HELP says it",
        "survey row 15: the question whether there is another child",
    ]


PLAIN = book(
    survey=[["type", "name", "label"], ["text", "place", "Where?"], ["note", "n", "A note."]]
)


def test_a_form_has_no_head_and_gets_placeholders_that_are_marked():
    made = import_form(PLAIN, "small")
    flow = flow_of(made)
    assert flow.keywords == {"en": ("SMALL",)}
    lines = made.source.splitlines()
    for key in ("keywords", "contact", "closing"):
        at = next(number for number, line in enumerate(lines) if line.startswith(f"{key}:"))
        assert lines[at - 1].startswith("# write your own: ")
    for key in ("label", "declined"):
        at = next(number for number, line in enumerate(lines) if line.startswith(f"  {key}:"))
        assert lines[at - 1].startswith("  # write your own: ")
    assert [one.where for one in made.told if one.kind == WRITE] == [
        *("keywords", "contact", "consent", "closing", "consent")
    ]


def test_placeholders_are_there_in_each_language_that_has_them():
    data = form(
        ["type", "name", "label::French", "label::Tiếng Việt (vi)"], ["text", "a", "Où ?", "Ở đâu?"]
    )
    flow = imported(data)
    assert flow.languages == ("fr", "vi")
    assert flow.closing == {"fr": "Merci pour vos réponses."}
    data = form(["type", "name", "label::vi"], ["text", "a", "Ở đâu?"])
    assert imported(data).closing == {"vi": "Thank you for your answers."}
