"""Bad records, first part: values that are too large, not UTF-8, not JSON, or JSON but no object."""

from schemas.rejection import Reason
from tests.unit.record_builder import encode, event

_EVENT, _JSON, _UTF8, _LARGE = Reason.NOT_CLOUDEVENT, Reason.NOT_JSON, Reason.NOT_UTF8, Reason.TOO_LARGE

_TEXT = encode(event("message.incoming", {}, "raw"))


#: (name, value, reason, what the message must contain)
BAD_BYTES: tuple[tuple[str, bytes, Reason, str], ...] = (
    ("empty value", b"", _JSON, "value"),
    ("white space only", b" \r\n\t", _JSON, "value"),
    ("null", b"null", _EVENT, "value"),
    ("an array", b"[]", _EVENT, "value"),
    ("an event in an array", b"[" + _TEXT + b"]", _EVENT, "value"),
    ("a number", b"1732219200000", _EVENT, "value"),
    ("a string", b'"message.incoming"', _EVENT, "value"),
    ("true", b"true", _EVENT, "value"),
    ("an empty object", b"{}", _EVENT, "type"),
    ("plain text", b"hello", _JSON, "value"),
    ("truncated", _TEXT[:-1], _JSON, "value"),
    ("truncated in a string", _TEXT[: len(_TEXT) // 2], _JSON, "value"),
    ("trailing comma", _TEXT[:-1] + b",}", _JSON, "value"),
    ("two events", _TEXT + b"\n" + _TEXT, _JSON, "value"),
    ("single quotes", _TEXT.replace(b'"', b"'"), _JSON, "value"),
    ("a comment", _TEXT + b" // ok", _JSON, "value"),
    ("byte order mark", b"\xef\xbb\xbf" + _TEXT, _JSON, "value"),
    ("NaN", _TEXT[:-1] + b', "x": NaN}', _JSON, "x: NaN"),
    ("minus Infinity", _TEXT[:-1] + b', "x": -Infinity}', _JSON, "x: -Infinity"),
    ("leading zero", _TEXT[:-1] + b', "sequence": 01}', _JSON, "value"),
    ("a number beyond a double", _TEXT.replace(b'"text":', b'"n": [0, 1e999], "text":'), _JSON, "data.n[1]: a number"),
    (
        "a number of 5,000 digits",
        _TEXT[:-1] + b', "x": -' + b"9" * 5_000 + b"}",
        _JSON,
        "x: a number of more than 4300",
    ),
    ("hexadecimal number", _TEXT[:-1] + b', "x": 0x10}', _JSON, "value"),
    ("a line break in a string", _TEXT[:-1] + b', "x": "a\nb"}', _JSON, "value"),
    ("a raw NUL in a string", _TEXT[:-1] + b', "x": "\x00"}', _JSON, "value"),
    ("an unknown escape", _TEXT[:-1] + b', "x": "\\x41"}', _JSON, "value"),
    ("a schema registry's magic byte", b"\x00\x00\x00\x00\x07" + _TEXT, _JSON, "value"),
    ("nested too deep", _TEXT[:-1] + b', "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", _JSON, "nested"),
    ("brackets without end", b"[" * 500_000, _JSON, "value"),
    ("latin-1", _TEXT[:-1] + ', "x": "café"}'.encode("latin-1"), _UTF8, "value"),
    ("half a character", _TEXT[:-1] + b', "x": "\xe2\x98"}', _UTF8, "value"),
    ("an overlong slash", _TEXT[:-1] + b', "x": "\xc0\xaf"}', _UTF8, "value"),
    ("a surrogate in UTF-8", _TEXT[:-1] + b', "x": "\xed\xa0\x80"}', _UTF8, "value"),
    ("UTF-16", _TEXT.decode().encode("utf-16"), _UTF8, "value"),
    ("gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03", _UTF8, "value"),
    ("one byte too large", _TEXT + b" " * (1_048_577 - len(_TEXT)), _LARGE, "value"),
    ("too large and no JSON", b"\xff" * 1_500_000, _LARGE, "value"),
)
