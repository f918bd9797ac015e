"""What a contact may ask at any time, whatever interview there is: a copy, the list of answers, to be forgotten.

Nothing is erased here: the outcome says that it shall be.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

from flows.language.model import Flow
from flows.phrases import Command, phrasebook
from flows.talking import engine
from flows.talking.codes import give
from flows.talking.interview import Menu, Reply, Status
from flows.talking.languages import FEW, language_name, wanted
from flows.talking.moves import keyword
from flows.talking.situation import Situation
from flows.talking.standing import Outcome, outcome_of


def wish(here: Situation, steer: Command | None) -> Outcome:
    """Decide on one of the WISHES, or on what follows the question whether to erase."""
    if here.standing.menu is Menu.ERASURE:
        return _erase(here) if steer is Command.DELETE else _keep(here)
    return WISHES[steer](here)


def _ask_to_erase(here: Situation) -> Outcome:
    kept = (here.standing.current,) if here.standing.current else ()
    return Outcome(Reply(here.book.say("erase_ask")), interviews=kept, menu=Menu.ERASURE)


def _erase(here: Situation) -> Outcome:
    reply = Reply(here.book.say("erase_done", receipt=here.said.receipt))
    return Outcome(reply, erase=True)


def _keep(here: Situation) -> Outcome:
    """Whatever was said instead of the second DELETE erases nothing, and answers nothing either."""
    kept = here.book.say("erase_kept")
    if here.waiting is None:
        current = here.standing.current
        return Outcome(Reply(kept), interviews=(current,) if current else ())
    turn = engine.ask_again(here.waiting, here.today)
    asked = turn.reply or Reply("")
    said = "\n\n".join(text for text in (kept, asked.text) if text)
    return Outcome(replace(asked, text=said), interviews=(turn.interview,), turn=turn)


def _copy(here: Situation) -> Outcome:
    current = here.standing.current
    if current is None:
        return Outcome(Reply(here.book.say("answers_none")))
    text = engine.copy_of(current, here.today, here.standing.told)
    return Outcome(Reply(text), interviews=(current,), menu=here.standing.menu)


def _answers(here: Situation) -> Outcome:
    """In an interview that waits the engine lists; one that is complete is opened again for a change."""
    current = here.standing.current
    if here.waiting is not None:
        return outcome_of(engine.hear(here.waiting, here.said.text, here.today))
    if current and current.state.status is Status.DECLINED and current.answers:
        return Outcome(Reply(here.book.say("consent_withdrawn")), interviews=(current,))
    if current is None or current.state.status is not Status.COMPLETE:
        return Outcome(
            Reply(here.book.say("answers_none")), interviews=(current,) if current else ()
        )
    return outcome_of(engine.reopen(current, here.today))


def change_language(here: Situation) -> Outcome | None:
    """What LANGUAGE does where no question waits: what is paused goes on, what is complete can be read in another
    language, and what has ended otherwise can be begun again.
    """
    current = here.standing.current
    language = wanted(current.flow, here.said.text) if current else None
    if current is None or not (language or here.asks_language):
        return None
    if language not in current.flow.languages:
        language = None
    if current.state.status is Status.PAUSED:
        menu = Menu.LANGUAGES if _has_choice(current.flow) else Menu.NONE
        offered = replace(current, state=replace(current.state, menu=menu))
        return outcome_of(engine.resume(offered, language, here.today))
    if current.state.status is Status.COMPLETE and current.answers and _has_choice(current.flow):
        return outcome_of(engine.reread(current, language, here.today))
    known = here.language if here.language in current.flow.languages else current.language
    text = _begin_again(current.flow, language or known, alone=bool(language))
    return Outcome(Reply(text), interviews=(current,), language=language)


def _has_choice(flow: Flow) -> bool:
    return len(flow.languages) > 1


def _begin_again(flow: Flow, language: str, *, alone: bool) -> str:
    """How to begin a flow in a language, and, unless it was asked for ``alone``, in each other that has a keyword."""
    others = () if alone else [code for code in flow.languages if flow.keywords.get(code)]
    words = {code: keyword(flow, code) for code in (language, *others)}
    many = len(words) > FEW
    said = [
        f"{language_name(code)}: {word}" if many and code != language else _to_begin(code, word)
        for code, word in words.items()
    ]
    return "\n".join(said)


def _to_begin(language: str, word: str) -> str:
    return phrasebook(language).say("begin_again", keyword=word)


WISHES: Mapping[Command | None, Callable[[Situation], Outcome]] = {
    Command.DELETE: _ask_to_erase,
    Command.COPY: _copy,
    Command.ANSWERS: _answers,
    Command.CODE: give,
}
