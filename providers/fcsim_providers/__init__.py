"""Simulated identity providers: one application, one TOML file for each personality.

config       what the application is given, validated
identifiers  how each provider recognises its people: NIR, tax number, e-mail or phone, card
request      an authorization request, proven
claims       what a provider says of a person
signing      keys and tokens
storage      accounts, codes, tokens: SQLAlchemy Core
pages        the login page and its neighbours
machine      discovery, JWKS, token, userinfo, control
"""
