"""In which of the offered languages a first message is written, or that it must be asked: nothing here knows a flow."""

from flows.tongues.detecting import Heard, Why, detect

__all__ = ["Heard", "Why", "detect"]
