"""What a reader raises beside ClickHouse's own errors."""


class ReadError(Exception):
    """A question cannot be answered as it was asked; the message is one line for people."""
