"""interactions of second factors, failed logins, states of accounts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for name, kind, default in (
        ("state", sa.String(length=16), "active"),
        ("declared_state", sa.String(length=16), "active"),
        ("wrong_codes", sa.Integer(), "0"),
    ):
        op.add_column("provider_accounts", sa.Column(name, kind, nullable=False, server_default=default))
    op.add_column("provider_codes", sa.Column("amr", sa.Text(), nullable=True))
    op.create_table(
        "provider_interactions",
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("slug", sa.String(length=64), nullable=False),
        sa.Column("id_hash", sa.String(length=64), nullable=False),
        sa.Column("factor", sa.String(length=32), nullable=False),
        sa.Column("browser_hash", sa.String(length=64), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("login", sa.String(length=320), nullable=True),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sends", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("code_expires_at", sa.Float(), nullable=True),
        sa.Column("expires_at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("world", "id_hash", name=op.f("pk_provider_interactions")),
    )
    op.create_index(op.f("ix_provider_interactions_expires_at"), "provider_interactions", ["expires_at"], unique=False)
    op.create_table(
        "provider_failures",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("world", sa.String(length=64), nullable=False),
        sa.Column("login_hash", sa.String(length=64), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_failures")),
    )
    op.create_index(op.f("ix_provider_failures_at"), "provider_failures", ["at"], unique=False)
    op.create_index("ix_provider_failures_login_hash", "provider_failures", ["world", "login_hash"], unique=False)
    op.create_index("ix_provider_failures_address_hash", "provider_failures", ["world", "address_hash"], unique=False)
