# The image of `jejak`: worker, front door, topics, migrate, status and the other commands; not the embedded stack of `jejak up`.
# Build it in the root of the repository: docker build -t jejak .

FROM python:3.13-slim AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/jejak
WORKDIR /src
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY schemas schemas
COPY processors processors
COPY projections projections
COPY producers producers
COPY commands commands
COPY deploy/__init__.py deploy/__init__.py
COPY deploy/local deploy/local
RUN /opt/jejak/bin/pip install --constraint constraints.txt '.[collect]' && /opt/jejak/bin/pip uninstall --yes pip

FROM python:3.13-slim
# Numbers, because Kubernetes' runAsNonRoot cannot look a name up.
RUN groupadd --gid 10001 jejak && useradd --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin jejak
COPY --from=build /opt/jejak /opt/jejak
ENV PATH=/opt/jejak/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 JEJAK_HTTP_PORT=6066
USER 10001:10001
# Not under the user's feet: settings are also read from a file `.env` in the working directory.
WORKDIR /
EXPOSE 6066
# Alive, not ready: a worker that waits for ClickHouse must not be killed for it.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as u; u.urlopen('http://127.0.0.1:' + os.environ['JEJAK_HTTP_PORT'] + '/healthz', timeout=4)"]
# SIGTERM stores and commits what was taken, within 26 s.
STOPSIGNAL SIGTERM
ENTRYPOINT ["jejak"]
CMD ["worker"]
