"""A screen: one page for one user, in their language and the workspace's zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from pages.asking import Viewer, desk_of
from pages.desk import Desk
from pages.html.assets import asset
from pages.html.formats import Formats
from pages.html.forms import local_path
from pages.html.words import LANGUAGES, Words, preferred, words
from pages.who.user import Role, User

LANGUAGE_COOKIE = "jejak_language"
_YEAR = 365 * 24 * 3600

_environment = Environment(
    loader=PackageLoader("pages"),
    autoescape=select_autoescape(default=True),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_environment.globals["asset"] = asset
_environment.filters["id"] = lambda text: quote(str(text), safe="")


@dataclass(frozen=True)
class Screen:
    """What every page knows.

    Attributes:
        request: what was asked for.
        desk: the desk.
        words: of the user's language.
        user: who is asking; None on pages for everybody.
        workspace: whose page it is; '' for none.
    """

    request: Request
    desk: Desk
    words: Words
    user: User | None = None
    workspace: str = ""
    formats: Formats = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "formats", Formats(self.words.locale, self.desk.zone))

    @property
    def base(self) -> str:
        """The path of the workspace's pages."""
        return f"/w/{quote(self.workspace, safe='')}"

    @property
    def here(self) -> str:
        """The path and query of this page."""
        query = self.request.url.query
        return self.request.url.path + (f"?{query}" if query else "")

    def may(self, role: str) -> bool:
        """Whether the user has a role here, or a higher one."""
        has = self.user.role_in(self.workspace) if self.user else None
        return has is not None and has >= Role.named(role)

    def with_query(self, **changes: Any) -> str:
        """This page under another query: None leaves a parameter out. A change begins at the first page again."""
        kept = [
            (name, value)
            for name, value in self.request.query_params.multi_items()
            if name not in changes and name not in ("cursor", "messages", "lang") and value
        ]
        added = [(name, value) for name, value in changes.items() if value is not None]
        query = urlencode([*kept, *added])
        return self.request.url.path + (f"?{query}" if query else "")

    def path(self, *parts: str, **query: Any) -> str:
        """A path of this workspace's pages.

        Arguments:
            parts: below the workspace, each is one segment.
            query: parameters; None leaves one out.
        """
        text = urlencode({name: value for name, value in query.items() if value is not None}, doseq=True)
        return "/".join([self.base, *(quote(part, safe="") for part in parts)]) + (f"?{text}" if text else "")

    def show(self, template: str, status: int = HTTPStatus.OK, **values: Any) -> Response:
        """A template as an answer.

        Arguments:
            template: its name.
            status: of HTTP.
            values: what it shows.
        """
        late = self.request.app.state.lateness.seconds
        text = _environment.get_template(template).render(
            screen=self, t=self.words.say, f=self.formats, languages=LANGUAGES, late=late, **values
        )
        response = HTMLResponse(text, status)
        response.headers["Content-Language"] = self.words.language
        if self.request.query_params.get("lang") in LANGUAGES:
            response.set_cookie(LANGUAGE_COOKIE, self.words.language, max_age=_YEAR, httponly=True, samesite="lax")
        return response

    def back(self, wanted: str, otherwise: str) -> Response:
        """Lead back to a page behind a form.

        Arguments:
            wanted: the form's field `back`.
            otherwise: where to lead if that is no path of ours.
        """
        return RedirectResponse(local_path(wanted, otherwise), HTTPStatus.SEE_OTHER)


def language_of(request: Request) -> Words:
    """The words of the language that a request wants: by `?lang=`, by an earlier choice, by the browser."""
    for name in (request.query_params.get("lang"), request.cookies.get(LANGUAGE_COOKIE)):
        if name in LANGUAGES:
            return words(name)
    return words(preferred(request.headers.get("accept-language", "")))


def open_screen(request: Request) -> Screen:
    """A screen that is nobody's."""
    return Screen(request, desk_of(request), language_of(request))


def workspace_screen(request: Request, workspace: str, user: Viewer) -> Screen:
    """A screen of a workspace that the user may see."""
    return Screen(request, desk_of(request), language_of(request), user, workspace)


def texts(request: Request, *names: str) -> Mapping[str, str | None]:
    """Parameters of the query; None for those that are missing or blank."""
    return {name: (request.query_params.get(name) or "").strip() or None for name in names}


OpenScreen = Annotated[Screen, Depends(open_screen)]
TheScreen = Annotated[Screen, Depends(workspace_screen)]
