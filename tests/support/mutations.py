"""Sound batches with something wrong in them, the same for the same seed."""

import random

from processors.fetch.batch_header import HEADER_BYTES
from processors.fetch.record_bytes import number
from tests.support.raw_batches import CODECS, compressed, with_records

#: Numbers that no length or count should be.
_ABSURD = (-1, -(2**63), 2**31 - 1, 2**62, 2**63 - 1, 0)
#: Up to here the header's fields are the broker's own, or say what of the bytes belongs to the batch.
_FRAME_BYTES = 16
_LAST_OFFSET_DELTA = (23, 27)


def mutated(data: bytes, seed: int, *, framed: bool = True) -> bytes:
    """A batch with something wrong in it, with a checksum that is right or not.

    Arguments:
        data: a sound batch.
        seed: what is wrong.
        framed: keep its length and its last offset right, by which a broker tells batches apart.
    """
    chance = random.Random(seed)
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        _change(changed, chance, framed=framed)
    records = bytes(changed[HEADER_BYTES:])
    if chance.random() < 0.3:
        return _framed(bytes(changed), data) if framed else bytes(changed)
    made = with_records(data, records)
    codec = chance.choice(list(CODECS))
    if chance.random() < 0.6:
        made = compressed(made, codec)
        if chance.random() < 0.5:
            end = chance.randrange(HEADER_BYTES, len(made))
            made = with_records(made, made[HEADER_BYTES:end], CODECS[codec])
    return made


def _change(changed: bytearray, chance: random.Random, *, framed: bool) -> None:
    begin = chance.choice([_FRAME_BYTES if framed else 8, HEADER_BYTES])
    at = chance.randrange(begin, len(changed))
    match chance.randrange(4):
        case 0:
            changed[at] ^= 1 << chance.randrange(8)
        case 1:
            changed[at : at + 1] = number(chance.choice(_ABSURD))
        case 2:
            del changed[max(at, HEADER_BYTES) : max(at, HEADER_BYTES) + chance.randint(1, 9)]
        case _:
            changed[max(at, HEADER_BYTES) : max(at, HEADER_BYTES)] = chance.randbytes(chance.randint(1, 9))


def _framed(changed: bytes, data: bytes) -> bytes:
    """The frame of a sound batch around what was changed."""
    first, last = _LAST_OFFSET_DELTA
    length = (len(changed) - 12).to_bytes(4, "big")
    return data[:8] + length + data[12:16] + changed[16:first] + data[first:last] + changed[last:]
