"""Use cases. One function = one transaction; nobody else commits."""
