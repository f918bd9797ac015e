"""The flow language: from YAML's data to a Flow, with every part in its place."""
