"""CityHash128 as of version 1.0.2: the checksum of ClickHouse's compressed blocks.

ClickHouse keeps this old version for its formats; later ones, and the functions of SQL, give other values. In
plain Python it hashes some megabytes a second, which is plenty for a query tool's page of rows; the C extension
of the package `clickhouse-cityhash` is used instead where it is installed.
"""

from __future__ import annotations

from struct import unpack_from

_MASK = (1 << 64) - 1
_K0 = 0xC3A5C85C97CB3127
_K1 = 0xB492B66FBE98F273
_K2 = 0x9AE16A3B2F90404F
_K3 = 0xC949D7C7509E6557
_MUL = 0x9DDFEA08EB382D69


def _rotate(value: int, shift: int) -> int:
    return (value >> shift) | ((value << (64 - shift)) & _MASK)


def _shift_mix(value: int) -> int:
    return value ^ (value >> 47)


def _mix(low: int, high: int) -> int:
    """One hash of two."""
    a = _shift_mix(((low ^ high) * _MUL) & _MASK)
    b = _shift_mix(((high ^ a) * _MUL) & _MASK)
    return (b * _MUL) & _MASK


def _word(data: bytes, at: int) -> int:
    return int.from_bytes(data[at : at + 8], "little")


def _short(data: bytes) -> int:
    """The hash of at most 16 bytes."""
    size = len(data)
    if size > 8:
        first, last = _word(data, 0), _word(data, size - 8)
        return _mix(first, _rotate((last + size) & _MASK, size)) ^ last
    if size >= 4:
        first = int.from_bytes(data[:4], "little")
        return _mix((size + (first << 3)) & _MASK, int.from_bytes(data[-4:], "little"))
    if size:
        y = data[0] + (data[size >> 1] << 8)
        z = size + (data[-1] << 2)
        return (_shift_mix((y * _K2 ^ z * _K3) & _MASK) * _K2) & _MASK
    return _K2


def _weak(words: tuple[int, ...], a: int, b: int) -> tuple[int, int]:
    """A quick hash of four words, with two seeds."""
    w, x, y, z = words
    a = (a + w) & _MASK
    b = _rotate((b + a + z) & _MASK, 21)
    c = a
    a = (a + x + y) & _MASK
    b = (b + _rotate(a, 44)) & _MASK
    return (a + z) & _MASK, (b + c) & _MASK


def _murmur(data: bytes, a: int, b: int) -> tuple[int, int]:
    """The hash of fewer than 128 bytes, with a seed."""
    size = len(data)
    if size <= 16:
        a = (_shift_mix((a * _K1) & _MASK) * _K1) & _MASK
        c = (b * _K1 + _short(data)) & _MASK
        d = _shift_mix((a + (_word(data, 0) if size >= 8 else c)) & _MASK)
    else:
        c = _mix((_word(data, size - 8) + _K1) & _MASK, a)
        d = _mix((b + size) & _MASK, (c + _word(data, size - 16)) & _MASK)
        a = (a + d) & _MASK
        for at in range(0, size - 16, 16):
            a = ((a ^ (_shift_mix((_word(data, at) * _K1) & _MASK) * _K1)) * _K1) & _MASK
            b ^= a
            c = ((c ^ (_shift_mix((_word(data, at + 8) * _K1) & _MASK) * _K1)) * _K1) & _MASK
            d ^= c
    a, b = _mix(a, c), _mix(d, b)
    return a ^ b, _mix(b, a)


def _long(data: bytes, x: int, y: int) -> tuple[int, int]:
    """The hash of at least 128 bytes, with a seed."""
    size = len(data)
    z = (size * _K1) & _MASK
    v0 = (_rotate(y ^ _K1, 49) * _K1 + _word(data, 0)) & _MASK
    v1 = (_rotate(v0, 42) * _K1 + _word(data, 8)) & _MASK
    w0 = (_rotate((y + z) & _MASK, 35) * _K1 + x) & _MASK
    w1 = (_rotate((x + _word(data, 88)) & _MASK, 53) * _K1) & _MASK
    blocks = size // 128 * 2
    for at in range(0, blocks * 64, 64):
        words = unpack_from("<8Q", data, at)
        x = (_rotate((x + y + v0 + words[2]) & _MASK, 37) * _K1) & _MASK
        y = (_rotate((y + v1 + words[6]) & _MASK, 42) * _K1) & _MASK
        x ^= w1
        y ^= v0
        z = _rotate(z ^ w0, 33)
        v0, v1 = _weak(words[:4], (v1 * _K1) & _MASK, (x + w0) & _MASK)
        w0, w1 = _weak(words[4:], (z + w1) & _MASK, y)
        z, x = x, z
    y = (y + _rotate(w0, 37) * _K0 + z) & _MASK
    x = (x + _rotate((v0 + z) & _MASK, 49) * _K0) & _MASK
    # The rest is taken from the end in steps of 32, the last of which reaches back into what was hashed above.
    for done in range(32, size - blocks * 64 + 32, 32):
        words = unpack_from("<4Q", data, size - done)
        y = (_rotate((y - x) & _MASK, 42) * _K0 + v1) & _MASK
        w0 = (w0 + words[2]) & _MASK
        x = (_rotate(x, 49) * _K0 + w0) & _MASK
        w0 = (w0 + v0) & _MASK
        v0, v1 = _weak(words, v0, v1)
    x, y = _mix(x, v0), _mix(y, w0)
    return (_mix((x + v1) & _MASK, w1) + y) & _MASK, _mix((x + w1) & _MASK, (y + v1) & _MASK)


def _seeded(data: bytes, low: int, high: int) -> tuple[int, int]:
    return _murmur(data, low, high) if len(data) < 128 else _long(data, low, high)


def cityhash128(data: bytes) -> bytes:
    """The hash of `data`: 16 bytes, the lower half first, as ClickHouse stores it."""
    size = len(data)
    if size >= 16:
        low, high = _seeded(data[16:], _word(data, 0) ^ _K3, _word(data, 8))
    elif size >= 8:
        low, high = _seeded(b"", _word(data, 0) ^ ((size * _K0) & _MASK), _word(data, size - 8) ^ _K1)
    else:
        low, high = _seeded(data, _K0, _K1)
    return low.to_bytes(8, "little") + high.to_bytes(8, "little")
