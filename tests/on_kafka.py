"""`make test-kafka`: the tests that meet Kafka, on Apache Kafka instead of the embedded broker.

Apache Kafka is started from its jars where Java and Maven answer, else in a container where Docker answers. Where
neither does, that is said in one line and is no failure.
"""

import os
import shutil
import subprocess
import sys

from tests.support.apache_kafka import jars, java
from tests.support.apache_kafka.errors import KafkaUnavailableError
from tests.support.brokers import Kind

#: What asks ClickHouse and not Kafka, or brings the embedded broker along because that is what it is about.
LEFT_OUT = (
    "tests/integration/test_clickhouse_http_*",
    "tests/integration/test_analysts.py",
    "tests/integration/test_cluster.py",
    "tests/integration/test_deploy_*",
    "tests/integration/test_reading_commands*",
    "tests/integration/test_up.py",
    "tests/integration/test_readme.py",
    "tests/integration/test_pages_of_docs.py",
    "tests/integration/test_demo.py",
)
PATHS = (
    "tests/integration",
    "tests/exactness/test_path.py",
    "tests/faults",
    "tests/faults_kafka",
    "tests/secure_kafka",
)
_DOCKER_SECONDS = 20.0


def main(arguments: list[str]) -> int:
    """Run pytest; the exit status is its own, or 0 where there is no Kafka to be had.

    Arguments:
        arguments: for pytest, in place of the paths.
    """
    reasons: list[str] = []
    kind = _available(reasons)
    if kind is None:
        print(f"not run: no Apache Kafka to test on: {'; '.join(reasons)}")
        return 0
    print(f"Apache Kafka {jars.version() if kind is Kind.APACHE else 'in a container'}", flush=True)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile"]
    command += [f"--ignore-glob=*{pattern}" for pattern in LEFT_OUT]
    return subprocess.run(
        [*command, *(arguments or PATHS)], env=os.environ | {"JEJAK_TEST_STACK": kind}, check=False
    ).returncode


def _available(reasons: list[str]) -> Kind | None:
    try:
        java.java()
        jars.fetch()
    except KafkaUnavailableError as error:
        reasons.append(str(error))
    else:
        return Kind.APACHE
    if _docker_answers():
        return Kind.CONTAINERS
    reasons.append("Docker does not answer")
    return None


def _docker_answers() -> bool:
    docker = shutil.which("docker")
    if docker is None:
        return False
    try:
        told = subprocess.run([docker, "info"], capture_output=True, timeout=_DOCKER_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return False
    return told.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
