"""A connection that gives the driver the text of a statement, written once by SQLAlchemy.

SQLAlchemy Core writes the statements and opens the connections, but has no part in each execution: its handling of a
statement costs several times what SQLite does with it, and a login runs sixty (docs/decisions/004).
"""

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Boolean, Executable, PoolProxiedConnection, Select, bindparam, func, literal, select
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError

Values = Mapping[str, Any]
Reader = Callable[[Sequence[Any]], Any]
KEPT = 1024
"""Compiled statements remembered in a process; the program has fewer than two hundred."""


_TURN = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("what"), literal(0))))


class Compiled(NamedTuple):
    """A statement as the driver takes it."""

    text: str
    order: tuple[str, ...] | None
    """The names of its values, in order; None where the driver takes them by name."""
    constants: Values
    """Values that the statement itself holds."""
    read: Reader | None
    """Makes a row of what the driver gives; None: the statement gives none."""


class Rows:
    """What a statement gave, read to the end."""

    def __init__(self, rows: list[Any], rowcount: int) -> None:
        self._rows = rows
        self.rowcount = rowcount
        """How many rows a change met."""

    def all(self) -> list[Any]:
        """Every row, its columns by name."""
        return self._rows

    def first(self) -> Any:
        """The first row, None when there is none."""
        return self._rows[0] if self._rows else None

    def scalar(self) -> Any:
        """The first column of the first row, None when there is none."""
        return self._rows[0][0] if self._rows else None

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)


class Connection:
    """One pooled connection, for one transaction or a few reads."""

    __slots__ = ("_dialect", "_driver", "_pooled")

    def __init__(self, pooled: PoolProxiedConnection, dialect: Dialect) -> None:
        self._pooled = pooled
        self._driver: Any = pooled.driver_connection
        self._dialect = dialect

    def execute(self, statement: Executable, values: Values | Sequence[Values] = ()) -> Rows:
        """Run a statement, once, or for each of several rows. Raises sqlalchemy.exc.DBAPIError."""
        several = not isinstance(values, Mapping) and bool(values)
        first: Values = values[0] if several else values or {}  # type: ignore[index,assignment]  # by the line above
        compiled = compile_statement(statement, self._dialect, tuple(first))
        try:
            cursor = self._driver.cursor()
            try:
                if several:
                    cursor.executemany(compiled.text, [_arguments(compiled, one) for one in values])  # type: ignore[arg-type]  # rows
                else:
                    cursor.execute(compiled.text, _arguments(compiled, first))
                rows = [compiled.read(row) for row in cursor.fetchall()] if compiled.read else []
                return Rows(rows, cursor.rowcount)
            finally:
                cursor.close()
        except self._dialect.loaded_dbapi.Error as failure:
            raise self._named(compiled.text, failure) from None

    def run(self, text: str) -> None:
        """Run a text of the driver's own: BEGIN IMMEDIATE. Raises sqlalchemy.exc.DBAPIError."""
        try:
            self._driver.execute(text)
        except self._dialect.loaded_dbapi.Error as failure:
            raise self._named(text, failure) from failure

    def take_turn(self, what: str) -> None:
        """Wait until no other transaction has this turn, then have it to the end; SQLite has one writer anyhow."""
        if self._dialect.name == "postgresql":
            self.execute(_TURN, {"what": what})

    def commit(self) -> None:
        """End the transaction well. Raises sqlalchemy.exc.DBAPIError."""
        try:
            self._driver.commit()
        except self._dialect.loaded_dbapi.Error as failure:
            raise self._named("COMMIT", failure) from failure

    def rollback(self) -> None:
        """Undo the transaction. Raises sqlalchemy.exc.DBAPIError."""
        try:
            self._driver.rollback()
        except self._dialect.loaded_dbapi.Error as failure:
            raise self._named("ROLLBACK", failure) from None

    def close(self) -> None:
        """Give the connection back to its pool, which undoes what is not committed."""
        self._pooled.close()

    def _named(self, text: str, failure: Exception) -> BaseException:
        """The failure as SQLAlchemy names it; a lost connection leaves the pool."""
        if self._pooled.is_valid and self._lost(failure):
            self._pooled.invalidate(failure)
        return named(self._dialect, text, failure)

    def _lost(self, failure: Exception) -> bool:
        """Whether the connection is of no more use: only a failure that the server itself told has an SQLSTATE."""
        if self._dialect.is_disconnect(failure, self._driver, None):  # type: ignore[arg-type]  # of this dialect's driver
            return True
        is_operational = isinstance(failure, self._dialect.loaded_dbapi.OperationalError)
        return is_operational and getattr(failure, "sqlstate", "") is None


def named(dialect: Dialect, text: str, failure: Exception) -> BaseException:
    """A failure of the driver as SQLAlchemy names it, without the values.

    What PostgreSQL adds on further lines quotes rows, and a traceback prints it.
    """
    told = type(failure)(str(failure).partition("\n")[0])
    base = dialect.loaded_dbapi.Error
    return DBAPIError.instance(text, None, told, base, hide_parameters=True, dialect=dialect)


def _arguments(compiled: Compiled, values: Values) -> Any:
    everything = {**compiled.constants, **values} if compiled.constants else values
    return everything if compiled.order is None else [everything[name] for name in compiled.order]


@lru_cache(maxsize=KEPT)
def compile_statement(statement: Executable, dialect: Dialect, names: tuple[str, ...]) -> Compiled:
    """A statement for a dialect; `names`: the values that come with it, which an insert makes its columns of."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=names)  # type: ignore[attr-defined]  # of every Core statement
    if "POSTCOMPILE" in compiled.string:
        raise TypeError("the values of an IN are written one by one, as bindparam() or literal(): its text is fixed")
    constants = {name: bind.effective_value for name, bind in compiled.binds.items() if not bind.required}
    order = tuple(compiled.positiontup) if compiled.positional else None
    read = _reader(statement, dialect) if isinstance(statement, Select) else None
    return Compiled(compiled.string, order, {k: v for k, v in constants.items() if k not in names}, read)


def _reader(statement: Select[Any], dialect: Dialect) -> Reader:
    """Rows with named columns; SQLite, which has no booleans, gives numbers for them."""
    columns = list(statement.selected_columns)
    row: Any = namedtuple("row", [str(column.key) for column in columns], rename=True)  # type: ignore[misc]  # named by the statement
    is_bool = [isinstance(column.type, Boolean) and not dialect.supports_native_boolean for column in columns]
    ranks = [rank for rank, wanted in enumerate(is_bool) if wanted]
    make: Reader = row._make
    return (lambda values: make(_with_booleans(values, ranks))) if ranks else make


def _with_booleans(values: Sequence[Any], ranks: Sequence[int]) -> Sequence[Any]:
    changed = list(values)
    for rank in ranks:
        changed[rank] = None if changed[rank] is None else bool(changed[rank])
    return changed
