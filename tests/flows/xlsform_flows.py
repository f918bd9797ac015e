"""Flows that go out as forms: those there are, and one with everything that a flow can say."""

from io import BytesIO

from openpyxl import load_workbook
from small_flows import SURVEYS, TRANSCRIPTS

from flows import Flow, examine, read_source
from flows.xlsform.exporting import Exported, export_flow

RICH = """
flow: rich
title: {en: 'Rich {{and}} odd', es: Rico}
languages: [en, es, fr]
country: MX
timezone: America/Mexico_City
unlisted: true
keywords: {en: [RICHFLOW, 'rich, flow'], es: [FLUJORICO]}
contact: {en: The testers, es: 'Los que prueban'}
expires: 30 days
remind: [36 hours, 2 weeks]
leave: {en: [pizza night, 'a, b'], es: [noche de pizza]}
not_private: {en: 'Others {{may}} read it, = so.', es: Otros lo leen.}
care:
  tel:
    words: {en: [going to kill me, 'a, "gun"', "won't let me"], es: []}
    label: {en: 'Call 911, {{now}}.', es: Llame., fr: "\xa0!"}
  self_harm: {words: want to die, label: Call 988.}
consent:
  label: {en: 'The testers ask, for tests; STOP ends it. May we?', es: ¿Se puede?}
  declined: {en: Bye., es: Adios.}
choice_lists:
  yes or no:
    yes: {en: 'Yes, it is', es: Asi es}
    no:
      label: {en: 'No, it is not', es: No es asi}
      accept: {en: [never, 'not, ever', '"no" way'], es: [nunca jamas]}
    other: {label: {en: Something else, es: Otra cosa}, other: {en: What is it?, es: ¿Qué es?}}
  unused: {a: Aaa, b: Bbb}
questions:
  hello: {type: note, label: {en: Hello., es: Hola., fr: "Bonjour\\_!"}}
  safe: {type: select_one, label: Safe?, choices: yes or no, attempts: 2, then: pause, theme: safety}
  again: {type: select_one, label: Again?, hint: Think., choices: yes or no, relevant: "safe_other != 'x'"}
  people: {type: range, label: How many?, start: -2, end: 3, step: 0.5, required: true}
  tel: {type: phone, label: Your phone?, purpose: {en: To call., es: Para llamar.}, sensitive: true}
  mail: {type: email, label: Your mail?, purpose: To write.}
  born: {type: date, label: Born when?, purpose: For the law., constraint: "born <= today() and born > '1900-01-01'",
    constraint_message: {en: Not yet., es: Aun no.}}
  age: {type: calculate, label: 'Age', calculation: years(born)}
  adult: {type: calculate, calculation: not age < 18}
  data: {type: integer, label: A name that forms keep for themselves?, constraint: data + age > 3}
  meta: {type: decimal, label: '{data|no} and {{data}} and ${{data}} cost =1+1?', relevant: data > 2}
  issues:
    type: select_multiple
    label: {en: Which?, es: ''}
    report: problem
    constraint: not (none in issues) or count(issues) == 1
    choices:
      rent: {label: Rent, theme: housing, accept: rents}
      water: {en: 'Water {{cold}}', es: Agua}
      none: Neither
      more: {label: More, other: true}
  incidents:
    repeat: {en: 'Another time?', es: ¿Otra vez?}
    label: "Time {incidents}:"
    max: 3
    relevant: adult
    questions:
      when: {type: date, label: When was it?, constraint: when <= today()}
      inner:
        relevant: incidents > 1 and answered(when)
        questions:
          what: {type: text, multiline: true, label: "What happened on {when|that day}, time {incidents}?"}
      whom: {type: select_one, label: Whom?, choices: {me: Me, them: {label: Them, other: true}}}
  unnamed:
    repeat: One more?
    questions:
      thing: {type: text, label: Thing?}
  about:
    label: About you
    relevant: count(incidents) > 0
    questions:
      deeper:
        questions:
          tongue: {type: text, label: Which language at home?}
  where: {type: geopoint, label: Where?, purpose: For the map.}
  pic: {type: media, label: A photo?}
  quote: {type: consent, scope: quote, label: May we print it?, constraint: quote == yes or answered(pic)}
  closing: {type: note, label: This is not the closing., relevant: quote == no}
closing: {en: "Told {incidents} times, age {age}. Bye.", es: Adios.}
translations: {es: {reviewed: true, sources: [a1b2c3]}, fr: {reviewed: false}}
"""
BUNDLE = """
flow: bundled
title: Bundled
languages: [en, es]
contact: The testers
consent: {label: The testers ask for a test. May we?, declined: Bye.}
questions:
  safe: {type: text, label: Safe?}
  about: {include: blocks/about.yaml, label: About you}
closing: Bye.
--- # blocks/about.yaml
choice_lists:
  yesno: {yes: 'Yes, it is', no: 'No, it is not'}
questions:
  tongue: {type: text, label: {en: Which language at home?, es: ¿Qué lengua?}}
  street: {type: select_one, label: A street?, choices: yesno, relevant: safe != 'x'}
"""

FILES = [*sorted(SURVEYS.glob("*.yaml")), *sorted((TRANSCRIPTS / "flows").glob("*.yaml"))]
SOURCES = {path.stem: read_source(path) for path in FILES} | {"rich": RICH, "bundled": BUNDLE}


def loaded(source: str, name: str) -> tuple[Flow, Exported]:
    found = examine(source, f"{name}.yaml", stem=name)
    assert found.flow is not None, [str(one) for one in found.mistakes]
    return found.flow, export_flow(found)


def rows(data: bytes) -> dict[str, list[tuple[object, ...]]]:
    made = load_workbook(BytesIO(data))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in made}
