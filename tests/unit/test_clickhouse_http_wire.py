"""ClickHouse's compressed blocks, heads of formats, errors and credentials, byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.clickhouse_http import formats
from deploy.local.clickhouse_http.auth import authenticate, check_origin
from deploy.local.clickhouse_http.cityhash import cityhash128
from deploy.local.clickhouse_http.compression import choose_encoding, decoders, encoders
from deploy.local.clickhouse_http.errors import ClickHouseError, from_engine
from deploy.local.clickhouse_http.native_blocks import NativeDecoder, NativeEncoder

# As ClickHouse's own CityHash computes them.
HASHES = {
    0: "2b9ac064fc9df03d291ee592c340b53c",
    1: "2264de61ab714ba07039e237496868f7",
    3: "e07a891e44244c90a549af712c7dd3ea",
    4: "1c70f36be39d8a6df6841ea386650ec9",
    7: "3e03a3791ecbc12a880d3e33b91d511a",
    8: "b5c979d1e19b8f4fe6407d93197ce37a",
    9: "23562f6e08dd65a23b7d8954ea5a33b1",
    15: "8d2dcf3705a810a785ee956f49a733e5",
    16: "7b836449ac0fec835248a3ab5f5775d2",
    17: "3c942c52e8b1346683c83eaa0f0a4584",
    31: "ad277a5163383190dbb031cc04831032",
    32: "42206938c0f663fcd710741202d35011",
    33: "9c663edf20930b46a4e25008869d8407",
    64: "72fd9b0def9f28916f35a08770298e36",
    127: "95ee8f1261eae85e5068ce892fdcccfa",
    128: "f7b30b2fc5f7a42c6b59136956fe21c8",
    143: "4067457b175f7668ceacba9e07e1911f",
    144: "0964db4a2304fb0c3617c325f89d93d4",
    145: "8511d3148db5b39ffe8db1f16f7f8250",
    200: "1440557aac2a9b8f919b3b66f8fd2aa9",
    272: "5ed49931112f248b50cc2f28bfd5bee2",
    300: "c71cfe8493f410e71c69c26b123b990e",
    1000: "568966b32a79884ed610c8300421a6d4",
}


@pytest.mark.parametrize("size", HASHES)
def test_checksums_are_those_of_clickhouse(size: int) -> None:
    assert cityhash128(bytes(number * 7 % 251 for number in range(size))).hex() == HASHES[size]


@given(st.binary(max_size=5000), st.integers(1, 100))
def test_native_blocks_read_back_however_they_are_cut(data: bytes, step: int) -> None:
    packed = NativeEncoder().encode(data)
    decoder = NativeDecoder()
    assert b"".join(decoder.decode(packed[at : at + step]) for at in range(0, len(packed), step)) == data
    decoder.finish()


@given(st.binary(min_size=1, max_size=200), st.data())
def test_a_damaged_native_block_is_never_taken_for_data(data: bytes, draw: st.DataObject) -> None:
    packed = bytearray(NativeEncoder().encode(data))
    packed[draw.draw(st.integers(0, len(packed) - 1))] ^= draw.draw(st.integers(1, 255))
    decoder = NativeDecoder()
    with pytest.raises(ClickHouseError):
        decoder.decode(bytes(packed))
        decoder.finish()


@pytest.mark.parametrize("encoding", ["lz4", "zstd", "gzip", "deflate"])
def test_http_compression_reads_back_and_knows_its_end(encoding: str) -> None:
    (encoder,), (decoder,), (other,) = encoders(encoding), decoders(encoding), decoders(encoding)
    packed = encoder.encode(b"one") + encoder.encode(b"two") + encoder.finish()
    assert b"".join(decoder.decode(packed[at : at + 3]) for at in range(0, len(packed), 3)) == b"onetwo"
    decoder.finish()
    other.decode(packed[:-2])
    with pytest.raises(ClickHouseError):
        other.finish()


def test_the_cheapest_accepted_encoding_is_chosen() -> None:
    assert choose_encoding("gzip, deflate, br, zstd") == "zstd"
    assert choose_encoding("gzip;q=0.5, lz4;q=0") == "gzip"
    assert choose_encoding("br") == ""
    assert choose_encoding("") == ""


@pytest.mark.parametrize(
    ("name", "piece", "rest"),
    [
        ("TSV", b"1\n", b"1\n"),
        ("TabSeparatedWithNames", b"a\n1\n", b"1\n"),
        ("tsvwithnamesandtypes", b"a\nUInt8\n1\n", b"1\n"),
        ("CSVWithNames", b'"a\n""b","c"\n1,2\n', b"1,2\n"),
        ("RowBinaryWithNames", b"\x02\x01a\x02bc\x07", b"\x07"),
        ("RowBinaryWithNamesAndTypes", b"\x01\x81\x01" + b"a" * 129 + b"\x05UInt8\x07", b"\x07"),
    ],
)
def test_repeated_heads_are_cut_off(name: str, piece: bytes, rest: bytes) -> None:
    assert formats.streams(name)
    assert formats.without_head(name, piece) == rest


def test_formats_with_a_frame_are_not_streamed() -> None:
    assert not any(formats.streams(name) for name in ("JSON", "Pretty", "Parquet", "Values", "XML", "Arrow"))


@pytest.mark.parametrize(
    ("message", "code", "text", "name", "status"),
    [
        ("Code: 60. DB::Exception: No x. (UNKNOWN_TABLE)", 60, "No x.", "UNKNOWN_TABLE", 404),
        (
            "Append failed: Code: 27. DB::Exception: Bad: (row 1)\n: While. (CANNOT_PARSE) (version 26.9)",
            *(27, "Bad: (row 1)\n: While.", "CANNOT_PARSE", 400),
        ),
        (
            "Code: 115. DB::Exception: Code: 115. DB::Exception: Unknown 'n'. (U_S) (version 26.9.2.1). (U_S)",
            *(115, "Unknown 'n'.", "U_S", 404),
        ),
        ("Cannot run a query", 1002, "Cannot run a query", "UNKNOWN_EXCEPTION", 500),
    ],
)
def test_the_engines_messages_become_errors(message: str, code: int, text: str, name: str, status: int) -> None:
    error = from_engine(message)
    assert (error.code, error.text, error.name, error.status) == (code, text, name, status)
    assert error.body("26.9") == f"Code: {code}. DB::Exception: {text} ({name}) (version 26.9)\n"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8123", "[::1]:80", "clickhouse.localhost:1"])
def test_loopback_names_are_answered(host: str) -> None:
    check_origin({"Host": host, "Origin": f"http://{host}"})


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "example.com"},
        {"Host": "127.0.0.1.example.com"},
        {"Host": "localhost", "Origin": "https://example.com"},
        {"Host": "localhost", "Origin": "null"},
        {"Host": "localhost", "Sec-Fetch-Site": "cross-site"},
    ],
)
def test_other_names_and_pages_are_not(headers: dict[str, str]) -> None:
    with pytest.raises(ClickHouseError):
        check_origin(headers)


@pytest.mark.parametrize(
    ("headers", "fields"),
    [
        ({"Authorization": "Bearer x"}, {}),
        ({"Authorization": "Basic !!"}, {}),
        ({"X-ClickHouse-User": "default", "X-ClickHouse-Key": "x"}, {}),
        ({}, {"user": "root"}),
    ],
)
def test_other_credentials_are_refused(headers: dict[str, str], fields: dict[str, str]) -> None:
    with pytest.raises(ClickHouseError) as refused:
        authenticate(headers, fields)
    assert (refused.value.code, refused.value.status) == (516, 403)
