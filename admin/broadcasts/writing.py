"""The form of a broadcast: whom it is for and what is said in each language; shown again where something is amiss."""

from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from admin import filters, letters
from admin.broadcasts import common
from admin.desk import desk
from admin.filters import Asked
from admin.interface import tongue_of
from admin.words import language_name
from flows import Catalog
from storage.broadcasts import register
from storage.broadcasts.register import MOST, MOST_TEXT, Facts, Known, Purpose, Standing
from storage.broadcasts.wording import whole
from storage.exports.extract import Order
from storage.exports.orders import WANTED, plain_of
from storage.replies import LONGEST

UNUSABLE, CONFLICT = 422, 409
FIELDS = ("name", "purpose", "begins", "sender", "price")
FILTERS = ("flow", "status", "language", "channel", "place", "agreed", "since", "until")
DEAREST = Decimal(1000)


@dataclass
class Form:
    """What was typed, and what is wrong with it, by field. ``texts`` are by language."""

    values: dict[str, str]
    texts: dict[str, str]
    token: str = field(default_factory=letters.new_token)
    faults: dict[str, str] = field(default_factory=dict)


def new() -> ResponseReturnValue:
    """Write a broadcast."""
    known, catalog = _known()
    if request.method == "GET":
        return _page(_fresh(catalog), filters.read(request.args, known), known, catalog)
    form, facts = _read(catalog, asked := filters.read(request.form, known))
    if facts is None:
        return _page(form, asked, known, catalog), UNUSABLE
    with desk().database.writing() as session:
        number = register.make(session, facts, current_user.id, form.token, desk().now())
    return redirect(url_for("admin.broadcast", broadcast_id=number), 303)


def edit(broadcast_id: int) -> ResponseReturnValue:
    """Write a draft anew."""
    with desk().database.reading() as session:
        found = common.known(session, broadcast_id)
    known, catalog = _known(found.facts.wanted.flow or "")
    if found.standing is not Standing.DRAFT:
        return redirect(url_for("admin.broadcast", broadcast_id=broadcast_id), 303)
    if request.method == "GET":
        values = filters.read(_written_filter(found), known)
        return _page(_written(found), values, known, catalog, found)
    form, facts = _read(catalog, asked := filters.read(request.form, known))
    if facts is None:
        return _page(form, asked, known, catalog, found), UNUSABLE
    with desk().database.writing() as session:
        if not register.change(session, broadcast_id, facts, current_user.id, desk().now()):
            abort(CONFLICT)
    return redirect(url_for("admin.broadcast", broadcast_id=broadcast_id), 303)


def _known(flow: str = "") -> tuple[filters.Choices, Catalog]:
    with desk().database.reading() as session:
        asked = {"flow": request.values.get("flow", flow)}
        return filters.known(session, desk().library, asked), desk().library.catalog(session)


def _page(
    form: Form, asked: Asked, known: filters.Choices, catalog: Catalog, found: Known | None = None
) -> str:
    titles = {name: flow.say(flow.title, tongue_of(flow)) for name, flow in catalog.items()}
    return render_template(
        "admin/broadcast_write.html",
        form=form,
        asked=asked,
        choices=known,
        labels=filters.LABELS,
        names=[name for name in FILTERS if known.get(name, True)],
        broadcast=found,
        flows=titles,
        purposes=common.PURPOSES,
        languages={code: language_name(code) for code in _languages(catalog, form)},
        most=MOST,
        most_text=MOST_TEXT,
    )


def _languages(catalog: Catalog, form: Form) -> list[str]:
    """Those that surveys speak, in their order, and those that a text is there for."""
    spoken = [code for flow in catalog.values() for code in flow.languages]
    return list(dict.fromkeys([*spoken, *(code for code, text in form.texts.items() if text)]))


def _fresh(catalog: Catalog) -> Form:
    first = next(iter(catalog.values()), None)
    values = dict.fromkeys(FIELDS, "") | {"purpose": Purpose.INFORM.value}
    if first is not None:
        values["sender"] = first.say(first.contact, tongue_of(first)).partition(",")[0].strip()
    return Form(values, {})


def _written(found: Known) -> Form:
    facts = found.facts
    values = {"name": facts.name, "purpose": facts.purpose.value, "begins": facts.flow or ""}
    return Form(values | {"sender": facts.sender, "price": facts.price}, dict(facts.texts))


def _written_filter(found: Known) -> dict[str, str]:
    """Its filters as an address has them."""
    plain = plain_of(Order(found.facts.wanted))[WANTED]
    told = {
        name: "/".join(one) if isinstance(one, list) else str(one) for name, one in plain.items()
    }
    if found.facts.wanted.since is not None:
        told["since"] = f"{found.facts.wanted.since:%Y-%m-%d}"
    if found.facts.wanted.until is not None:  # the day after the last
        told["until"] = f"{found.facts.wanted.until - timedelta(days=1):%Y-%m-%d}"
    return told


def _read(catalog: Catalog, asked: Asked) -> tuple[Form, Facts | None]:
    """The form as it was sent, and the facts if all of it can be used."""
    given = {name: _line(request.form.get(name, "")) for name in FIELDS}
    languages = {code for flow in catalog.values() for code in flow.languages}
    texts = {
        code: letters.text_of({"text": request.form.get(f"text-{code}", "")}) for code in languages
    }
    form = Form(
        given, {code: text for code, text in texts.items() if text}, request.form.get("token", "")
    )
    _judge(form, catalog)
    if asked.mistaken:
        form.faults["filters"] = _("Not understood: %(names)s.", names=", ".join(asked.mistaken))
    if form.faults:
        return form, None
    facts = Facts(
        given["name"],
        Purpose(given["purpose"]),
        given["sender"],
        form.texts,
        asked.wanted,
        given["begins"] or None,
        given["price"],
    )
    return form, facts


def _judge(form: Form, catalog: Catalog) -> None:
    """Find what cannot be used."""
    values = form.values
    for name, most in MOST.items():
        if not 0 < len(values[name]) <= most:
            form.faults[name] = _("Please fill this in, in at most %(most)s letters.", most=most)
    if values["purpose"] not in list(Purpose):
        form.faults["purpose"] = _("Say what it is for.")
    if values["begins"] and values["begins"] not in catalog:
        form.faults["begins"] = _("This survey is not published.")
    if not letters.TOKEN.fullmatch(form.token):
        form.faults["token"] = str(letters.BROKEN)
    if values["price"] and not _is_price(values["price"]):
        form.faults["price"] = _("Write it with a point, such as 0.0083.")
    if not form.texts:
        form.faults["texts"] = _("Write the text in one language at least.")
    flow = catalog.get(values["begins"])
    for code, text in form.texts.items():
        if len(text) > MOST_TEXT or len(whole(values["sender"], text, code, flow)) > LONGEST["sms"]:
            form.faults[f"text-{code}"] = _("At most %(most)s letters, please.", most=MOST_TEXT)


def _is_price(written: str) -> bool:
    try:
        price = Decimal(written)
    except InvalidOperation:
        return False
    return price.is_finite() and 0 < price < DEAREST and len(written) <= len("0.00000000000000")


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())
