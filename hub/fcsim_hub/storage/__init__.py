"""The hub's database: SQLAlchemy Core, one prebuilt statement for each thing done.

Rows never leave this folder: functions take a connection and a realm, and return domain objects.
`Database.write()` is one transaction (BEGIN IMMEDIATE on SQLite), `Database.read()` none; no call leaves
the machine inside either.
"""
