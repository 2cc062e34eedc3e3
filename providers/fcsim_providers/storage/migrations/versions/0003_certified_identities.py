"""certified identities, secrets that people chose."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("provider_accounts", sa.Column("certified", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("provider_accounts", sa.Column("new_secret_hash", sa.String(length=64), nullable=True))
