"""The pages: HTML from templates, one page a file."""

from fastapi import FastAPI


def mount(app: FastAPI) -> None:
    """Add the pages to an application, whose `state.desk` they use."""
    _ = app
