"""What can go wrong when the embedded stack starts, said in one line."""


class StackError(Exception):
    """The embedded stack cannot run; the message says why and what to do."""
