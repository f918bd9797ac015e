"""A flow as one picture: its questions in order, what leaves them out, what is repeated, and where people leave it.

The picture is SVG without script or anything from outside, for a file of its own or an ``<img>``.
"""

from flows.picture.drawing import picture
from flows.picture.funnels import Counted, Reached

__all__ = ["Counted", "Reached", "picture"]
