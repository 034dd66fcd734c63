"""What makes a benchmark worthless, said in one line."""


class BenchError(Exception):
    """The benchmark cannot be finished; the message says why."""
