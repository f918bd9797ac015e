"""A day at the desk, for tests of what pages say: a team that tags, codes, masks, translates, meets and exports."""

from datetime import timedelta

from office import Visitor
from sqlalchemy import select
from town import Town

from flows import CONSENT
from storage import messages
from storage.exports import making, register
from storage.models import ExportRow, MessageRow
from storage.quarantine import TOO_QUICK

MEETING = {
    "flow": "street",
    "title": "Noche de barrio",
    "place": "Biblioteca",
    "host": "Ana",
    "day": "2026-11-21",
    "begins": "08:00",
    "ends": "20:00",
    "timezone": "America/New_York",
    "languages": "español",
    "access": "Rampa",
    "headcount": "40",
    "groups": "Inquilinos: 22",
    "days": "3",
}
SHEET = {
    "language": "es",
    "channel": "paper",
    "agreed": "yes",
    "said_by": "person",
    "token": "t" * 24,
    "a:street": "Calle Olmo",
    "a:people": "3",
    "k:issues": "yes",
}
CARE = "care: danger, self_harm; no usable answer to people; an edit that does not fit street"
STATES = (
    (register.WAITING, None),
    (register.RUNNING, None),
    (register.READY, None),
    (register.UNFINISHED, None),
    (register.CANCELLED, None),
    (register.FAILED, making.NO_RIGHT),
    (register.FAILED, "RuntimeError"),
    (register.FAILED, "There is no store of files here."),
    (register.EXPIRED, None),
    (register.WITHDRAWN, None),
)


def work(ana: Visitor, ben: Visitor, town: Town) -> None:
    """What Ana and Ben do in a day with the first testimony, which holds "Calle Roble", and beside it."""
    _read(ana, ben)
    _meet(ana)
    _export(ana, town)
    _happen(town)


def _press(who: Visitor, address: str, **form: object) -> str:
    """Send a form, and return where it leads."""
    form = {"csrf_token": who.token(), **form}
    answer = who.client.post(f"/admin/{address}", data=form, buffered=True)
    assert answer.status_code in (200, 303), (address, answer.status_code)
    return answer.location or ""


def _read(ana: Visitor, ben: Visitor) -> None:
    _press(ana, "testimonies/1/codes", code=["theme/housing", "group/poor", "assessment/problem"])
    _press(ben, "testimonies/1/codes", code=["theme/housing", "theme/energy"])
    _press(ben, "testimonies/1/codes", shown=["theme/energy"], code=["theme/food"])
    for who in (ana, ben):
        quoted = {"passage": "Calle", "other": "housing", "assessment": "problem"}
        _press(who, "testimonies/1/quotations", **quoted)
    _press(ben, "testimonies/1/quotations/2/end")
    for words in ("Calle", "Roble"):
        _press(ana, "testimonies/1/mask", passage=words, reason="una calle")
    _press(ben, "testimonies/1/masks/1/ask")
    _press(ana, "testimonies/1/masks/2/lift")
    _press(ana, "testimonies/1/answers/2/translate", to="en", words="█████ Roble")
    _press(ana, "testimonies/1/answers/2/translate", to="en", words="████ Roble")
    for where in ("testimonies/1/tags", "testimonies/3/tags"):
        _press(ana, where, name="calefacción")
    _press(ana, "views", name="En pausa", status="paused", shared="1")
    for words in ("olmo", "nada"):
        _press(ana, "search", q=words, status="waiting")


def _meet(ana: Visitor) -> None:
    _press(ana, "meetings/new", **MEETING)
    _press(ana, "meetings/1/enter", **SHEET)
    _press(ana, "meetings/1/enter", **SHEET, save="")
    begun = _press(ana, "interviews", survey="street:es", token="i" * 24, meeting="1")
    agreed = {"read": "yes", "said_by": "person", "agreed": "yes"}
    _press(ana, begun.removeprefix("/admin/"), asked=CONSENT, **agreed)


def _export(ana: Visitor, town: Town) -> None:
    wanted = {"flow": "street", "format": "csv", "language": "es", "status": "waiting"}
    wanted |= {"since": "2026-11-20", "until": "2026-11-21", "channel": "sms"}
    for _one in (*STATES, "done"):
        _press(ana, "export/file", **wanted, labels="1", label_language="es", scope="quote")
    _press(ana, "export/identified", flow="street", format="csv", reason="una llamada")
    with town.database.writing() as session:
        for number, (status, error) in enumerate(STATES, 1):
            row = session.get_one(ExportRow, number)
            row.status, row.error, row.way = status, error, register.KEPT
            row.gone_at = town.clock() + timedelta(days=1)
        for number in (2, 11, 12):
            session.get_one(ExportRow, number).repeats_id = 1


def _happen(town: Town) -> None:
    """What comes from outside meanwhile: words that call somebody, and messages that do not arrive."""
    with town.database.writing() as session:
        messages.call_attention(session, town.ids[3], CARE)
        for number in town.ids[4:6]:
            messages.call_attention(session, number, TOO_QUICK)
        sent = session.scalars(select(MessageRow).where(MessageRow.direction == "out")).all()
        troubles = (
            "Twilio 30003",
            "Telegram: Forbidden",
            "the contact stopped",
            "what nobody knows",
        )
        for row, error in zip(sent, troubles, strict=False):
            row.status, row.error = messages.UNDELIVERED, error
