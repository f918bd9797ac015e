"""Whole conversations, told in tests/transcripts.

To write down anew what the bot says: UPDATE_TRANSCRIPTS=1 python -m pytest tests/flows/test_transcripts.py
"""

import os

import pytest
from dialogues import play, read_dialogue, write_dialogue
from small_flows import TRANSCRIPTS

FILES = sorted(TRANSCRIPTS.glob("*.txt"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_bot_says_what_the_transcript_tells(path):
    """Played with everything dumped and loaded again between two messages, a dialogue goes as written."""
    told = read_dialogue(path)
    played = play(told)
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(write_dialogue(played), encoding="utf-8")
        return
    assert write_dialogue(played) == write_dialogue(told)


def test_a_transcript_is_written_as_it_is_read():
    """Reading and writing a file without playing it changes nothing, so an update shows only new words."""
    for path in FILES:
        assert write_dialogue(read_dialogue(path)) == path.read_text(encoding="utf-8")
