"""What a run of `jejak` imports. Time on a shared machine proves little; a large library that is imported does."""

import subprocess
import sys
from collections.abc import Mapping

from tests.support.processes import ROOT, environment

#: Kafka's clients, the worker's surroundings, the models of events, numbers' spellings, and what extras may bring.
SLOW = (
    "faust", "mode", "aiokafka", "aiohttp", "structlog", "prometheus_client", "uvloop", "chdb", "numpy", "pandas",
    "pyarrow", "polars", "sqlalchemy", "phonenumbers", "schemas.catalogue", "schemas.envelope", "schemas.validation",
    "rich.progress", "rich.live", "deploy", "producers", "processors.stream", "processors.fetch", "processors.worker",
)  # fmt: skip
_CODE = """
import sys
from commands.main import main
try:
    main()
finally:
    sys.stderr.write("\\nMODULES " + " ".join(sys.modules))
"""


def imported_by(*words: str, settings: Mapping[str, str] | None = None) -> set[str]:
    """The modules that a command has imported when it ends.

    Arguments:
        words: the command line.
        settings: more of the environment.
    """
    ran = subprocess.run(
        [sys.executable, "-c", _CODE, *words],
        cwd=ROOT,
        env=environment(dict(settings or {})),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return set(ran.stderr.rpartition("MODULES ")[2].split())
