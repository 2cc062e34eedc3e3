"""What a test is given: control API, journal."""

from fcsim_hub.domain.ledger.difference import Difference

TESTS: tuple[Difference, ...] = (
    Difference(
        id="F25",
        area="control API",
        here=(
            "platforms, registrations, people, accounts and the registry change at run time, without "
            "authentication on loopback, with the control token elsewhere; secrets can be read back"
        ),
        franceconnect="a partner portal",
        why="the simulator is a test tool",
    ),
    Difference(
        id="F37",
        area="journal",
        here="events are flat (`source.address`), `source.original_addresses` is null",
        franceconnect="nested `source`",
        why="flat objects are compared and filtered in one line",
    ),
)
