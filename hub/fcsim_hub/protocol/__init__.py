"""OpenID Connect as values: parameters in, decisions and signed texts out. No Flask, no database, no clock."""
