"""The head and the end of a flow: found in the form where it can be, else a placeholder that is listed."""

from collections.abc import Mapping
from typing import Any

from flows.folding import fold
from flows.language.model import YES
from flows.phrases import command
from flows.talking.answers import read_consent
from flows.xlsform.carried import CLOSING, CONSENT, HEAD
from flows.xlsform.desk import Desk, short
from flows.xlsform.placeholders import CLOSING as THANKS
from flows.xlsform.placeholders import CONSENT as ASK
from flows.xlsform.placeholders import CONTACT, DECLINED, placeholder
from flows.xlsform.protecting import protection
from flows.xlsform.survey import Entry
from flows.xlsform.told import CHANGED, WRITE
from flows.xlsform.unlike import DEVICE
from flows.xlsform.wording import split_words

ENDINGS = ("closing", "thank", "end", "finish", "goodbye", "gracias", "fin", "merci", "obrigad")
MOST = 1_500  # characters of a consent; with more, what stands before it stays a note behind it
KEYWORD = 20
Data = dict[str, Any]


def take_consent(entries: list[Entry], desk: Desk, lists: Mapping[str, Mapping[str, str]]) -> Data:
    """The question for consent that opens the form, taken out of it; a placeholder when there is none.

    ``lists`` are the labels of the choices by their names, list by list.
    """
    before: list[Entry] = []
    for place, entry in enumerate(entries):
        if entry.kind in DEVICE or entry.kind == "note":
            before += [entry] if entry.kind == "note" else []
            continue
        yes = _yes(entry, desk, lists.get(entry.list_name, {}))
        if not yes:
            break
        del entries[place]
        desk.settled[entry.name] = yes
        return {"label": short(_with_notes(entry, before, entries, desk), desk.source)}
    desk.write_own(("consent", "label"), "consent", "the question for consent, asked before all")
    return {"label": short(placeholder(ASK, desk.languages), desk.source)}


def _yes(entry: Entry, desk: Desk, labels: Mapping[str, str]) -> str:
    """The answer by which a question is a consent; "" for another question."""
    if desk.carried.role(entry.name) == CONSENT:
        return YES
    if not fold(entry.name).startswith(("consent", "consenti")) or desk.carried.is_ours:
        return ""
    if entry.kind in ("acknowledge", "trigger"):
        return "OK"
    for code, label in labels.items() if entry.kind == "select_one" and len(labels) == 2 else ():
        for word in (label, label.split(",")[0], code):
            read = read_consent(word, desk.source) if not word.isdigit() else None
            if read and read.value == YES:
                return code
    return ""


def _with_notes(
    entry: Entry, before: list[Entry], entries: list[Entry], desk: Desk
) -> Mapping[str, str]:
    """The question with the notes before it, which is what a person reads before agreeing."""
    label = desk.label(entry) or {desk.source: entry.name}
    plain = [note for note in before if "relevant" not in note.cells]
    texts = [*(desk.label(note) for note in plain), label]
    whole = {
        code: "\n\n".join(text.get(code) or text.get(desk.source, "") for text in texts)
        for code in label
    }
    if not plain or max(map(len, whole.values())) > MOST:
        return label
    for note in plain:
        entries.remove(note)
        desk.ledger.add(CHANGED, note.where(), "this note became part of the consent")
    return whole


def take_closing(questions: Data, desk: Desk) -> Any:
    """The last note, where it says good-bye: it is the closing. Else a placeholder."""
    name = next(reversed(questions), "")
    item = questions.get(name, {})
    if "questions" in item and "repeat" not in item and "relevant" not in item:
        found = take_closing(item["questions"], desk)
        if not item["questions"]:
            del questions[name]
        return found
    ours = desk.carried.is_ours and desk.carried.role(name) == CLOSING
    ends = not desk.carried.is_ours and fold(name).replace("_", " ").startswith(ENDINGS)
    if (
        item.get("type") == "note"
        and "relevant" not in item
        and (ours or ends)
        and len(questions) > 1
    ):
        return questions.pop(name)["label"]
    desk.write_own(("closing",), "closing", "the thanks at the end")
    return short(placeholder(THANKS, desk.languages), desk.source)


def declined(desk: Desk) -> Any:
    if desk.declined:
        codes = dict.fromkeys(code for text in desk.declined for code in text)
        texts = {code: "\n\n".join(t[code] for t in desk.declined if code in t) for code in codes}
        return short(texts, desk.source)
    desk.write_own(("consent", "declined"), "consent", "what is said to who does not agree")
    return short(placeholder(DECLINED, desk.languages), desk.source)


def head(name: str, settings: Mapping[str, str], desk: Desk) -> Data:
    """All that stands before the consent."""
    carried, source = desk.carried, desk.source
    titles = dict(carried.by_language("", "title"))
    title = settings.get("form_title") or settings.get("form_id") or name
    ours = carried.original("", "form_title", title)
    titles[source] = ours if ours is not None else desk.words(title, "settings", pipes=False)
    ordered = {code: titles[code] for code in desk.languages if code in titles}
    found: Data = {"flow": name, "title": short(ordered, source), "languages": desk.languages}
    found |= {key: carried.said("", key) for key in HEAD if carried.said("", key)}
    if keywords := carried.by_language("", "keywords"):
        found["keywords"] = {code: split_words(words) for code, words in keywords.items()}
    elif not carried.is_ours:
        found |= _keyword(name, desk)
    if contact := carried.by_language("", "contact"):
        found["contact"] = short(contact, source)
    else:
        desk.write_own(("contact",), "contact", "who you are and how you are reached; HELP says it")
        found["contact"] = short(placeholder(CONTACT, desk.languages), source)
    if remind := split_words(carried.said("", "remind")):
        found["remind"] = remind
    found |= protection(carried, source)
    if languages := _translations(desk):
        found["translations"] = languages
    return found


def _keyword(name: str, desk: Desk) -> Data:
    words = name.replace("-", " ").upper()
    word = words if len(words) <= KEYWORD else words.split()[0]
    means = command(word, desk.languages) or read_consent(word, desk.source)
    if len(fold(word)) < 3 or means:
        desk.ledger.add(WRITE, "keywords", "the word that people send to begin")
        return {}
    desk.write_own(("keywords",), "keywords", f"the word that people send to begin ({word} now)")
    return {"keywords": {desk.source: [word]}}


def _translations(desk: Desk) -> Data:
    carried = desk.carried
    found: Data = {}
    for code, value in carried.by_language("", "reviewed").items():
        found.setdefault(code, {})["reviewed"] = value
    for code, value in carried.by_language("", "sources").items():
        found.setdefault(code, {})["sources"] = split_words(value)
    return found
