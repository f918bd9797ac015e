"""What the tests lean on: a PostgreSQL of their own, and servers that speak the providers' protocols."""
