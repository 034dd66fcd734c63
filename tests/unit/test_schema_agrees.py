"""The published schema and the worker give one answer, on whatever a producer's JSON library may write."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry

from processors.stream.row import row_of
from schemas.catalogue import CATALOGUE
from schemas.examples import EXAMPLES
from schemas.json_schema import json_schema
from schemas.rejection import Reason, RejectedError
from schemas.validation import validate
from tests.unit.event_strategies import JSON_VALUES, instants, mutated_events
from tests.unit.record_builder import event

bounded = settings(max_examples=600)
VALIDATORS = {item.name: Draft202012Validator(json_schema(item), registry=Registry()) for item in CATALOGUE}

#: Numbers as JSON texts, because a reader's numbers no longer tell how they were written.
NUMBERS = (
    *("0", "-0", "0.0", "-0.0", "0e0", "1", "1.0", "1e0", "10e-1", "1.5", "-1", "-1.0", "1e18", "1E+2", "1e-7"),
    *("9007199254740993", "9007199254740992.0", "9223372036854775807", "9223372036854775807.0"),
    *("9223372036854775808", "9223372036854774784.0", "9.2233720368547758e18", "18446744073709551616", "1e308"),
)
TEXTS = (
    *(
        "",
        "0",
        "00",
        "1",
        "+1",
        "-1",
        "-0",
        "1.0",
        "1e0",
        " 1",
        "1 ",
        "1\n",
        "1\r",
        "1\u2028",
        "1_000",
        "１",
        "٣",
        "0x1",
    ),
    *("9223372036854775807", "9223372036854775808", "09223372036854775807", "9999999999999999999", "0" * 40 + "7"),
    *("application/json", "application/json\n", "APPLICATION/json ;a\n", "\n", "\r", "\x85", "application/json,"),
    *("x" * 128, "x" * 129, "x" * 256, "x" * 257, "🫘" * 128, "🫘" * 129, "e\u0301" * 128, "#2E7D32", "#2e7d32\n"),
    *("+6281322233344", "+6281322233344\n", "+6281322233344\x85", "+62813222333445", "1.0", "2025-03-14"),
)
#: Parts of a `time` that are right, nearly right and wrong.
DAYS = (
    *("2025-03-14", "2024-02-29", "2025-02-29", "2100-02-29", "2000-02-29", "2300-02-28", "2025-04-31", "2025-00-10"),
    *("2025-13-01", "2025-12-00", "2025-12-32", "0000-01-01", "1998-06-01", "2301-01-01", "20250314", "２025-03-14"),
)
CLOCKS = ("09:26:53", "00:00:00", "23:59:60", "24:00:00", "09:60:00", "09:26:61", "09:26", "9:26:53")
FRACTIONS = ("", ".5", ".589999999", ".", ",5", ".٣")
OFFSETS = ("Z", "z", "", "+07:00", "-23:59", "+24:00", "+07:60", "+0700", "+07", "Z\n", "Z\u2029", "Z ")
TIMES = st.builds(
    "".join,
    st.tuples(*map(st.sampled_from, (DAYS, ("T", "t", " ", "_"), CLOCKS, FRACTIONS, OFFSETS))),
)


def written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


VALUES = st.one_of(
    st.sampled_from(NUMBERS),
    st.sampled_from(("true", "false", "null", "[]", "{}")),
    st.sampled_from(TEXTS).map(written),
    (TIMES | instants().map(lambda pair: pair[0])).map(written),
    JSON_VALUES.map(written),
)
ATTRIBUTES = ("specversion", "id", "source", "time", "workspaceid", "sequence", "datacontenttype", "data_base64", "x")


@st.composite
def texts(draw: st.DrawFn) -> tuple[str, str]:
    """A type, and the text of an event of it with up to three values of the envelope or of `data` replaced."""
    name = draw(st.sampled_from(sorted(EXAMPLES)))
    attributes = {key: written(value) for key, value in event(name, {}, "drawn").items() if key != "data"}
    data = {key: written(value) for key, value in EXAMPLES[name]["data"].items()}
    for _ in range(draw(st.integers(1, 3))):
        if draw(st.booleans()):
            attributes[draw(st.sampled_from(ATTRIBUTES))] = draw(VALUES)
        else:
            data[draw(st.sampled_from(sorted(data)))] = draw(VALUES)
    return name, _object({**attributes, "data": _object(data)})


def _object(fields: dict[str, str]) -> str:
    return "{" + ",".join(f"{written(name)}:{value}" for name, value in fields.items()) + "}"


def rejected(value: bytes) -> RejectedError | None:
    try:
        validate(value)
    except RejectedError as error:
        return error
    return None


def hold_together(name: str, text: str) -> None:
    """Both accept or both refuse, but for what the schema's own page says that it cannot say."""
    conforms, refusal = VALIDATORS[name].is_valid(json.loads(text)), rejected(text.encode())
    beyond = refusal is not None and (refusal.reason is Reason.TIME_OUT_OF_RANGE or "holds NUL" in refusal.message)
    assert beyond or conforms == (refusal is None), f"{refusal} {text}"


@bounded
@given(texts())
def test_the_schema_and_the_worker_agree_on_every_envelope(drawn: tuple[str, str]) -> None:
    hold_together(*drawn)


@bounded
@given(mutated_events())
def test_the_schema_and_the_worker_agree_on_every_mutated_event(attributes: dict[str, Any]) -> None:
    hold_together(attributes["type"], json.dumps(attributes))


@pytest.mark.parametrize(("name", "path"), [("label.added", "sequence"), ("pipeline_status.defined", "data.position")])
def test_the_schema_and_the_worker_agree_on_every_spelling_of_a_number(name: str, path: str) -> None:
    for value in (*NUMBERS, *map(written, TEXTS), "true", "false", "null"):
        hold_together(name, json.dumps(event(name, {path: "@"}, "spelt")).replace('"@"', value))


def test_the_schema_and_the_worker_agree_on_every_spelling_of_a_time() -> None:
    for parts in itertools.product(DAYS, "Tt ", CLOCKS, FRACTIONS, OFFSETS):
        hold_together("label.added", json.dumps(event("label.added", {"time": "".join(parts)}, "spelt")))


@pytest.mark.parametrize("spelling", ["1", "1.0", "1e0", "10e-1", '"1"', '"01"'])
def test_a_sequence_is_the_same_number_however_it_is_written(spelling: str) -> None:
    value = json.dumps(event("label.added", {"sequence": "@"}, "spelt")).replace('"@"', spelling)
    assert validate(value.encode()).sequence == 1


@pytest.mark.parametrize("spelling", ["1.0", "1e0", "10e-1"])
def test_an_event_is_the_same_row_however_its_whole_numbers_are_written(spelling: str) -> None:
    text = json.dumps(event("pipeline_status.defined", {"data.position": "@"}, "spelt"))
    rows = {row_of(validate(text.replace('"@"', way).encode())) for way in ("1", spelling)}
    assert len(rows) == 1
