"""Kafka's jars: fetched from Maven Central once, kept in the user's cache folder.

They are fetched into a folder beside the final one and renamed, so an interrupted fetch leaves nothing half.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from xml.etree import ElementTree

from tests.support.apache_kafka.errors import KafkaUnavailableError

POM = Path(__file__).with_name("pom.xml")
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_FETCH_SECONDS = 600.0


def version() -> str:
    """The version of Apache Kafka that the pom names."""
    found = ElementTree.parse(POM).findtext(".//{*}kafka.version")
    assert found, POM
    return found


def folder() -> Path:
    """Where the jars are, or will be. Its name changes with the pom, so that an old folder is never taken for a new."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    digest = hashlib.sha256(POM.read_bytes()).hexdigest()[:8]
    return cache / "jejak" / f"apache-kafka-{version()}-{digest}"


def fetch() -> Path:
    """The folder with the jars, fetched where it is not there yet: about a minute and 40 MB.

    Raises:
        KafkaUnavailableError: Maven is missing, or cannot fetch them.
    """
    target = folder()
    if target.exists():
        return target
    maven = shutil.which("mvn")
    if maven is None:
        raise KafkaUnavailableError("Apache Kafka's jars are not fetched yet, and Maven (`mvn`) is not on the PATH")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as temporary:
        fetched = Path(temporary) / "jars"
        _copy(maven, fetched)
        try:
            fetched.rename(target)
        except OSError:
            # Somebody else was quicker; theirs is the same.
            if not target.exists():
                raise
    return target


def _copy(maven: str, target: Path) -> None:
    command = [maven, "--quiet", "--batch-mode", "-f", str(POM), _COPY]
    command += ["-DincludeScope=runtime", f"-DoutputDirectory={target}"]
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=_FETCH_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise KafkaUnavailableError(f"Maven did not fetch Apache Kafka within {_FETCH_SECONDS:.0f} s") from None
    if ran.returncode:
        errors = [line for line in ran.stdout.splitlines() if "ERROR" in line]
        raise KafkaUnavailableError(f"Maven could not fetch Apache Kafka: {errors[0] if errors else ran.stderr[-200:]}")
