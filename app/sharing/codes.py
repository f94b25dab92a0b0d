"""Codes of links: how one is made, and how one is told from anything else."""

import secrets

from app.sharing.models import CODE_LENGTH

# Base58: no 0, O, I or l, which readers of a printed link confuse.
_ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


def new_code() -> str:
    """A code nobody can guess: ten characters of base58, 58 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))


def is_code(text: str) -> bool:
    """Whether ``text`` may be a code; whatever else comes by never reaches the database."""
    return len(text) == CODE_LENGTH and set(text) <= set(_ALPHABET)
