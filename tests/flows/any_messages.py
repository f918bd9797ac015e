"""Conversations of any kind, for properties: whole ways disturbed, and messages that make no sense."""

from hypothesis import strategies as st
from small_flows import shipped

from flows import Command, Said

FLOWS = {name: shipped(name) for name in ("city-testimony", "household", "parks")}

STEERING = [
    "STOP",
    "parar",
    "START",
    "iniciar",
    "HELP",
    "ayuda",
    "BACK",
    "atrás",
    "SKIP",
    "saltar",
    "REPEAT",
]
STEERING += ["LANGUAGE", "idioma", "repetir", "Stop all!", "unsubscribe"]
KEYWORDS = ["RIGHTS", "derechos", "household", "HOGAR", "Parks", "parques"]
GOOD = [
    "yes",
    "no",
    "sí",
    "1",
    "2",
    "3",
    "1 3",
    "2,3",
    "10",
    "1 10",
    "none",
    "home",
    "police and rent",
    "housing",
]
GOOD += [
    "cat, dog",
    "three",
    "12",
    "850.50",
    "-1",
    "21",
    "2026-05-03",
    "ayer",
    "yesterday",
    "2027-01-01",
    "Atlanta",
]
JUNK = [
    "",
    " ",
    "?",
    "\0",
    "\0\0STOP",
    "a\0b",
    "🙂",
    "👍🏽",
    "❌",
    "\u200f٣\u200f",
    "مرحبا بكم",
    "{city}",
    "{place}",
    "}{",
]
JUNK += [
    "x" * 10_000,
    "9" * 400,
    "%s%n",
    "<b>",
    "stop it",
    "please stop",
    "1\n2",
    "línea\nlínea",
    "9999999999 days ago",
]
JUNK += [
    "\ud800",
    "ﷺ" * 50,
    "n\u0303" * 200,
    "yes no",
    "STOP? no",
    "1e999",
    "=1+1",
    "-",
    "now",
    "2",
]

texts = st.one_of(
    *map(st.sampled_from, (STEERING, KEYWORDS, GOOD, GOOD, JUNK)), st.text(max_size=30)
)
languages = st.none() | st.sampled_from(["en", "es", "fr", "xx"])
said = st.one_of(
    st.builds(Said, texts),
    st.builds(Said, texts, language=languages, media=st.sampled_from([(), ("photo",)])),
    st.builds(
        Said,
        st.just(""),
        begin=st.just(True),
        flow=st.none() | st.sampled_from([*FLOWS, "gone"]),
        language=languages,
    ),
    st.sampled_from([Command.STOP, Command.START, Command.HELP]).map(
        lambda steer: Said(steer, settled=steer)
    ),
)
catalogs = st.sampled_from(
    [("household",), ("city-testimony",), ("parks", "household"), tuple(FLOWS)]
)

WAYS = [
    "RIGHTS;yes;Atlanta;1 and police;1;1, 4;Rent went up;Trees;A limit;The mayor;yes;2",
    "RIGHTS;yes;Fulton;none;The library;More buses;SKIP;no;no",
    "DERECHOS;sí;Roma;policía;1 y 3;Nos pararon;Más árboles;Nada;el sheriff;sí;no",
    "HOUSEHOLD;yes;Sam;12;850.50;cat, dog;2;May 3, 2026;New job;yes",
    "HOGAR;si;Ana;3;1.250,50;ninguno;ayer;Trabajo;no",
    "hello;2;yes;1;shade;PARKS;yes;2;sun",
]


@st.composite
def disturbed_ways(draw):
    """A whole way through a flow with some messages lost, doubled, swapped, or others between them."""
    way = [Said(text) for text in draw(st.sampled_from(WAYS)).split(";")]
    for _ in range(draw(st.integers(0, 6))):
        place = draw(st.integers(0, len(way) - 1))
        match draw(st.sampled_from(["lose", "double", "swap", "between", "between"])):
            case "lose" if len(way) > 1:
                del way[place]
            case "double":
                way.insert(place, way[place])
            case "swap":
                way[place], way[-1 - place] = way[-1 - place], way[place]
            case _:
                way.insert(place, draw(said))
    return way


openings = st.sampled_from(
    ["", "RIGHTS;yes", "household;1;Sam;3;5", "derechos;sí;Roma", "hogar;si"]
)
conversations = st.one_of(
    disturbed_ways(),
    disturbed_ways(),
    st.builds(
        lambda opening, more: [*map(Said, opening.split(";")), *more],
        openings,
        st.lists(said, min_size=3, max_size=20),
    ),
)
