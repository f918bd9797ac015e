"""Fault drills: the real service as real processes, residents who write without end, and something that goes wrong.

``python -m tests.drills`` runs them; a small part of them is among the tests. See docs/drills.md.
"""
