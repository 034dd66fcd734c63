"""Packing: what is put together from packed batches is their rows, all of them and nothing else."""

from hypothesis import given
from hypothesis import strategies as st
from zstandard import ZstdDecompressor

from processors.stream.packing import Packed, Packer

LINES = st.lists(st.binary(max_size=50).map(lambda text: text.replace(b"\n", b" ") + b"\n"), max_size=20)


def pack(pieces: list[bytes]) -> Packed:
    packer = Packer()
    for piece in pieces:
        packer.add(piece, 1)
    return packer.finish()


@given(st.lists(LINES, max_size=5))
def test_packed_batches_one_after_the_other_hold_all_their_rows(batches: list[list[bytes]]) -> None:
    packed = [pack(lines) for lines in batches]
    body = b"".join(item.body for item in packed)
    read = ZstdDecompressor().decompressobj(read_across_frames=True).decompress(body) if body else b""
    assert read == b"".join(line for lines in batches for line in lines)
    assert [item.rows for item in packed] == [len(lines) for lines in batches]
    assert sum(item.size for item in packed) == len(read)
