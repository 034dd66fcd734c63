"""Finding the bodies in a file, whichever way it holds them."""

import io
import json
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from producers.whatsapp import Body, BrokenBody, read_bodies


def read(content: bytes) -> list[tuple[int, object]]:
    """The bodies with their numbers; a broken one as its reason."""
    found = read_bodies(io.BytesIO(content), "f.jsonl")
    return [(item.number, item.value if isinstance(item, Body) else item.reason) for item in found]


def test_a_log_has_a_body_in_every_line_and_blank_lines_count() -> None:
    assert read(b'{"a":1}\n\n  {"b":2}  \r\n{"c":3}') == [(1, {"a": 1}), (3, {"b": 2}), (4, {"c": 3})]


def test_a_log_is_read_as_it_comes_and_not_to_its_end_first() -> None:
    class Endless(io.RawIOBase):
        def __iter__(self) -> Iterator[bytes]:
            return self

        def __next__(self) -> bytes:
            return b'{"a":1}\n'

    bodies = read_bodies(Endless(), "f")  # type: ignore[arg-type]
    assert [next(bodies), next(bodies)] == [Body("f", 1, {"a": 1}), Body("f", 2, {"a": 1})]


def test_a_broken_line_is_reported_by_its_number_and_the_others_are_read() -> None:
    bodies = read(b'{"a":1}\n{"b":\n[1,2\n{"c":3}\n')
    assert bodies[0] == (1, {"a": 1}) and bodies[3] == (4, {"c": 3})
    assert bodies[1] == (2, "the body is not JSON: Expecting value at column 6")
    assert bodies[2][0] == 3


def test_a_broken_first_line_does_not_hide_the_log_behind_it() -> None:
    bodies = read(b'{"a": tru\n{"b":2}\n{"c":3}\n')
    assert bodies[1:] == [(2, {"b": 2}), (3, {"c": 3})]
    assert str(bodies[0][1]).startswith("the body is not JSON: ")


def test_a_pretty_printed_file_is_one_body() -> None:
    whole = {"object": "x", "entry": [{"id": "1"}]}
    assert read(b"\n" + json.dumps(whole, indent=2).encode()) == [(1, whole)]


def test_an_array_is_as_many_bodies_as_it_holds() -> None:
    bodies = [{"a": 1}, {"b": 2}]
    assert read(json.dumps(bodies, indent=2).encode()) == [(1, {"a": 1}), (2, {"b": 2})]
    assert read(json.dumps(bodies).encode()) == [(1, {"a": 1}), (2, {"b": 2})]


def test_pretty_printed_files_one_after_the_other_are_told_apart_even_without_a_line_feed_between() -> None:
    one, two = json.dumps({"a": [1]}, indent=1), json.dumps({"b": [2]}, indent=1)
    assert read((one + two).encode()) == [(1, {"a": [1]}), (2, {"b": [2]})]


def test_a_broken_pretty_printed_body_is_one_report_and_those_around_it_are_read() -> None:
    good = json.dumps({"a": [1]}, indent=1)
    bodies = read(f'{good}\n{{\n "b": [\n  oops\n ]\n}}\n{good}\n'.encode())
    assert [number for number, _ in bodies] == [1, 2, 3]
    assert bodies[0][1] == bodies[2][1] == {"a": [1]}
    assert str(bodies[1][1]).startswith("the body is not JSON: ")


def test_a_broken_body_names_its_file() -> None:
    (broken,) = read_bodies(io.BytesIO(b"nonsense"), "oktober.jsonl")
    assert isinstance(broken, BrokenBody)
    assert str(broken) == "oktober.jsonl:1: the body is not JSON: Expecting value at column 1"


def test_a_byte_order_mark_is_no_part_of_the_body() -> None:
    assert read(b'\xef\xbb\xbf{"a":1}\n{"b":2}') == [(1, {"a": 1}), (2, {"b": 2})]
    assert read(b'\xef\xbb\xbf{\n"a":1}') == [(1, {"a": 1})]


def test_bytes_that_are_not_utf_8_are_reported() -> None:
    assert read(b'{"a":1}\n{"b":"\xff"}\n')[1] == (2, "the body is not UTF-8: invalid start byte at byte 7")


def test_what_python_calls_json_and_the_rfc_does_not_is_reported() -> None:
    assert read(b'{"a":1}\n{"b":NaN}\n')[1] == (2, "the body is not JSON: NaN is not JSON")


def test_nesting_without_end_and_numbers_without_end_are_reported() -> None:
    assert read(b'{"a":1}\n' + b"[" * 100_000)[1] == (2, "the body is nested too deeply")
    assert "not JSON" in str(read(b'{"a":1}\n' + b"9" * 10_000)[1][1])


def test_an_empty_file_has_no_bodies() -> None:
    assert read(b"") == read(b"\n \r\n") == []


@given(st.binary(max_size=200))
def test_no_bytes_whatever_make_the_reader_raise(content: bytes) -> None:
    read(content)


@given(st.lists(st.dictionaries(st.text(max_size=3), st.integers(), min_size=1, max_size=2), min_size=1, max_size=5))
def test_the_same_bodies_are_found_in_a_log_an_array_and_pretty_printed(bodies: list[dict[str, int]]) -> None:
    found = list(enumerate(bodies, start=1))
    assert read("\n".join(map(json.dumps, bodies)).encode()) == found
    assert read(json.dumps(bodies).encode()) == found
    assert read("\n".join(json.dumps(body, indent=2) for body in bodies).encode()) == found
