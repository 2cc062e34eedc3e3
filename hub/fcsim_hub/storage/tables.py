"""Every table. `world` and `platform` lead each key: a row belongs to one realm from the first migration on.

Documents (`document`) are JSON of a domain object; `sealed` ones are encrypted (see storage/sealed.py).
Times are seconds since the epoch, UTC. A registration keeps the time of its first day, which lists are ordered by; the
column that holds it was named for something else.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _realm() -> tuple[Column[str], Column[str]]:
    return (
        Column("world", String(64), primary_key=True),
        Column("platform", String(64), primary_key=True),
    )


signing_keys = Table(
    "signing_keys",
    metadata,
    *_realm(),
    Column("kid", String(128), primary_key=True),
    Column("alg", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("not_before", Float, nullable=False),
    Column("not_after", Float),
)

clients = Table(
    "clients",
    metadata,
    *_realm(),
    Column("client_id", String(255), primary_key=True),
    Column("document", Text, nullable=False),
    Column("origin", String(512), nullable=False),  # the fixture file, or "api"
    Column("updated_at", Float, nullable=False, key="registered_at"),
)

providers = Table(
    "providers",
    metadata,
    *_realm(),
    Column("uid", String(255), primary_key=True),
    Column("document", Text, nullable=False),
    Column("origin", String(512), nullable=False),
    Column("updated_at", Float, nullable=False, key="registered_at"),
)

data_providers = Table(
    "data_providers",
    metadata,
    *_realm(),
    Column("client_id", String(255), primary_key=True),
    Column("document", Text, nullable=False),
    Column("origin", String(512), nullable=False),
    Column("updated_at", Float, nullable=False, key="registered_at"),
)

# What the control API changed of a platform's file; the file itself is never written.
platform_changes = Table(
    "platform_changes",
    metadata,
    *_realm(),
    Column("document", Text, nullable=False),
    Column("updated_at", Float, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("name", String(255), primary_key=True),
    Column("document", Text, nullable=False),
    Column("origin", String(512), nullable=False),
    Column("updated_at", Float, nullable=False),
)

registry_records = Table(
    "registry_records",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("id", String(255), primary_key=True),
    Column("document", Text, nullable=False),
)

registry_keys = Table(
    "registry_keys",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("search_key", String(512), primary_key=True),
    Column("record_id", String(255), primary_key=True),
    Index("ix_registry_keys_record", "world", "record_id"),
)

sessions = Table(
    "sessions",
    metadata,
    *_realm(),
    Column("id_hash", String(64), primary_key=True),
    Column("login_hash", String(64)),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", Float, nullable=False, index=True),
    Index("ix_sessions_login", "world", "platform", "login_hash"),
)

grants = Table(
    "grants",
    metadata,
    *_realm(),
    Column("id", String(64), primary_key=True),
    Column("code_hash", String(64), nullable=False),
    Column("client_id", String(255), nullable=False),
    Column("browsing_hash", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("code_expires_at", Float, nullable=False),
    Column("code_used_at", Float),
    Column("expires_at", Float, nullable=False, index=True),
    Column("revoked_at", Float),
    UniqueConstraint("world", "platform", "code_hash"),
    Index("ix_grants_browsing", "world", "platform", "browsing_hash"),
)

access_tokens = Table(
    "access_tokens",
    metadata,
    *_realm(),
    Column("token_hash", String(64), primary_key=True),
    Column("grant_id", String(64), nullable=False, index=True),
    Column("client_id", String(255), nullable=False),
    Column("expires_at", Float, nullable=False, index=True),
)

# Assertions that already authenticated a client: each may do so once, whichever process meets it (H072).
client_assertions = Table(
    "client_assertions",
    metadata,
    *_realm(),
    Column("client_id", String(255), primary_key=True),
    Column("jti_hash", String(64), primary_key=True),
    Column("expires_at", Float, nullable=False, index=True),
)

accounts = Table(
    "accounts",
    metadata,
    *_realm(),
    Column("id", String(36), primary_key=True),
    Column("identity_hash", String(64), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("preferences", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("last_connection", Float, nullable=False),
    UniqueConstraint("world", "platform", "identity_hash"),
)

account_subs = Table(
    "account_subs",
    metadata,
    *_realm(),
    Column("account_id", String(36), primary_key=True),
    Column("entity_id", String(255), primary_key=True),
    Column("sub", String(255), nullable=False),
)

notices = Table(
    "notices",
    metadata,
    Column("world", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("recipient", String(320), nullable=False, index=True),
    Column("flow", String(64), nullable=False, index=True),
    Column("document", Text, nullable=False),
    Column("created_at", Float, nullable=False),
    Column("status", String(16), nullable=False),  # waiting, sent, dead
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", Float, nullable=False, index=True),
    Column("sent_at", Float),
    Column("last_error", Text),
)

failures = Table(
    "failures",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("world", String(64), nullable=False),
    Column("platform", String(64), nullable=False),
    Column("caller_hash", String(64), nullable=False),
    Column("at", Float, nullable=False, index=True),
    Index("ix_failures_caller", "world", "platform", "caller_hash", "at"),
)

events = Table(
    "events",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("world", String(64), nullable=False),
    Column("platform", String(64), nullable=False),
    Column("time", Float, nullable=False),
    Column("event", String(64), nullable=False),
    Column("flow", String(64), nullable=False, index=True),
    Column("document", Text, nullable=False),
    Index("ix_events_realm", "world", "platform", "id"),
)
