"""Answers: what the API and the pages ask, from the readers of `projections/` and what is pending.

One concept a file. Each function takes the desk and a workspace that the user may see, and raises `ProblemError`.
"""
