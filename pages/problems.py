"""Problem documents (RFC 9457): every error of the API, and what each of them means."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.encoders import jsonable_encoder
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

MEDIA_TYPE = "application/problem+json"
#: Seconds after which it makes sense to ask again for what is away.
RETRY_SECONDS = 2


class Problem(BaseModel):
    """What an error is answered with."""

    type: str = Field("about:blank", description="A URI of the kind of problem")
    title: str = Field(description="The status in words")
    status: int = Field(description="The HTTP status")
    detail: str = Field(description="What is wrong, for a person")
    field: str | None = Field(None, description="The field or parameter that is wrong")


class ProblemError(Exception):
    """A request that is answered with a problem document.

    Attributes:
        status: the HTTP status.
        detail: what is wrong, for a person.
        field: the field or parameter that is wrong.
        headers: of the answer.
    """

    def __init__(
        self, status: HTTPStatus, detail: str, *, field: str | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status, self.detail, self.field, self.headers = status, detail, field, dict(headers or {})


def not_found(what: str) -> ProblemError:
    """Something that does not exist, or not for this user."""
    return ProblemError(HTTPStatus.NOT_FOUND, what)


def invalid(field: str, detail: str) -> ProblemError:
    """A field or parameter with a value that it cannot have."""
    return ProblemError(HTTPStatus.UNPROCESSABLE_ENTITY, detail, field=field)


def conflict(detail: str, field: str | None = None) -> ProblemError:
    """A write that does not fit what there is."""
    return ProblemError(HTTPStatus.CONFLICT, detail, field=field)


def away(detail: str) -> ProblemError:
    """Kafka or ClickHouse cannot be reached: 503 with `Retry-After`."""
    return ProblemError(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": str(RETRY_SECONDS)})


def answer(error: ProblemError) -> Response:
    """The document of an error."""
    return document(error.status, error.detail, field=error.field, headers=error.headers)


def document(
    status: int, detail: str, *, field: str | None = None, headers: Mapping[str, str] | None = None, **more: Any
) -> Response:
    """A problem document as an answer.

    Arguments:
        status, detail, field: as `Problem` has them.
        headers: of the answer.
        more: further members.
    """
    told = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": int(status), "detail": detail}
    if field is not None:
        told["field"] = field
    return JSONResponse(told | jsonable_encoder(more), status, dict(headers or {}), media_type=MEDIA_TYPE)


def _of_validation(error: RequestValidationError) -> Response:
    found = [{"field": _path(item["loc"]), "detail": item["msg"]} for item in error.errors()]
    if any(item["type"] == "json_invalid" for item in error.errors()):
        return document(HTTPStatus.BAD_REQUEST, "the body is not JSON", field="body")
    told = "; ".join(f"{item['field']}: {item['detail']}" for item in found)
    return document(HTTPStatus.UNPROCESSABLE_ENTITY, told, field=found[0]["field"] if found else None, errors=found)


def _path(location: tuple[int | str, ...]) -> str:
    """Where a wrong value stands, without saying that it was in the body or the query."""
    return ".".join(map(str, location[1:])) or str(location[0])


def _of_http(error: HTTPException) -> Response:
    detail = {404: "no such path", 405: "the path does not take this method"}.get(error.status_code, str(error.detail))
    return document(error.status_code, detail, headers=error.headers)


def add_problems(
    app: FastAPI, is_page: Callable[[Request], bool], page: Callable[[Request, Response], Response]
) -> None:
    """Have every error of an application answered with a problem document.

    Arguments:
        app: the application.
        is_page: whether a request is for a page, which a browser shows.
        page: makes a page of a problem document.
    """

    async def known(request: Request, error: Exception) -> Response:
        problem = of(error)
        return page(request, problem) if is_page(request) else problem

    def of(error: Exception) -> Response:
        match error:
            case ProblemError():
                return answer(error)
            case RequestValidationError():
                return _of_validation(error)
            case HTTPException():
                return _of_http(error)
        return document(HTTPStatus.INTERNAL_SERVER_ERROR, "a fault of Jejak's; its log says more")

    for kind in (ProblemError, RequestValidationError, HTTPException, Exception):
        app.add_exception_handler(kind, known)
