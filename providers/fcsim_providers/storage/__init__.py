"""The providers' database: accounts, codes, tokens, keys. SQLAlchemy Core; rows never leave this folder."""
