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
        here=(
            "events are flat (`source.address`), `source.original_addresses` is null; fetching `/jwks` is not traced "
            "(SP_REQUESTED_FC_JWKS)"
        ),
        franceconnect="nested `source`, every fetch traced",
        why="a test reads one login at a time; a read is no write",
    ),
)
