"""Stream: from a partition's fetch to an INSERT into ClickHouse. Offsets are committed only for what is stored."""
