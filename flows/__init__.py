"""The flow language and the interview engine: pure, without network, database, clock or environment.

What the other packages use of it is named here. It imports none of them.
"""

from flows.conversation import converse
from flows.errors import FlowError, FlowErrors
from flows.interview import Answer, Given, Interview, Reply, State, Status, Turn
from flows.loader import load, load_file
from flows.model import COLUMNS, CONSENT, NO, YES, Choice, Flow, Question
from flows.phrases import SHIPPED, Command, command, phrasebook
from flows.piping import show
from flows.standing import Catalog, Outcome, Said, Standing
from flows.talk import language_name

__all__ = [
    "COLUMNS",
    "CONSENT",
    "NO",
    "SHIPPED",
    "YES",
    "Answer",
    "Catalog",
    "Choice",
    "Command",
    "Flow",
    "FlowError",
    "FlowErrors",
    "Given",
    "Interview",
    "Outcome",
    "Question",
    "Reply",
    "Said",
    "Standing",
    "State",
    "Status",
    "Turn",
    "command",
    "converse",
    "language_name",
    "load",
    "load_file",
    "phrasebook",
    "show",
]
