"""ClickHouse's HTTP interface over chDB, for development and tests.

chDB is ClickHouse itself as a library, which one process can have open. This package is that process: programs
that know ClickHouse (`clickhouse-connect`, the JDBC driver in DBeaver, Grafana, `curl`) talk to it as to a server;
`make test-clients` tries them.

What a server has and this has not: users, roles and row policies, replication, the `Kafka` engine, `input()`,
the system's log tables, types Dynamic, JSON, Variant and AggregateFunction in Native for clients of later protocol
versions, and any protection against other users of the same machine.
"""
