"""What a path demands of who is asking: FastAPI's dependencies."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import Depends, Request

from pages.desk import Desk
from pages.problems import ProblemError, not_found
from pages.who.cross_origin import is_allowed
from pages.who.user import Role, User


def desk_of(request: Request) -> Desk:
    """The desk of the application that was asked."""
    desk: Desk = request.app.state.desk
    return desk


def user_of(request: Request) -> User:
    """Who is asking.

    Raises:
        ProblemError: 401, nobody known.
    """
    user = desk_of(request).gate.user(request)
    if user is None:
        raise ProblemError(
            HTTPStatus.UNAUTHORIZED, "log in, or send a key", headers={"WWW-Authenticate": 'Bearer realm="jejak"'}
        )
    return user


def demands(role: Role) -> Callable[[Request, str], User]:
    """A dependency: a user who has a role in the workspace of the path.

    Arguments:
        role: the least that is needed.
    """

    def allowed(request: Request, workspace: str) -> User:
        user = user_of(request)
        has = user.role_in(workspace)
        if has is None:
            raise not_found(f"no workspace {workspace!r}")
        if has < role:
            raise ProblemError(HTTPStatus.FORBIDDEN, f"this needs the role {role}; you have {has}")
        if not user.is_program and not is_allowed(request):
            raise ProblemError(HTTPStatus.FORBIDDEN, "another site's page may not send this")
        return user

    return allowed


TheDesk = Annotated[Desk, Depends(desk_of)]
Viewer = Annotated[User, Depends(demands(Role.VIEWER))]
Agent = Annotated[User, Depends(demands(Role.AGENT))]
Admin = Annotated[User, Depends(demands(Role.ADMIN))]
