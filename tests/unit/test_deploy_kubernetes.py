"""The Kubernetes manifests: by Kubernetes' own schemas, and whole in themselves.

Kinds of other projects (KEDA's, the Prometheus operator's) have no schema here; what they refer to is checked.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from processors.tuning import Tuning
from schemas.constants import PARTITIONS
from tests.unit.deployment import DEPLOY, SCHEMAS, dockerfile, documents

FOLDER = DEPLOY / "kubernetes"
KUSTOMIZATIONS = sorted(FOLDER.rglob("kustomization.yaml"))
OTHERS = {"ScaledObject", "TriggerAuthentication", "PodMonitor"}


def manifests() -> dict[tuple[str, str], dict[str, Any]]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for path in sorted(FOLDER.rglob("*.yaml")):
        if path.name != "kustomization.yaml":
            for document in documents(path):
                # The overlay's settings come after the base's, as a patch does.
                found[document["kind"], document["metadata"]["name"]] = document
    return found


def pod(kind: str, name: str) -> dict[str, Any]:
    spec: dict[str, Any] = manifests()[kind, name]["spec"]["template"]["spec"]
    return spec


PODS = [("Deployment", "jejak-worker"), ("Job", "jejak-migration")]


@pytest.mark.parametrize("path", sorted(FOLDER.rglob("*.yaml")), ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_manifest_is_what_kubernetes_says(path: Path) -> None:
    schema = json.loads((SCHEMAS / "kubernetes-1.37.0-strict.json").read_text(encoding="utf-8"))
    by_kind = {
        (kind["group"], kind["version"], kind["kind"]): name
        for name, definition in schema["$defs"].items()
        for kind in definition.get("x-kubernetes-group-version-kind", [])
    }
    for document in documents(path):
        if document["kind"] in OTHERS | {"Kustomization", "Component"}:
            continue
        group, _, version = document["apiVersion"].rpartition("/")
        name = by_kind[group, version, document["kind"]]
        validator = Draft202012Validator({**schema, "$ref": f"#/$defs/{name}"})
        assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize("path", KUSTOMIZATIONS, ids=lambda path: path.parent.name)
def test_kustomizations_name_files_that_exist_and_forget_none(path: Path) -> None:
    (document,) = documents(path)
    patches = [patch["path"] for patch in document.get("patches", []) if "path" in patch]
    named = [*document.get("resources", []), *document.get("components", []), *patches]
    assert [name for name in named if not (path.parent / name).exists()] == []
    assert {item.name for item in path.parent.glob("*.yaml")} - {path.name} == {n for n in named if n.endswith(".yaml")}


@pytest.mark.parametrize(("kind", "name"), PODS)
def test_settings_and_secrets_that_pods_take_are_there(kind: str, name: str) -> None:
    known = manifests()
    spec = pod(kind, name)
    for container in [*spec.get("initContainers", []), *spec["containers"]]:
        for source in container["envFrom"]:
            if "secretRef" in source:
                assert ("Secret", source["secretRef"]["name"]) in known
            else:
                assert ("ConfigMap", source["configMapRef"]["name"]) in known


@pytest.mark.parametrize(("kind", "name"), PODS)
def test_pods_have_no_more_rights_than_the_image_s_user(kind: str, name: str) -> None:
    spec = pod(kind, name)
    user = dict(dockerfile())["USER"]
    assert f"{spec['securityContext']['runAsUser']}:{spec['securityContext']['runAsGroup']}" == user
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    for container in [*spec.get("initContainers", []), *spec["containers"]]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"]["requests"] and container["resources"]["limits"]["memory"]


def test_a_worker_is_asked_what_it_serves_and_has_time_to_stop() -> None:
    spec = pod("Deployment", "jejak-worker")
    (worker,) = spec["containers"]
    assert spec["terminationGracePeriodSeconds"] > Tuning().stop_seconds
    assert worker["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert worker["readinessProbe"]["httpGet"]["path"] == "/readyz"
    assert str(worker["ports"][0]["containerPort"]) == manifests()["ConfigMap", "jejak"]["data"].get(
        "JEJAK_HTTP_PORT", "6066"
    )


def test_there_are_never_more_workers_than_partitions() -> None:
    scaled = manifests()["ScaledObject", "jejak-worker"]["spec"]
    assert scaled["scaleTargetRef"]["name"] == "jejak-worker"
    assert scaled["minReplicaCount"] <= scaled["maxReplicaCount"] <= PARTITIONS


def test_selectors_find_the_workers() -> None:
    found = manifests()
    labels = found["Deployment", "jejak-worker"]["spec"]["template"]["metadata"]["labels"]
    for key in (
        ("Deployment", "jejak-worker"),
        ("PodDisruptionBudget", "jejak-worker"),
        ("PodMonitor", "jejak-worker"),
    ):
        assert found[key]["spec"]["selector"]["matchLabels"].items() <= labels.items()
