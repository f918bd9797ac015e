"""The flow language and the interview engine: pure, without network, database, clock or environment.

What the other packages use of it is named here. It imports none of them.
"""

from flows.conversation import Catalog, Outcome, Said, Standing, converse
from flows.errors import FlowError, FlowErrors
from flows.interview import Answer, Given, Interview, Reply, State, Status, Turn
from flows.loader import load, load_file
from flows.model import COLUMNS, CONSENT, NO, YES, Choice, Flow, Question
from flows.phrases import Command, phrasebook
from flows.piping import show
from flows.talk import language_name

__all__ = [
    "COLUMNS",
    "CONSENT",
    "NO",
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
    "converse",
    "language_name",
    "load",
    "load_file",
    "phrasebook",
    "show",
]
