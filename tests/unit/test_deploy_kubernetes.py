"""The Kubernetes manifests: by Kubernetes' own schemas, and whole in themselves.

Kinds of other projects (KEDA's, the Prometheus operator's) have no schema here; what they refer to is checked.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from processors.tuning import Tuning
from producers.http.limits import DRAIN_SECONDS, STOP_SECONDS
from producers.http.sources.model import parsed_sources
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


PODS = [("Deployment", "jejak-worker"), ("Deployment", "jejak-collect"), ("Job", "jejak-migration")]


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


def test_the_front_door_is_asked_what_it_serves_and_has_time_to_stop() -> None:
    spec = pod("Deployment", "jejak-collect")
    (door,) = spec["containers"]
    sleep = door["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert spec["terminationGracePeriodSeconds"] > sleep + DRAIN_SECONDS + STOP_SECONDS
    assert door["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert door["readinessProbe"]["httpGet"]["path"] == "/readyz"
    environment = {item["name"]: item["value"] for item in door["env"]}
    assert environment["JEJAK_COLLECT_PORT"] == str(door["ports"][0]["containerPort"])
    assert environment["JEJAK_COLLECT_HOST"] == "0.0.0.0"


def test_what_belongs_to_the_front_door_finds_it_and_leaves_its_probes_private() -> None:
    found = manifests()
    labels = found["Deployment", "jejak-collect"]["spec"]["template"]["metadata"]["labels"]
    assert found["Service", "jejak-collect"]["spec"]["selector"].items() <= labels.items()
    for kind in ("PodDisruptionBudget", "PodMonitor"):
        assert found[kind, "jejak-collect"]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    scaled = found["HorizontalPodAutoscaler", "jejak-collect"]["spec"]["scaleTargetRef"]
    assert (scaled["kind"], scaled["name"]) == ("Deployment", "jejak-collect")
    volumes = pod("Deployment", "jejak-collect")["volumes"]
    sources = found["Secret", next(item["secret"]["secretName"] for item in volumes if "secret" in item)]
    assert parsed_sources(sources["stringData"]["sources.toml"].encode()).page
    (rule,) = found["Ingress", "jejak-collect"]["spec"]["rules"]
    public = {path["path"] for path in rule["http"]["paths"]}
    assert public == {"/events", "/whatsapp", "/t", "/jejak.js"}
