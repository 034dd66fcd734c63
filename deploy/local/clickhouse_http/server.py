"""The HTTP server: which path does what, and the life of one query from its first byte to its last."""

from __future__ import annotations

import logging
from http import HTTPStatus

from aiohttp import web

from deploy.local.clickhouse_http import browsers, progress
from deploy.local.clickhouse_http.answer import error_answer
from deploy.local.clickhouse_http.auth import authenticate
from deploy.local.clickhouse_http.body import Body, ClientGoneError
from deploy.local.clickhouse_http.compression import decoders
from deploy.local.clickhouse_http.engine import Engine
from deploy.local.clickhouse_http.errors import ClickHouseError
from deploy.local.clickhouse_http.execution import Execution
from deploy.local.clickhouse_http.external import read_form
from deploy.local.clickhouse_http.native_blocks import NativeDecoder
from deploy.local.clickhouse_http.processes import with_client_ids
from deploy.local.clickhouse_http.request import QueryRequest, query_id_of, query_request, url_fields
from deploy.local.clickhouse_http.result import ResultSender
from deploy.local.clickhouse_http.running import Running
from deploy.local.clickhouse_http.session import Sessions
from deploy.local.clickhouse_http.sql import Statement, parse
from deploy.local.clickhouse_http.workers import Workers

log = logging.getLogger(__name__)

# Looking at this many bytes of SQL takes about as long as handing them to a thread.
QUICKLY_PARSED = 4 << 10

# Of a body that is read as a whole.
_BODY_BYTES = 1 << 30


class Server:
    """ClickHouse's HTTP interface over an engine."""

    def __init__(self, engine: Engine, workers: Workers) -> None:
        self._engine = engine
        self._workers = workers
        self.sessions = Sessions()
        self.running = Running()

    def application(self) -> web.Application:
        """The aiohttp application with all paths."""
        # A client's own tables come in the body; aiohttp would end at 1 MiB.
        app = web.Application(middlewares=[browsers.loopback_only], client_max_size=_BODY_BYTES)
        app.on_response_prepare.append(browsers.allow_page)
        for path in ("/ping", "/replicas_status"):
            app.router.add_get(path, self._ok)
        app.router.add_route("OPTIONS", "/{path:.*}", browsers.preflight)
        # ClickHouse takes a query on any path; these are the ones that clients and proxies use.
        for path in ("/", "/query"):
            app.router.add_get(path, self._query)
            app.router.add_post(path, self._query)
        return app

    async def _ok(self, _: web.Request) -> web.Response:
        return web.Response(text="Ok.\n")

    async def _query(self, request: web.Request) -> web.StreamResponse:
        pairs = url_fields(request.raw_path)
        query_id = query_id_of(request.headers, dict(pairs))
        try:
            authenticate(request.headers, dict(pairs))
            query, body = await self._read(request, query_id, pairs)
            text = query.query + b"\n" + await body.head() if query.query else await body.head()
            if not text.strip() and query.readonly:
                return await self._ok(request)
            return await self._run(request, query, text, body)
        except ClickHouseError as error:
            return error_answer(self._engine, query_id, error, begun=progress.begun(request))
        except (ClientGoneError, ConnectionError):
            log.debug("client of query %s went away", query_id)
            return web.Response(status=HTTPStatus.BAD_REQUEST)

    async def _read(
        self, request: web.Request, query_id: str, pairs: list[tuple[str, str]]
    ) -> tuple[QueryRequest, Body]:
        """What is asked, and the body that has not been read yet."""
        steps = decoders(request.headers.get("Content-Encoding", "").lower())
        files: dict[str, bytes] = {}
        if request.content_type == "multipart/form-data":
            fields, files = await read_form(request)
            pairs = pairs + fields
        query = query_request(request.method, request.headers, query_id, pairs, files)
        if query.native_body:
            steps.append(NativeDecoder())
        return query, Body(request.content, steps, self._workers)

    async def _run(self, request: web.Request, query: QueryRequest, text: bytes, body: Body) -> web.StreamResponse:
        statement = await self._parse(text)
        if not statement.takes_data and (rest := await body.rest()):
            text += rest
            statement = await self._parse(text)
        with (
            self.running.entered(query.query_id, statement.verb == "KILL"),
            self.sessions.entered(query.session) as session,
        ):
            execution = Execution(self._engine, session, query, statement)
            sender = ResultSender(request, self._engine, self._workers, execution)
            try:
                if not statement.takes_data:
                    return await sender.send()
                await self._insert(execution, text[statement.data_at :], body)
                return sender.send_whole(b"")
            finally:
                if not execution.closed:
                    await self._workers.run(execution.close)

    async def _parse(self, text: bytes) -> Statement:
        if len(text) < QUICKLY_PARSED:
            return self._parse_here(text)
        return await self._workers.run(self._parse_here, text)

    def _parse_here(self, text: bytes) -> Statement:
        statement = parse(text, self._engine.formats)
        if statement.takes_data or statement.verb == "KILL" or (mapped := with_client_ids(text)) == text:
            return statement
        return parse(mapped, self._engine.formats)

    async def _insert(self, execution: Execution, data: bytes, body: Body) -> None:
        """Write the rows in `data` and in the rest of the body. They are stored when this returns."""
        await self._workers.run(execution.begin_insert)
        while data or (data := await body.read()):
            await self._workers.run(execution.append, data)
            data = b""
        await self._workers.run(execution.finish_insert)
