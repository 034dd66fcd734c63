"""Pinned: settings that a server or a profile could change, and that Jejak's guarantees depend on.

Every client of Jejak's (`projections/clickhouse.py`) sends them with every statement, whatever the server's own values
are. A setting belongs here if another value makes a difference *without an error*: rows that are confirmed and not
stored, stored and not carried on, or an answer that is not the whole one. The queries of materialized views run with
the settings of the INSERT, so what a SELECT means is pinned for an INSERT as well.

What costs only time, or fails aloud, is the operator's choice: sizes of blocks (`max_insert_block_size`), threads,
`parallel_view_processing`, limits of memory, rows and time. So is `insert_quorum`: it makes a confirmation stronger and
never weaker (deploy/clickhouse/cluster.sql sets it).

A setting that an older server does not know is left out: that server has no such choice. One that is constant at
another value is refused, aloud.
"""

from collections.abc import Mapping

from clickhouse_connect.driver.client import Client

#: Confirmed is stored, in the table and behind all its views.
_STORED: Mapping[str, str] = {
    # The server's default in 26.9. Asynchronous, it may confirm before, and rows share the fate of others' rows.
    "async_insert": "0",
    "wait_for_async_insert": "1",
    # A view that fails, or whose table is gone, must fail the INSERT: else its rows pass the read model by.
    "materialized_views_ignore_errors": "0",
    "ignore_materialized_views_with_dropped_target_table": "0",
    # A block that comes again must reach every view again: one of them may have failed on it the first time.
    "insert_deduplicate": "0",
    "async_insert_deduplicate": "0",
    "deduplicate_insert": "disable",
    "deduplicate_insert_select": "disable",
    "deduplicate_blocks_in_dependent_materialized_views": "0",
    "insert_deduplication_token": "",
    # Confirmed by the shard, not by a queue on the server before it; and by the workspace's shard.
    "distributed_foreground_insert": "1",
    "insert_distributed_one_random_shard": "0",
    "insert_shard_id": "0",
}

#: A row is what was sent, and one that cannot be read fails its block.
_READ_IN: Mapping[str, str] = {
    "input_format_allow_errors_num": "0",
    "input_format_allow_errors_ratio": "0",
    "input_format_json_compact_allow_variable_number_of_columns": "0",
    "input_format_null_as_default": "0",
    "input_format_defaults_for_omitted_fields": "1",
    # `data` is an object, and kept as its text.
    "input_format_json_read_objects_as_strings": "1",
    "date_time_input_format": "basic",
    "input_format_read_datetime_number_as_raw_value": "0",
}

#: A limit may stop a statement, not cut its rows short. `break` and `any` are no errors to ClickHouse: a view would
#: keep some keys of a block, a rebuild some of the events, a look some of the answer.
_UNCUT: Mapping[str, str] = {
    "read_overflow_mode": "throw",
    "read_overflow_mode_leaf": "throw",
    "timeout_overflow_mode": "throw",
    "timeout_overflow_mode_leaf": "throw",
    "group_by_overflow_mode": "throw",
    "distinct_overflow_mode": "throw",
    "sort_overflow_mode": "throw",
    "set_overflow_mode": "throw",
    "join_overflow_mode": "throw",
    "transfer_overflow_mode": "throw",
    "result_overflow_mode": "throw",
}

#: Those of them that hold for a statement and everything below it, whatever a view in it says. Views refuse to answer
#: where one of the first four is another (projections/snippets/whole_answer.sql). The last one is like a LIMIT.
_OF_THE_WHOLE_STATEMENT = {
    "read_overflow_mode",
    "read_overflow_mode_leaf",
    "timeout_overflow_mode",
    "timeout_overflow_mode_leaf",
    "result_overflow_mode",
}

#: These cut without any limit reached.
_WHOLE: Mapping[str, str] = {
    "limit": "0",
    "offset": "0",
    # Conditions in a profile are for people's queries.
    "additional_table_filters": "{}",
    "additional_result_filter": "",
    # A shard that does not answer is not an empty one. Where it may be left out, the query says so itself.
    "skip_unavailable_shards": "0",
    # What was true a moment ago.
    "use_query_cache": "0",
}

#: What the functions and joins of a query mean.
_MEANING: Mapping[str, str] = {
    # The greatest of nothing is NULL then, in place of what says "none" in a fold.
    "aggregate_functions_null_for_empty": "0",
    # An aggregation of nothing has no row then, and a scalar subquery no value.
    "empty_result_for_aggregation_by_empty_set": "0",
    "group_by_use_nulls": "0",
    # A JOIN that does not say so is for all matches, not for any one of them.
    "join_default_strictness": "ALL",
    "join_use_nulls": "0",
    "transform_null_in": "0",
    "prefer_column_name_to_alias": "0",
    # Whether a column that is looked up may be NULL hangs on it.
    "optimize_if_transform_strings_to_enum": "0",
}

#: What is read. The statements themselves say UNION ALL and FINAL wherever they mean it.
_READ: Mapping[str, str] = {
    "union_default_mode": "",
    "distributed_group_by_no_merge": "0",
    "final": "0",
    # Deleted rows are not to come back by a rebuild.
    "apply_deleted_mask": "1",
}

#: What is made is what the .sql files say, on every server, by the time a migration goes on.
_MADE: Mapping[str, str] = {
    "data_type_default_nullable": "0",
    # Row policies hold in views because views run with the rights of the user who queries (docs/security.md).
    "default_normal_view_sql_security": "INVOKER",
    "default_materialized_view_sql_security": "DEFINER",
    # A server that has not made its table or view yet is an error, or the door would be opened too early.
    "distributed_ddl_output_mode": "throw",
    "distributed_ddl_task_timeout": "180",
}

PINNED: Mapping[str, str] = {**_STORED, **_READ_IN, **_UNCUT, **_WHOLE, **_MEANING, **_READ, **_MADE}

#: What every view pins for itself, because its readers and their tools have settings of their own. Of each kind all,
#: although not every one changes an answer today (tests/integration/test_reader_settings.py).
IN_VIEWS: Mapping[str, str] = {
    **_MEANING,
    **{name: value for name, value in _UNCUT.items() if name not in _OF_THE_WHOLE_STATEMENT},
}


def pin(client: Client, settings: Mapping[str, str] = PINNED) -> None:
    """Have a client send settings with every statement.

    Arguments:
        client: any client, just opened.
        settings: by name.

    Raises:
        ValueError: one of them is constant at another value for this user.
    """
    for name, value in settings.items():
        there = client.server_settings.get(name)
        if there is None:
            continue
        if not there.readonly:
            client.set_client_setting(name, value)
        elif there.value != value:
            raise ValueError(
                f"ClickHouse fixes the setting {name} at {there.value!r} for this user, and Jejak needs {value!r}; "
                "allow changing it, or give JEJAK_CLICKHOUSE_URL another user"
            )
