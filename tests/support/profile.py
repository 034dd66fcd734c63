"""A ClickHouse whose profile has settings of its own, as operators give to servers and users."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from xml.sax.saxutils import escape

from tests.support.clickhouse_process import ServerProcess

_SERVER = "<clickhouse><users_config>{users}</users_config></clickhouse>"
_USERS = """<clickhouse>
    <profiles><default>{settings}</default></profiles>
    <users><default>
        <password></password><profile>default</profile><quota>default</quota><networks><ip>::/0</ip></networks>
    </default></users>
    <quotas><default/></quotas>
</clickhouse>"""


@contextmanager
def running_with_profile(directory: Path, settings: Mapping[str, str]) -> Iterator[str]:
    """Its URL, without a database."""
    directory.mkdir(parents=True, exist_ok=True)
    users, config = directory / "users.xml", directory / "config.xml"
    told = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in settings.items())
    users.write_text(_USERS.format(settings=told))
    config.write_text(_SERVER.format(users=users))
    with ServerProcess(directory / "data", 0, "--config-file", str(config)) as server:
        yield f"http://default:@127.0.0.1:{server.port}"
