"""Backups: all of the database and all files in one file, encrypted to a public key, and back again.

From the outside to the inside: a seal (``sealing``) stands behind an age file (``envelope``), which holds a tar
archive (``archive``) of rows as JSON (``rows``) and of files. ``taking`` makes one, ``reading`` opens and checks one,
``restoring`` brings one back. Settings, folders and schedules are not known here.
"""
