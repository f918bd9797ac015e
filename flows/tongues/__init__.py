"""In which of the offered languages a first message is written, or that it must be asked: nothing here knows a flow."""

from flows.tongues.detecting import Heard, Why, detect, prepare
from flows.tongues.words import WRITTEN as KNOWN
from flows.tongues.words import names_of

__all__ = ["KNOWN", "Heard", "Why", "detect", "names_of", "prepare"]
