"""Every table of the providers. A row belongs to a world and a provider (`slug`). Times: seconds since the epoch."""

from sqlalchemy import Boolean, Column, Float, Index, Integer, MetaData, String, Table, Text, false

metadata = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"},
)


def _place() -> tuple[Column[str], Column[str]]:
    return Column("world", String(64), primary_key=True), Column("slug", String(64), primary_key=True)


provider_keys = Table(
    "provider_keys",
    metadata,
    *_place(),
    Column("kid", String(128), primary_key=True),
    Column("alg", String(16), nullable=False),
    Column("document", Text, nullable=False),
)

provider_accounts = Table(
    "provider_accounts",
    metadata,
    *_place(),
    Column("login", String(320), primary_key=True),
    Column("person", String(255), nullable=False),
    Column("summary", Text, nullable=False),  # in English; on a second line in French, where the file has it
    Column("secret_hash", String(64), nullable=False),
    Column("claims", Text, nullable=False),
    Column("origin", String(16), nullable=False),  # "file" or "control"
    Column("state", String(16), nullable=False, server_default="active"),  # see personality.State
    Column("declared_state", String(16), nullable=False, server_default="active"),  # the one of the file
    Column("wrong_codes", Integer, nullable=False, server_default="0"),  # in a row, of a card
    Column("certified", Boolean, nullable=False, server_default=false()),  # the person's identity, in person
    Column("new_secret_hash", String(64)),  # chosen by the person in place of the one declared
    Index("ix_provider_accounts_person", "world", "person"),
)

provider_logins = Table(
    "provider_logins",
    metadata,
    *_place(),
    Column("typed", String(320), primary_key=True),  # every key that leads to the account: e-mail, phone, number
    Column("login", String(320), nullable=False),
    Index("ix_provider_logins_login", "world", "slug", "login"),
)

provider_codes = Table(
    "provider_codes",
    metadata,
    *_place(),
    Column("code_hash", String(64), primary_key=True),
    Column("request", Text, nullable=False),
    Column("login", String(320), nullable=False),
    Column("auth_time", Float, nullable=False),
    Column("expires_at", Float, nullable=False, index=True),
    Column("used_at", Float),
    Column("amr", Text),  # what was done, as a JSON list; none before version 0002
)

provider_tokens = Table(
    "provider_tokens",
    metadata,
    *_place(),
    Column("token_hash", String(64), primary_key=True),
    Column("client_id", String(255), nullable=False),
    Column("scope", Text, nullable=False),
    Column("login", String(320), nullable=False),
    Column("expires_at", Float, nullable=False, index=True),
)

provider_interactions = Table(
    "provider_interactions",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("id_hash", String(64), primary_key=True),
    Column("slug", String(64), nullable=False),
    Column("factor", String(32), nullable=False),
    Column("browser_hash", String(64), nullable=False),
    Column("request", Text, nullable=False),
    Column("login", String(320)),  # none until a card says who
    Column("status", String(16), nullable=False),  # waiting, approved, refused, dead, done
    Column("reason", String(32), nullable=False),  # why it is dead
    Column("tries", Integer, nullable=False),
    Column("sends", Integer, nullable=False),
    Column("code_hash", String(64)),
    Column("code_expires_at", Float),
    Column("expires_at", Float, nullable=False, index=True),
)

provider_failures = Table(
    "provider_failures",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("world", String(64), nullable=False),
    Column("login_hash", String(64), nullable=False),  # empty once the login succeeded
    Column("address_hash", String(64), nullable=False),
    Column("at", Float, nullable=False, index=True),
    Index("ix_provider_failures_login_hash", "world", "login_hash"),
    Index("ix_provider_failures_address_hash", "world", "address_hash"),
)
