"""What a reader raises in addition to ClickHouse's errors."""


class ReadError(Exception):
    """A question cannot be answered as it was asked; the message is one line for people."""
