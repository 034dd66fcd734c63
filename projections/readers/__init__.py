"""Readers: the questions that commands, pages and the API ask of the read models.

One concept a file. A reader takes arguments, gives typed rows, and raises `ReadError` with a message for people; it
prints nothing. The SQL is under `projections/queries/`.
"""
