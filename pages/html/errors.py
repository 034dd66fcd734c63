"""Errors as pages: the same that the API answers as a problem document, in a browser's words."""

import json
from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from pages.asking import desk_of
from pages.html.screen import Screen, language_of
from pages.problems import ProblemError

#: The statuses that have words of their own.
_TOLD = (401, 403, 404, 409, 422, 429, 503)
_AGAIN_SECONDS = 5


def is_page(request: Request) -> bool:
    """Whether a browser's page is asked for."""
    path = request.url.path
    return path in ("/", "/login", "/logout") or path.startswith("/w/")


def error_page(request: Request, problem: Response) -> Response:
    """The page of a problem document. Nobody known is led to the login, and back afterwards."""
    screen = _screen(request)
    if problem.status_code == HTTPStatus.UNAUTHORIZED and screen.desk.gate.has_login and request.url.path != "/login":
        back = screen.here if request.method == "GET" else "/"
        return RedirectResponse(f"/login?next={quote(back, safe='')}", HTTPStatus.SEE_OTHER)
    status = problem.status_code if problem.status_code in _TOLD else 400 if problem.status_code < 500 else 500
    detail = json.loads(bytes(problem.body))["detail"]
    retries = status == HTTPStatus.SERVICE_UNAVAILABLE and request.method == "GET"
    page = screen.show(
        "error.html",
        problem.status_code,
        detail=screen.words.say("error.t500_detail") if status == 500 else detail,
        kind=status,
        retries=retries,
    )
    for name in ("Retry-After", "Allow"):
        if name in problem.headers:
            page.headers[name] = problem.headers[name]
    if retries:
        page.headers["Refresh"] = str(_AGAIN_SECONDS)
    return page


def _screen(request: Request) -> Screen:
    """A screen with the navigation of the workspace, where the user may see it."""
    desk, words = desk_of(request), language_of(request)
    parts = request.url.path.split("/")
    workspace = request.path_params.get("workspace", "") or (parts[2] if parts[1] == "w" and len(parts) > 2 else "")
    try:
        user = desk.gate.user(request)
    except ProblemError:
        user = None
    if user is None or user.role_in(workspace) is None:
        return Screen(request, desk, words, user)
    return Screen(request, desk, words, user, workspace)
