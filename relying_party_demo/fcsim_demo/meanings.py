"""The words for claims and errors (msgids; service-provider-side §6.9, §10.5)."""

from collections.abc import Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo


def N_(text: str) -> str:  # noqa: N802 - the name that translation tools know
    """Marks a text for extraction; the pages translate it."""
    return text


CLAIMS: Mapping[str, str] = {
    "sub": N_("Your identifier for this organisation alone: stable, and different elsewhere"),
    "given_name": N_("All given names of the civil status, one space between"),
    "given_name_array": N_("The same given names, one by one"),
    "family_name": N_("Birth name, never the married name"),
    "preferred_username": N_("Usage name; absent when there is none"),
    "birthdate": N_("Date of birth; on FranceConnect an unknown day or month is the first"),
    "idp_birthdate": N_("Date of birth as the account says it; an unknown part is 00"),
    "gender": N_("Sex of the civil status: female, male or unspecified"),
    "birthplace": N_("INSEE code of the commune of birth; empty for a birth abroad, free text for a European citizen"),
    "birthcountry": N_("INSEE code of the country of birth; 99100 is France"),
    "email": N_("E-mail address of the account: unverified, never a key to an account"),
    "rnipp_given_name": N_("Given names, as the civil registry writes them"),
    "rnipp_given_name_array": N_("The registry's given names, one by one"),
    "rnipp_family_name": N_("Birth name, as the civil registry writes it"),
    "rnipp_birthdate": N_("Date of birth, as the civil registry has it"),
    "rnipp_gender": N_("Sex, as the civil registry has it"),
    "rnipp_birthplace": N_("Commune of birth, as the civil registry has it"),
    "rnipp_birthcountry": N_("Country of birth, as the civil registry has it"),
    "amr": N_("How the person proved who they are"),
    "idp_id": N_("The identity provider used"),
    "aud": N_("The service this answer is for"),
    "iss": N_("The platform that signed"),
    "iat": N_("When it was signed"),
    "exp": N_("Until when it may be used"),
}

LEVELS: Mapping[str, str] = {"eidas1": N_("low"), "eidas2": N_("substantial"), "eidas3": N_("high")}
"""Level -> the word of the European regulation for it."""

ERRORS: Mapping[str, str] = {
    "access_denied": N_("You did not finish signing in, or your identity could not be confirmed. You can try again."),
    "invalid_scope": N_("This service asked for data it is not entitled to. Its developer must correct its request."),
    "invalid_request": N_(
        "This service made a request that FranceConnect does not accept. Its developer must correct it."
    ),
    "server_error": N_("FranceConnect met a technical error. You can try again in a moment."),
    "temporarily_unavailable": N_("FranceConnect cannot serve you at the moment. You can try again later."),
    "invalid_acr": N_("This service asked for a level of security that the platform does not give."),
    "invalid_idp_hint": N_("This service asked for an account it may not choose for you."),
    "unsupported_response_type": N_("This service asked for a kind of answer that FranceConnect does not give."),
    "state": N_("This answer does not belong to a sign-in started here: nothing was changed. Start again."),
    "iss": N_("This answer comes from another platform than the one asked: it was refused."),
    "code": N_("This answer holds no code: it was refused."),
    "token": N_("FranceConnect did not accept to exchange the code. You can try again."),
    "id_token": N_("The proof of your sign-in could not be verified: it was refused."),
    "userinfo": N_(
        "Your identity was not given, or could not be verified. An access token serves for 60 seconds, or less."
    ),
    "acr": N_("The level of security obtained is below the one this service needs."),
    "unreachable": N_("FranceConnect could not be reached. You can try again in a moment."),
    "data": N_("The data provider gave no data. Its token lives 60 seconds: sign in again, then ask at once."),
    "revocation": N_("The access token could not be given back. It dies by itself after 60 seconds."),
    "logout": N_("This sign-out was not asked here: nothing was changed."),
}
MOMENTS = ("exp", "iat", "nbf", "auth_time")
PARIS = ZoneInfo("Europe/Paris")
UNKNOWN = N_("FranceConnect answered with an error this service does not know. You can try again.")


def moment_words(claim: str, value: object, language: str) -> str:
    """The moment that a claim counts in seconds, as people read it at Paris; empty: the claim is no moment."""
    if claim not in MOMENTS or not isinstance(value, int):
        return ""
    local = datetime.fromtimestamp(value, UTC).astimezone(PARIS)
    return f"{local:%d/%m/%Y} à {local:%H:%M:%S}" if language == "fr" else f"{local:%d %b %Y} at {local:%H:%M:%S}"


def date_note(claim: str, value: object) -> str:
    """What to say of a date of birth whose day, or day and month, nobody knows (§10.5); empty: nothing."""
    if not claim.endswith("birthdate") or not isinstance(value, str):
        return ""
    if value.endswith("-00-00"):
        return N_("Only the year is known: the zeros are neither a month nor a day.")
    return N_("The day is not known: the zeros are not a day.") if value.endswith("-00") else ""
