"""Readers: the queries that commands, pages and the API make of the read models.

One concept a file. A reader takes arguments, gives typed rows, and raises `ReadError` with a message for people; it
prints nothing. The SQL is under `projections/queries/`.
"""
