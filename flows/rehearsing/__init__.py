"""Dialogues beside a flow, played and recorded; and a walker that tries every branch by itself."""
