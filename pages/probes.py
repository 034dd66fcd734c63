"""Health and metrics, as the worker's: `/healthz`, `/readyz`, `/metrics`."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.concurrency import run_in_threadpool

from pages.desk import Desk
from pages.problems import ProblemError

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
def healthz() -> PlainTextResponse:
    """Whether the process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
async def readyz(request: Request) -> PlainTextResponse:
    """Whether it can answer questions and take writes; if not, why not."""
    desk: Desk = request.app.state.desk
    problems = [*desk.gate.problems, *([f"Kafka: {desk.tail.problem}"] if desk.tail.problem else [])]
    if (problem := await run_in_threadpool(_clickhouse_problem, desk)) is not None:
        problems.append(problem)
    if problems:
        return PlainTextResponse("\n".join(problems) + "\n", HTTPStatus.SERVICE_UNAVAILABLE)
    return PlainTextResponse("ready\n")


def _clickhouse_problem(desk: Desk) -> str | None:
    try:
        with desk.clickhouse.asked() as client:
            client.query("SELECT 1 FROM conversations LIMIT 0")
    except ProblemError:
        return desk.clickhouse.problem
    return None


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """What Prometheus reads."""
    return Response(generate_latest(request.app.state.metrics.registry), media_type=CONTENT_TYPE_LATEST)
