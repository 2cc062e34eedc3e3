"""The access token of a request to userinfo, from one place and one only (RFC 6750 §2; service-provider-side §10.1)."""

from fcsim_hub.domain.errors.bearer import BearerMalformed, BearerSchemeWrong, NoAccessToken, SeveralTokens


def read_bearer(authorization: str | None, elsewhere: list[str]) -> str:
    """The token, from the header or from the query or body (`elsewhere`)."""
    if authorization is None:
        if len(elsewhere) > 1:
            raise SeveralTokens("access_token was sent twice")
        if not elsewhere or not elsewhere[0]:
            raise NoAccessToken("no `Authorization: Bearer` header")
        return elsewhere[0]
    if elsewhere:
        raise SeveralTokens("the access token is in the Authorization header and elsewhere")
    parts = authorization.split(" ")
    if parts[0].lower() != "bearer":
        # A header of one word may be the token itself: not quoted.
        received = f"is {parts[0][:32]!r}" if len(parts) > 1 else "is missing"
        raise BearerSchemeWrong(f"the Authorization scheme {received}: expected Bearer")
    if len(parts) != 2 or not parts[1]:
        raise BearerMalformed("expected `Authorization: Bearer <token>`")
    return parts[1]
