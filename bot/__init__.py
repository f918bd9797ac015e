"""The service: webhooks, channels, sending, the command line. What must be so before any of it loads is done here."""

import os

SHARED = "PROMETHEUS_MULTIPROC_DIR"

# prometheus_client reads it when it is loaded, and takes an empty one for the folder in which the program runs
if _folder := os.environ.pop(SHARED, "").strip():
    os.environ[SHARED] = _folder
