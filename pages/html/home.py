"""The first page: which workspace? Whoever may see one only is led there."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from pages.asking import user_of
from pages.html.screen import OpenScreen, Screen
from pages.who.user import EVERY
from projections.query import ask

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request, screen: OpenScreen) -> Response:
    """The page."""
    user = user_of(request)
    wanted = request.query_params.get("workspace", "").strip()
    is_any = user.role_in(EVERY) is not None
    names = _all(screen) if is_any else user.workspaces
    if wanted or (len(names) == 1 and not is_any):
        return _to(screen, wanted or names[0])
    return screen.show("home.html", workspaces=names, may_name=is_any)


@router.get("/w/{workspace}")
@router.get("/w/{workspace}/")
def workspace(screen: OpenScreen, workspace: str) -> Response:
    """The workspace's first page."""
    return _to(screen, workspace)


def _to(screen: Screen, workspace: str) -> Response:
    target = Screen(screen.request, screen.desk, screen.words, workspace=workspace)
    return RedirectResponse(target.path("conversations"), HTTPStatus.SEE_OTHER)


def _all(screen: Screen) -> list[str]:
    with screen.desk.clickhouse.asked() as client:
        return [row["workspace_id"] for row in ask(client, "workspaces")]
