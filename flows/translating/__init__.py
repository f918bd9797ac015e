"""Translating a flow: what is to be translated, files for translators, and taking them back.

Nothing is imported here, because the checker uses a part of this and this uses the checker.
"""
