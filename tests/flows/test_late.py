"""A piece of a story that others overtook goes to its place, and the files of an album to their answer."""

from hypothesis import given
from hypothesis import strategies as st
from phone import Phone
from small_flows import TODAY, examples, flow_of

from flows import Given, Heard, Interview, Overtaken
from flows.talking.late import insert, join

STORY = """
  story: {type: text, multiline: true, label: What happened?}
  photo: {type: media, label: A photo?}
  last: {type: text, label: Last?}
"""


def told(*texts: str) -> Interview:
    flow = flow_of(STORY)
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes", *texts)
    return bot.current


def test_a_late_piece_goes_before_what_was_said_after_it():
    turn = insert(told("First.", "Third."), Overtaken("story", ("Third.",)), "Second.", TODAY)
    assert turn is not None
    assert turn.interview.answers["story"].words == "First.\nSecond.\nThird."
    assert turn.reply is None
    assert (turn.heard, turn.slot) == (Heard.ANSWER, "story")


def test_a_piece_that_done_overtook_is_part_of_the_story_still():
    turn = insert(told("First.", "DONE"), Overtaken("story", ("DONE",)), "Second.", TODAY)
    assert turn is not None
    answer = turn.interview.answers["story"]
    assert (answer.words, answer.given) == ("First.\nSecond.", Given.ANSWERED)
    assert turn.interview.state.asked == "photo"


def test_where_the_story_was_changed_since_the_piece_comes_last():
    turn = insert(told("First.", "Third."), Overtaken("story", ("Other.",)), "Second.", TODAY)
    assert turn is not None
    assert turn.interview.answers["story"].words == "First.\nThird.\nSecond."


def test_only_a_story_takes_a_late_piece():
    interview = told("First.", "DONE", "SKIP", "Last.")
    assert insert(interview, Overtaken("last", ("Last.",)), "Earlier.", TODAY) is None
    assert insert(interview, Overtaken("photo", ("x",)), "Earlier.", TODAY) is None
    assert insert(interview, Overtaken("nothing", ("x",)), "Earlier.", TODAY) is None


PIECE = st.text("abc \n", min_size=1, max_size=8).filter(lambda text: text.strip())


@examples(200)
@given(pieces=st.lists(PIECE, min_size=2, max_size=6), order=st.randoms(use_true_random=False))
def test_in_whatever_order_pieces_come_they_stand_as_they_were_said(pieces, order):
    said = list(enumerate(pieces))
    order.shuffle(said)
    interview, come = told(said[0][1]), [said[0]]
    for place, text in said[1:]:
        later = sorted(one for one in come if one[0] > place)
        overtaken = Overtaken("story", tuple(words for _, words in later))
        turn = insert(interview, overtaken, text, TODAY)
        assert turn is not None
        interview = turn.interview
        come.append((place, text))
    assert interview.answers["story"].words == "\n".join(pieces)


def with_photo() -> Interview:
    flow = flow_of(STORY)
    bot = Phone({flow.name: flow}, language="en")
    bot.hears("hi", "yes", "It was cold.", "DONE")
    bot.send("", media=("photo",))
    return bot.current


def test_the_files_of_an_album_are_one_answer():
    turn = join(with_photo(), "photo", "The door", ("photo", "video"), TODAY)
    assert turn is not None
    answer = turn.interview.answers["photo"]
    assert (answer.value, answer.words) == (("photo", "photo", "video"), "The door")
    assert turn.reply is None
    assert turn.interview.state.asked == "last"


def test_an_album_in_a_story_adds_its_words():
    turn = join(told("First."), "story", "The door", ("photo",), TODAY)
    assert turn is not None
    assert turn.interview.answers["story"].words == "First.\nThe door"
    assert turn.interview.answers["story"].given is Given.OPEN
