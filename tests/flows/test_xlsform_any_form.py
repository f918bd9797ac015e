"""Whatever stands in a form, it becomes YAML that can be read, or a plain message; nothing ends in an exception."""

from contextlib import suppress

from hypothesis import given
from hypothesis import strategies as st
from small_flows import examples
from xlsforms import book

from flows import examine
from flows.notation.reading import read
from flows.xlsform import FormError
from flows.xlsform.importing import import_form

NAMES = st.sampled_from(["a", "b", "Q 1", "consent", "class", "2", "other", "a_other", "ñ", None])
TYPES = st.sampled_from(
    [
        *(
            "text",
            "note",
            "integer",
            "date",
            "range",
            "calculate",
            "select_one l",
            "select_multiple l",
        ),
        *("select_one l or_other", "select_one m", "begin_group", "end_group", "begin_repeat"),
        *(
            "end_repeat",
            "image",
            "today",
            "acknowledge",
            "hologram",
            "time",
            "TEXT",
            "rank l",
            None,
        ),
    ]
)
XPATHS = st.one_of(
    st.none(),
    st.sampled_from(
        [
            *("${a} = 'x'", "selected(${b}, 'y')", "not(${a} = ${b})", ". > 3", "today() - ${a}"),
            *("${consent} = 'yes'", "${consent} = 'no'", "if(${a} = 'x', 1, 2)", "count(${b}) > 1"),
            *("${", "(", "1 div 0", "${a} and", "string-length(.) > 2", "true()", "false()", "''"),
        ]
    ),
    st.text("${}ab.'\"()<>=!+-*/, ordivnt019", max_size=25),
)
TEXTS = st.one_of(
    st.none(),
    st.sampled_from(["Label", "{x}", "${a}", "${", "<b>B</b>", "yes", "1", "=1+1"]),
    st.text(max_size=9),
)
CELLS = {
    "type": TYPES,
    "name": NAMES,
    "label::en": TEXTS,
    "label": TEXTS,
    "relevant": XPATHS,
    "constraint": XPATHS,
    "constraint_message": TEXTS,
    "calculation": XPATHS,
    "required": st.sampled_from([None, "yes", "no", "${a} = 'x'"]),
    "parameters": st.sampled_from([None, "start=1 end=5", "start=5 end=1", "step=x"]),
    "repeat_count": st.sampled_from([None, "3", "0", "${a}", "999"]),
}
ROWS = st.lists(st.tuples(*CELLS.values()), max_size=9)
CHOICES = st.lists(st.tuples(st.sampled_from(["l", "m", None]), NAMES, TEXTS, TEXTS), max_size=6)


def written(word: object) -> object:
    """A text without the signs that no spreadsheet holds."""
    if not isinstance(word, str):
        return word
    return "".join(sign for sign in word if sign.isprintable())


@given(ROWS, CHOICES)
@examples(120)
def test_any_form_becomes_yaml_or_a_plain_message(rows, choices):
    data = book(
        survey=[list(CELLS), *(map(written, row) for row in rows)],
        choices=[
            ["list_name", "name", "label", "label::en"],
            *(map(written, row) for row in choices),
        ],
    )
    with suppress(FormError):
        made = import_form(data, "small")
        assert read(made.source, "small.yaml").data["flow"] == "small"
        examine(made.source, "small.yaml", stem="small")
        assert all(str(one) for one in made.told)
