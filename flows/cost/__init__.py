"""What a flow costs as text messages: counted from the messages that the engine really makes, not from the file.

No money here: that is segments times a price, which the caller knows.
"""

from flows.cost.counting import cost
from flows.cost.figures import Cost, LanguageCost, Letter, Message, Saving, Way

__all__ = ["Cost", "LanguageCost", "Letter", "Message", "Saving", "Way", "cost"]
