"""The one error of this application: an answer that a service does not accept."""


class AnswerRefused(Exception):
    """An answer of the hub that this service does not accept: `kind` names the rule, the text the fact."""

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
