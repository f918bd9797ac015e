"""Entries of a survey to the questions of a flow, each in the flow language's words or listed as left out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flows.language.compiling import compile_calculation
from flows.language.expressions import CODE, CODES, INSIDE, TEXT, TIMES, Known
from flows.language.kinds import KINDS
from flows.language.model import NO, YES, Path
from flows.language.parts import MAY, MOST_TIMES
from flows.xlsform import particulars, survey
from flows.xlsform.carried import CONSENT, DECLINED, OTHER
from flows.xlsform.choices import Choices
from flows.xlsform.desk import Desk, short
from flows.xlsform.placeholders import AGAIN, placeholder
from flows.xlsform.survey import Entry
from flows.xlsform.told import CHANGED, LEFT
from flows.xlsform.unlike import ALIKE, DEVICE, NEARLY

_PARAMETER = re.compile(r"(start|end|step)\s*=\s*([-+]?[\d.]+)")
Item = dict[str, Any]


@dataclass
class Items:
    """The items of one flow as they are made, in the order of the form."""

    desk: Desk
    choices: Choices

    def all(self, entries: list[Entry], path: Path = ()) -> dict[str, Item]:
        found: dict[str, Item] = {}
        for entry in entries:
            made = self.block(entry, path) if entry.is_block else self.question(entry, path)
            if made:
                found[made[0]] = made[1]
        return found

    # questions

    def question(self, entry: Entry, path: Path) -> tuple[str, Item] | None:
        desk = self.desk
        kind = self.kind(entry)
        if not kind or desk.carried.role(entry.name) in (CONSENT, OTHER):
            return None
        relevant = desk.expression(entry, "relevant")
        if relevant is False:
            self.never(entry, kind)
            return None
        item: Item = {"type": kind}
        codes: Mapping[str, str] = {}
        if kind.startswith("select"):
            item["choices"], codes = self.choices.of(entry)
            if not item["choices"]:
                message = f"there is no list “{entry.list_name}” on the choices sheet"
                desk.ledger.add(LEFT, entry.where(), f"the question is left out: {message}")
                return None
        if kind == "calculate" and not self.calculated(entry, item):
            return None
        item |= {"relevant": relevant} if isinstance(relevant, str) else {}
        name = desk.id_of(entry)
        item |= particulars.texts(desk, entry, kind, (*path, "questions", name))
        self.learn(entry, name, item, codes)
        if kind != "note":
            item |= self.asked(entry, name, item)
        particulars.ignored(desk, entry)
        return name, {key: value for key, value in item.items() if key in MAY[kind]}

    def kind(self, entry: Entry) -> str:
        """The type in our words; "" for what is not asked, which is told."""
        ledger, written = self.desk.ledger, entry.kind
        ours = self.desk.carried.original(entry.name, "type", entry.cells.get("type", ""))
        if ours:
            return ours
        if written in DEVICE:
            if written in ("today", "get today"):
                self.desk.days.add(entry.name)
            message = "what a phone or an app notes by itself"
            ledger.again(LEFT, "survey", f"{written}, row {entry.number}", message)
            return ""
        if written in NEARLY:
            found, how = NEARLY[written]
            ledger.add(CHANGED, entry.where(), f"“{entry.cells['type']}” {how}")
            return found
        if written not in ALIKE:
            message = f"“{entry.cells['type']}” has no equivalent; the question is left out"
            ledger.add(LEFT, entry.where(), message, "Ask it in words, as a question of type text.")
        return ALIKE.get(written, "")

    def never(self, entry: Entry, kind: str) -> None:
        """What only those see who do not agree is the text after their no."""
        if kind == "note" and self.desk.carried.role(entry.name) in ("", DECLINED):
            self.desk.declined.append(self.desk.label(entry))
        else:
            message = "it is asked only of those who did not agree, and so of no one; left out"
            self.desk.ledger.add(LEFT, entry.where(), message)

    def calculated(self, entry: Entry, item: Item) -> bool:
        found = self.desk.expression(entry, "calculation")
        if not isinstance(found, str):
            if "calculation" not in entry.cells:
                self.desk.ledger.add(LEFT, entry.where(), "a calculate without a calculation")
            return False
        item["calculation"] = found
        return True

    def learn(self, entry: Entry, name: str, item: Item, codes: Mapping[str, str]) -> None:
        """From here on it can be named."""
        desk = self.desk
        kind = item["type"]
        if kind == "note":
            return
        desk.names[entry.name] = name
        desk.codes[name] = codes
        if kind == "calculate":
            desk.scope[name] = compile_calculation(item["calculation"], desk.scope).known
            return
        own = tuple(dict.fromkeys(codes.values()))
        desk.scope[name] = Known(KINDS[kind], (YES, NO) if kind == "consent" else own)
        if KINDS[kind] in (CODE, CODES) and self.has_other(item):
            desk.taken.add(f"{name}_other")
            desk.names.setdefault(f"{entry.name}_other", f"{name}_other")
            desk.scope[f"{name}_other"] = Known(TEXT)

    def has_other(self, item: Item) -> bool:
        listed = item.get("choices", {})
        choices = self.choices.shared[listed] if isinstance(listed, str) else listed
        return any(isinstance(one, dict) and "other" in one for one in choices.values())

    def asked(self, entry: Entry, name: str, item: Item) -> Item:
        desk, found = self.desk, dict[str, Any]()
        constraint = desk.expression(entry, "constraint", own=name)
        if constraint is False:
            message = "no answer at all would be taken; the constraint is left out"
            desk.ledger.add(LEFT, entry.where("constraint"), message)
        if isinstance(constraint, str):
            found["constraint"] = constraint
        elif "constraint_message" in item:
            message = "nothing is left that it could explain; left out"
            desk.ledger.add(LEFT, entry.where("constraint_message"), message)
            del item["constraint_message"]
        found |= particulars.required(desk, entry) | particulars.carried(desk, entry)
        if item["type"] == "range":
            found |= dict(_PARAMETER.findall(entry.cells.get("parameters", "")))
        elif "parameters" in entry.cells:
            message = "parameters that text messages do not know"
            desk.ledger.again(LEFT, "survey, parameters", str(entry.number), message)
        if "multiline" in entry.cells.get("appearance", ""):
            found["multiline"] = "true"
        return found

    # groups and repeats

    def block(self, entry: Entry, path: Path) -> tuple[str, Item] | None:
        desk = self.desk
        relevant = desk.expression(entry, "relevant")
        if relevant is False:
            for one in survey.every([entry]):
                if not one.is_block:
                    self.never(one, ALIKE.get(one.kind, ""))
            return None
        nested = entry.kind == "repeat" and desk.repeat != ""
        if nested:
            message = "a repeat within a repeat; its questions are asked once each time"
            desk.ledger.add(CHANGED, entry.where(), message)
        repeats = entry.kind == "repeat" and not nested
        name = desk.id_of(entry)
        before = dict(desk.scope)
        if repeats:
            desk.names[entry.name], desk.repeat = name, name
            desk.scope[name] = Known(TIMES)
        label = desk.label(entry)
        item: Item = {"label": short(label, desk.source)} if label else {}
        item |= {"relevant": relevant} if isinstance(relevant, str) else {}
        place = (*path, "questions", name)
        item["questions"] = self.all(entry.inside, place)
        particulars.ignored(desk, entry)
        if repeats:
            item |= self.again(entry, place)
            hidden = desk.scope.keys() - before.keys() - {name}
            desk.scope |= {one: Known(INSIDE, repeat=name) for one in hidden}
            desk.repeat = ""
        if not item["questions"]:
            desk.ledger.add(LEFT, entry.where(), f"the {entry.kind} holds no question; left out")
            desk.scope.pop(name, None)
            return None
        return name, item

    def again(self, entry: Entry, path: Path) -> Item:
        """How a repeat is repeated: who answers is asked each time, up to so many times."""
        desk = self.desk
        found: Item = {}
        if carried := desk.carried.by_language(entry.name, "repeat"):
            found["repeat"] = short(carried, desk.source)
        else:
            found["repeat"] = short(placeholder(AGAIN, desk.languages), desk.source)
            what = f"the question whether there is another {entry.name or 'one'}"
            desk.write_own((*path, "repeat"), entry.where(), what)
        most = desk.carried.said(entry.name, "max")
        times = entry.cells.get("repeat_count", "")
        if times.isdigit() and 0 < int(times) <= MOST_TIMES:
            most = times
            message = f"asked up to {times} times, after each of which the contact may end it"
            desk.ledger.add(CHANGED, entry.where("repeat_count"), message)
        elif times:
            message = f"“{times}” cannot say how often: it is asked until there is no other"
            desk.ledger.add(LEFT, entry.where("repeat_count"), message, "Write max: and a number.")
        return found | ({"max": most} if most else {})
