"""YAML with the place of every value: read, written, and changed in a few places only. It knows nothing of flows."""
