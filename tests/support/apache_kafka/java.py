"""Java programs of Apache Kafka: the command that runs one, and Kafka's own tools run to their end."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from tests.support.apache_kafka import jars
from tests.support.apache_kafka.errors import KafkaUnavailableError

#: The oldest Java that Kafka 4's broker runs on.
_OLDEST = 17
_TOOL_SECONDS = 60.0
#: For short lives and small machines: no second compiler, no threads for collecting garbage.
_OPTIONS = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto")
_LOGGING = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true")


def java() -> str:
    """The path of `java`, by JAVA_HOME or the PATH.

    Raises:
        KafkaUnavailableError: there is none, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    found = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if found is None or not Path(found).exists():
        raise KafkaUnavailableError(f"no Java: install a JDK {_OLDEST} or newer, or set JAVA_HOME")
    told = subprocess.run([found, "-version"], capture_output=True, text=True, check=False).stderr
    number = re.search(r'version "(\d+)', told)
    if number is None or int(number[1]) < _OLDEST:
        raise KafkaUnavailableError(f"{found} is not a Java {_OLDEST} or newer: {told.splitlines()[:1]}")
    return found


def command(main: str, *arguments: str, options: tuple[str, ...] = ("-Xmx128m",)) -> list[str]:
    """The command line of a program in Kafka's jars; fetches them where they are missing.

    Arguments:
        main: the class, such as `kafka.Kafka`.
        arguments: its arguments.
        options: of the Java virtual machine, the heap's size among them.

    Raises:
        KafkaUnavailableError: Java or the jars are not to be had.
    """
    return [java(), *_OPTIONS, *_LOGGING, *options, "-cp", str(jars.fetch() / "*"), main, *arguments]


def run_tool(main: str, *arguments: str) -> str:
    """Run one of Kafka's tools, such as `org.apache.kafka.tools.TopicCommand`, and return what it wrote to stdout.

    Raises:
        KafkaUnavailableError: it failed; the message is what it said.
    """
    ran = subprocess.run(command(main, *arguments), capture_output=True, text=True, timeout=_TOOL_SECONDS, check=False)
    if ran.returncode:
        raise KafkaUnavailableError(f"{main} failed: {(ran.stderr or ran.stdout).strip()[-500:]}")
    return ran.stdout
