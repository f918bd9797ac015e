"""Questions of every type, and what a typed reply means to them."""

from functools import cache

from small_flows import TODAY, flow_of

from flows import Flow
from flows.language.expressions import Value
from flows.talking.answers import Asked, Reading, read_answer

QUESTIONS = """
  text: {type: text, label: Text?}
  integer: {type: integer, label: Integer?}
  decimal: {type: decimal, label: Decimal?}
  date: {type: date, label: Date?}
  quote: {type: consent, scope: quote, label: Quote?}
  home:
    type: select_one
    label: {en: What weighs most?, es: ¿Qué le pesa más?}
    choices:
      housing: {label: {en: Housing or eviction, es: Vivienda o desalojo}, accept: {en: [rent, landlord], es: renta}}
      police: {en: Police and courts, es: Policía y tribunales}
      health: {en: "Health, doctors", es: "Salud, médicos"}
      water: {en: Water, es: Agua}
      meter: {en: Meter, es: Medidor}
      cart: {en: Cart, es: Carro}
      card: {en: Card, es: Tarjeta}
      bus: {en: Bus, es: Bus}
      no_one: {label: {en: Nobody, es: Nadie}, accept: {en: [nope, nobody at all], es: [nada]}}
      none: {en: None of these, es: Ninguna}
"""
QUESTIONS += (
    QUESTIONS[QUESTIONS.index("  home:") :]
    .replace("  home:", "  homes:")
    .replace("select_one", "select_multiple")
)


@cache
def questions() -> Flow:
    return flow_of(QUESTIONS)


def read(question: str, text: str, language: str = "en") -> Reading | None:
    flow = questions()
    return read_answer(Asked(flow, flow.by_id[question], language, TODAY), text)


def value(question: str, text: str, language: str = "en") -> Value:
    """The value that the reply has, None for none."""
    reading = read(question, text, language)
    return reading.value if reading else None
