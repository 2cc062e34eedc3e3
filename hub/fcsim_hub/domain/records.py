"""The error of a record written by a person: which key, what was expected, what was found."""


class InvalidField(ValueError):
    """One key of a record is wrong; the text is one line."""

    def __init__(self, key: str, expected: str, found: str) -> None:
        super().__init__(f"{key}: expected {expected}, found {found}")
        self.key = key
        self.expected = expected
        self.found = found
