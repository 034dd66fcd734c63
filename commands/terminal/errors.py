"""The error that a command ends with."""


class CommandError(Exception):
    """A command cannot do its work; the message is the one line a person sees."""
