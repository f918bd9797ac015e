"""The web channel: a phone in the browser. Its messages are read from the database, so sending them is being there."""

from bot.channels import Sent
from storage.messages import Button


class WebChannel:
    def send(self, address: str, text: str, choices: list[Button], message_id: int) -> Sent:
        return Sent(f"web-{message_id}", delivered=True)

    def close(self) -> None:
        """There is nothing to let go of."""
