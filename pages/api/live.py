"""The stream of what has changed, for browsers and for front ends that embed the API."""

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from pages.api.responses import problems
from pages.asking import TheDesk, Viewer
from pages.live.stream import MEDIA_TYPE, stream

router = APIRouter(tags=["live"])


@router.get("/changes", response_class=StreamingResponse, responses=problems())
async def get_changes(request: Request, desk: TheDesk, workspace: str, _: Viewer) -> StreamingResponse:
    """Server-sent events: `changed` says what may have changed and names ids, `late` how late the answers are."""
    late = request.app.state.lateness.seconds
    headers = {"X-Accel-Buffering": "no"}
    return StreamingResponse(stream(desk.news, workspace, late), headers=headers, media_type=MEDIA_TYPE)
