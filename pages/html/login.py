"""Logging in and out: a session for browsers, from a name and a password (contract, section 7).

The page sends a form and is led on. A front end of one's own sends JSON and is answered without a body.
"""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from pages.html.forms import body_of, form_of, is_form, local_path
from pages.html.screen import OpenScreen, Screen
from pages.problems import ProblemError, invalid, not_found
from pages.who.cross_origin import is_allowed
from pages.who.sessions import COOKIE, LIFETIME

router = APIRouter(include_in_schema=False)


class Login(BaseModel):
    """Who wants to log in."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=200)
    password: str = Field(max_length=200)


@router.get("/login")
def login(request: Request, screen: OpenScreen) -> Response:
    """The page."""
    _demand_login(screen)
    return screen.show("login.html", next=request.query_params.get("next", "/"), name="", problem=None)


@router.post("/login")
async def log_in(request: Request, screen: OpenScreen) -> Response:
    """Begin a session. A wrong name and a wrong password are answered alike."""
    _demand_login(screen)
    _demand_own_page(request)
    if not is_form(request):
        return await _by_program(request, screen)
    form = await form_of(request)
    name, following = form.text("name"), form.text("next", 4_000)
    try:
        cookie = await _cookie(request, screen, name, form.text("password"))
    except ProblemError as error:
        if error.status not in (HTTPStatus.UNAUTHORIZED, HTTPStatus.TOO_MANY_REQUESTS):
            raise
        wrong = error.status == HTTPStatus.UNAUTHORIZED
        why = screen.words.say("login.wrong") if wrong else error.detail
        page = screen.show("login.html", error.status, next=following, name=name, problem=why)
        page.headers.update(error.headers)
        return page
    return _with_session(request, RedirectResponse(local_path(following, "/"), HTTPStatus.SEE_OTHER), cookie)


@router.post("/logout")
async def log_out(request: Request) -> Response:
    """End the session in this browser."""
    _demand_own_page(request)
    answer = RedirectResponse("/login", HTTPStatus.SEE_OTHER) if is_form(request) else _nothing()
    answer.delete_cookie(COOKIE, httponly=True, samesite="lax")
    return answer


async def _by_program(request: Request, screen: Screen) -> Response:
    try:
        body = Login.model_validate_json(await body_of(request))
    except ValidationError as error:
        found = error.errors()[0]
        raise invalid(".".join(map(str, found["loc"])) or "body", found["msg"]) from None
    return _with_session(request, _nothing(), await _cookie(request, screen, body.name, body.password))


async def _cookie(request: Request, screen: Screen, name: str, password: str) -> str:
    peer = request.client.host if request.client else ""
    cookie = await run_in_threadpool(screen.desk.gate.log_in, name, password, peer)
    if cookie is None:
        raise ProblemError(HTTPStatus.UNAUTHORIZED, "the name or the password is wrong")
    return cookie


def _with_session(request: Request, answer: Response, cookie: str) -> Response:
    is_https = request.headers.get("x-forwarded-proto", request.url.scheme) == "https"
    answer.set_cookie(COOKIE, cookie, max_age=LIFETIME, httponly=True, samesite="lax", secure=is_https)
    return answer


def _nothing() -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _demand_login(screen: Screen) -> None:
    if not screen.desk.gate.has_login:
        raise not_found("nobody logs in here")


def _demand_own_page(request: Request) -> None:
    if not is_allowed(request):
        raise ProblemError(HTTPStatus.FORBIDDEN, "another site's page may not send this")
