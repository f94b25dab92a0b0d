"""What is found wrong with an upload, in words that its sender understands."""


class Rejected(Exception):  # noqa: N818  a finding, not an error of ours
    """The bytes are not what they should be; the message is Chinese and fit to be shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
