"""Mail addresses as keys: the same address written differently is one address."""

from __future__ import annotations

import hashlib


def fold_address(address: str) -> str:
    """The address as it is compared: without blanks around it, in lower case."""
    return address.strip().casefold()


def address_hash(address: str) -> str:
    """SHA-256 of the folded address, in hexadecimal; empty for no address."""
    folded = fold_address(address)
    return hashlib.sha256(folded.encode()).hexdigest() if folded else ""
