"""Broadcasts: what staff say to many people at once, and who of them got it. Nothing is sent here."""
