"""JSON errors of private_key_jwt: an assertion that does not authenticate its service (§15.4; RFC 7523 §3)."""

from fcsim_hub.domain.errors.machine import MachineError


class ClientAssertionError(MachineError):
    """Common to assertions that authenticate nobody."""

    status, error, description = 401, "invalid_client", "client authentication failed"

    def __init__(self, detail: str = "", *, reason: str = "") -> None:
        super().__init__(detail)
        self.reason = reason or self.reason


class AssertionRefused(ClientAssertionError):
    """The assertion cannot be read, its signature does not verify, or its times do not fit."""

    # Y040001 is the code of every library error that FranceConnect does not map (inferred for this one).
    public_code = "Y040001"
    reproduce = "POST /token with a client_assertion signed by a key that the client does not publish."
    fix = "Sign with a key of the registered jwks or jwks_uri and name it by `kid`; iat and nbf at most 10 s ahead."


class AssertionTypeWrong(ClientAssertionError):
    """`client_assertion` and `client_assertion_type` do not come together, or the type is not JWT bearer."""

    public_code = "Y040001"
    status, error, description = 400, "invalid_request", "client_assertion_type must have value jwt-bearer"
    reproduce = "POST /token with client_assertion alone."
    fix = "Send client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer with client_assertion."


class AssertionAlgWrong(ClientAssertionError):
    """The assertion is signed with an algorithm that the platform does not take."""

    code, reason = "Y046737D", "alg mismatch"
    reproduce = "POST /token with a client_assertion signed with HS256."
    fix = "Sign with one of token_endpoint_auth_signing_alg_values_supported: ES256 everywhere."


class AssertionExpired(ClientAssertionError):
    """The assertion has no usable `exp`, or it is over."""

    code, reason = "Y0480889", "expiration must be specified in the client_assertion JWT"
    reproduce = "POST /token with a client_assertion without exp."
    fix = "Set exp one minute ahead, and make a new assertion for each request."


class AssertionJtiMissing(ClientAssertionError):
    """The assertion has no `jti`."""

    code, reason = "Y04C5ACB", "unique jti (JWT ID) must be provided in the client_assertion JWT"
    reproduce = "POST /token with a client_assertion without jti."
    fix = "Put a random jti into each assertion."


class AssertionIssuerWrong(ClientAssertionError):
    """`iss` is absent, or not the client_id."""

    code, reason = "Y0421A2A", "iss (JWT issuer) must be the client_id"
    reproduce = "POST /token with a client_assertion whose iss is another text than the client_id."
    fix = "Set iss and sub to the client_id."


class AssertionAudienceMissing(ClientAssertionError):
    """The assertion has no `aud`."""

    code, reason = "Y045642B", "aud (JWT audience) must be provided in the client_assertion JWT"
    reproduce = "POST /token with a client_assertion without aud."
    fix = "Set aud to the issuer of the platform."


class AssertionAudienceWrong(ClientAssertionError):
    """The assertion is meant for another server."""

    code = "Y04C17F5"
    reason = "audience (aud) must equal the issuer identifier or token endpoint url"
    reproduce = "POST /token with a client_assertion whose aud is https://example.test."
    fix = "Set aud to the issuer of the platform, as one text."


class AssertionReplayed(ClientAssertionError):
    """The same assertion authenticated a request before."""

    code, reason = "Y0486328", "client assertion tokens must only be used once"
    reproduce = "POST /token twice with one client_assertion."
    fix = "Make a new assertion, with a new jti, for each request; retries included."
