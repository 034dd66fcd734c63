"""ClickHouse's HTTP interface over chDB, for development and tests.

chDB is ClickHouse itself as a library, which one process can have open. This package is that process: programs
that know ClickHouse (`clickhouse-connect`, the JDBC driver in DBeaver, `curl`) talk to it as to a server.

What a server has and this has not: users, roles and row policies, replication, the `Kafka` engine, `input()`,
the system's log tables, and any protection against other users of the same machine.
"""
