"""compose.yaml: by the Compose specification's own schema, and whole in itself."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from processors.tuning import Tuning
from producers.http.limits import DRAIN_SECONDS, STOP_SECONDS
from tests.unit.deployment import DEPLOY, SCHEMAS, documents


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    (document,) = documents(DEPLOY / "compose.yaml")
    return document


def test_it_is_what_the_compose_specification_says(compose: dict[str, Any]) -> None:
    schema = json.loads((SCHEMAS / "compose-spec.json").read_text(encoding="utf-8"))
    found = [f"{list(error.path)}: {error.message}" for error in Draft202012Validator(schema).iter_errors(compose)]
    assert found == []


def test_what_it_mounts_is_there(compose: dict[str, Any]) -> None:
    mounted = [
        volume.split(":")[0] for service in compose["services"].values() for volume in service.get("volumes", [])
    ]
    files = [name for name in mounted if name.startswith(".")]
    assert files
    assert [name for name in files if not (DEPLOY / name).exists()] == []
    assert {name for name in mounted if not name.startswith(".")} == set(compose["volumes"])


def test_services_wait_for_services_that_exist_and_tell_their_health(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in services, f"{name} waits for {other}"
            if how["condition"] == "service_healthy":
                assert "test" in services[other]["healthcheck"], f"{name} waits for the health of {other}"


def test_every_password_is_asked_for_and_in_the_example() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\$\{(\w+PASSWORD)", text))
    example = dict(re.findall(r"^(\w+)=(.+)$", (DEPLOY / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert asked == set(example)
    assert all(f"${{{name}:?" in text for name in asked), "an empty password must stop the start"


def test_a_worker_has_time_to_store_what_it_has_taken(compose: dict[str, Any]) -> None:
    seconds = int(compose["services"]["worker"]["stop_grace_period"].removesuffix("s"))
    assert seconds > Tuning().stop_seconds


def test_a_front_door_has_time_to_answer_what_is_on_its_way(compose: dict[str, Any]) -> None:
    seconds = int(compose["services"]["collect"]["stop_grace_period"].removesuffix("s"))
    assert seconds > DRAIN_SECONDS + STOP_SECONDS


def test_images_of_others_are_of_a_certain_version(compose: dict[str, Any]) -> None:
    images = [service["image"] for service in compose["services"].values() if "build" not in service]
    assert images
    assert [image for image in images if not re.search(r":v?\d", image)] == []
