"""Simulated identity providers: one application, one TOML file for each personality.

config       what the application is given, validated; personality is the part of a provider's look and ways
identifiers  how each provider recognises its people: NIR, tax number, e-mail or phone, card
request      an authorization request, proven; visit carries it through a login
claims       what a provider says of a person
signing      keys and tokens
storage      accounts, interactions, failures, codes, tokens: SQLAlchemy Core
login        the first page and quick login; doors holds what each provider asks there, one file each
onward       from a first page to the second factor, and to the code for the hub
factors      second factors, one file each; step finds one again, waiting has the doors they share
limits       wrong logins counted; trust: devices that need no second factor
mailbox      the one call out: a mail for the console's outbox
pages        what is seen outside a login
machine      discovery, JWKS, token, userinfo; control: what the console calls
"""
