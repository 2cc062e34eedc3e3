"""What the hub gives out once and keeps only the digest of: authorization codes and access tokens (H061)."""

import secrets

RANDOM_BYTES = 32
"""256 bits: nobody guesses one, and no two are alike."""


def new_code() -> str:
    """An authorization code: 43 characters that a URL takes as they are."""
    return secrets.token_urlsafe(RANDOM_BYTES)


def new_access_token() -> str:
    """An access token, of the same make."""
    return secrets.token_urlsafe(RANDOM_BYTES)
