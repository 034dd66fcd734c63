"""Sharing between origins (CORS): whose pages may send events, and how browsers are told so.

A page's own origin is answered by name. An unknown key is answered to every origin: it lets nobody in, and the tracker
must see the 403, because what it cannot read it sends again for ever. A foreign origin is told nothing.
"""

from http import HTTPStatus

from starlette.requests import Request

from producers.http.origins import is_allowed, origin_of
from producers.http.problems import ProblemError, Refusal
from producers.http.sources.model import Page

_PREFLIGHT_SECONDS = "600"
_DEFAULT_HEADERS = "content-type"


def checked_page(page: Page | None, request: Request) -> Page:
    """The page that a request may send events of.

    A browser always sends `Origin` with a POST; what sends none is no page, and is told by `Referer` if it has one.

    Raises:
        ProblemError: 403; the key is unknown, or not for this origin.
    """
    if page is None:
        raise ProblemError(HTTPStatus.FORBIDDEN, Refusal.UNKNOWN_KEY, "no such key", headers=shared(request))
    origin = request.headers.get("origin") or origin_of(request.headers.get("referer", ""))
    if origin and not is_allowed(origin, page.origins):
        raise ProblemError(HTTPStatus.FORBIDDEN, Refusal.FORBIDDEN, "the key is not for pages of this origin")
    return page


def shared(request: Request) -> dict[str, str]:
    """The headers that let the page read an answer."""
    origin = request.headers.get("origin")
    if not origin:
        return {"Vary": "Origin"}
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true", "Vary": "Origin"}


def allowing(request: Request) -> dict[str, str]:
    """The headers that answer a preflight."""
    return {
        **shared(request),
        "Access-Control-Allow-Methods": "POST",
        "Access-Control-Allow-Headers": request.headers.get("access-control-request-headers", _DEFAULT_HEADERS),
        "Access-Control-Max-Age": _PREFLIGHT_SECONDS,
    }
