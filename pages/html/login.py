"""Logging in and out: a session for browsers, from a name and a password."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.concurrency import run_in_threadpool

from pages.asking import TheDesk
from pages.problems import ProblemError, not_found
from pages.who.cross_origin import is_allowed
from pages.who.sessions import COOKIE, LIFETIME

router = APIRouter(include_in_schema=False)

_Text = Annotated[str, StringConstraints(max_length=200)]


class Login(BaseModel):
    """Who wants to log in."""

    model_config = ConfigDict(extra="forbid")

    name: _Text
    password: _Text


@router.post("/login")
async def log_in(request: Request, desk: TheDesk, body: Login) -> Response:
    """Begin a session. A wrong name and a wrong password are answered alike."""
    if not desk.gate.has_login:
        raise not_found("nobody logs in here")
    if not is_allowed(request):
        raise ProblemError(HTTPStatus.FORBIDDEN, "another site's page may not send this")
    peer = request.client.host if request.client else ""
    cookie = await run_in_threadpool(desk.gate.log_in, body.name, body.password, peer)
    if cookie is None:
        raise ProblemError(HTTPStatus.UNAUTHORIZED, "the name or the password is wrong")
    answer = Response(status_code=HTTPStatus.NO_CONTENT)
    is_https = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
    answer.set_cookie(COOKIE, cookie, max_age=LIFETIME, httponly=True, samesite="lax", secure=is_https)
    return answer


@router.post("/logout")
async def log_out(request: Request) -> Response:
    """End the session in this browser."""
    if not is_allowed(request):
        raise ProblemError(HTTPStatus.FORBIDDEN, "another site's page may not send this")
    answer = Response(status_code=HTTPStatus.NO_CONTENT)
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return answer
