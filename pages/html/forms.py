"""Forms as browsers send them (`application/x-www-form-urlencoded`)."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Request

from pages.problems import ProblemError, invalid

_MEDIA_TYPE = "application/x-www-form-urlencoded"
_MOST_BYTES = 64 * 1024


class Form:
    """The fields of a form."""

    def __init__(self, fields: list[tuple[str, str]]) -> None:
        """Arguments: fields: names and values, as they came."""
        self._fields = dict(fields)

    def text(self, name: str, most: int = 200) -> str:
        """A field without white space around it; '' where it is missing.

        Raises:
            ProblemError: 422, it is longer than `most` characters.
        """
        value = self._fields.get(name, "").strip()
        if len(value) > most:
            raise invalid(name, f"has at most {most} characters")
        return value

    def has(self, name: str) -> bool:
        """Whether a field is there."""
        return name in self._fields


def is_form(request: Request) -> bool:
    """Whether a request brings a form."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower() == _MEDIA_TYPE


async def body_of(request: Request) -> bytes:
    """The body of a request that is small.

    Raises:
        ProblemError: 413, it is not.
    """
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _MOST_BYTES:
            raise ProblemError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"a form has at most {_MOST_BYTES} bytes")
    return body


async def form_of(request: Request) -> Form:
    """The form of a request.

    Raises:
        ProblemError: 415, it brings none; 413, it is too large; 422, it is not UTF-8.
    """
    if not is_form(request):
        raise ProblemError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, f"forms are sent as {_MEDIA_TYPE}")
    try:
        text = (await body_of(request)).decode()
        return Form(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=2_000))
    except ValueError:
        raise invalid("body", "is not a form in UTF-8") from None


def local_path(text: str, otherwise: str) -> str:
    """A path of ours to lead back to; another site's address is none.

    Arguments:
        text: what the form says.
        otherwise: where to lead if that is no path of ours.
    """
    parts = urlsplit(text)
    is_ours = text.startswith("/") and not text.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return text if is_ours and text.isprintable() and "\\" not in text else otherwise


TheForm = Annotated[Form, Depends(form_of)]
