"""Surveys on paper: a form to be filled in by hand, and the press that sets it. No table is read here."""
