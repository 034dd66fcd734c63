"""The checksum of ClickHouse's compressed blocks: CityHash128 as of version 1.0.2.

ClickHouse keeps this old version for its formats; later ones, and the functions of SQL, give other values.
"""

from clickhouse_cityhash.cityhash import CityHash128

_HALF = (1 << 64) - 1


def cityhash128(data: bytes) -> bytes:
    """The 16 bytes in front of a block, the upper half first, each half with its lowest byte first."""
    checksum: int = CityHash128(data)
    return (checksum >> 64).to_bytes(8, "little") + (checksum & _HALF).to_bytes(8, "little")
