"""Whole conversations, told in tests/transcripts and beside the surveys that ship.

To write down anew what the bot says: UPDATE_TRANSCRIPTS=1 python -m pytest tests/flows/test_transcripts.py
"""

import os

import pytest
from dialogues import played, told_in
from small_flows import SURVEYS, TRANSCRIPTS

from flows.rehearsing.transcripts import write

FILES = sorted([*TRANSCRIPTS.glob("*.txt"), *SURVEYS.glob("*/*.txt")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_bot_says_what_the_transcript_tells(path):
    """Played with everything dumped and loaded again between two messages, a dialogue goes as written."""
    told = told_in(path)
    found = write(played(told, path.parent.name))
    if os.environ.get("UPDATE_TRANSCRIPTS"):
        path.write_text(found, encoding="utf-8")
        return
    assert found == write(told)


def test_a_transcript_is_written_as_it_is_read():
    """Reading and writing a file without playing it changes nothing, so an update shows only new words."""
    for path in FILES:
        assert write(told_in(path)) == path.read_text(encoding="utf-8")
