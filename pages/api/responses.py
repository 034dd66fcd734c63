"""The errors that paths may answer, for the OpenAPI document."""

from typing import Any

from pages.problems import MEDIA_TYPE, Problem

_TEXTS = {
    401: "Nobody known is asking",
    403: "The role is too low, or another site's page sends the request",
    404: "There is no such thing in this workspace, or no such workspace for this user",
    409: "It does not fit what there is",
    422: "A parameter or a field has a value that it cannot have",
    503: "Kafka or ClickHouse does not answer; nothing was changed",
}


def problems(*more: int) -> dict[int | str, dict[str, Any]]:
    """The errors of a path: those of all, and some more."""
    schema = {MEDIA_TYPE: {"schema": Problem.model_json_schema()}}
    return {
        status: {"description": _TEXTS[status], "content": schema} for status in sorted({401, 404, 422, 503, *more})
    }


#: A list is answered as CSV too.
LIST: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}}, "description": "A page, or as CSV the list"},
    **problems(),
}
