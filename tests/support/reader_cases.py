"""Settings that a reader or a tool may have, at values that are not ClickHouse's own: what is tried on the views.

The list is from reading `system.settings` by name and description. Beyond it, 762 flags and numbers of it were turned,
some at a time, around every view, and about 1,000 around an INSERT. What only says how values are written is not here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """One setting.

    Attributes:
        setting: its name.
        values: those that are tried, one after the other.
        along: what is set with it.
        may_err: whether a view may refuse to answer, because a limit is reached or nothing can be done so.
    """

    setting: str
    values: tuple[str, ...] = ("1",)
    along: Mapping[str, str] = field(default_factory=dict, hash=False)
    may_err: bool = False


def _breaks(limit: str, mode: str, *values: str) -> Case:
    """A limit that is reached, and may cut short."""
    cut = "any" if mode == "group_by_overflow_mode" else "break"
    return Case(limit, values, {mode: cut, "max_block_size": "2"}, may_err=True)


#: What functions, joins, types and names mean.
_MEANING = (
    *map(Case, ("join_use_nulls", "aggregate_functions_null_for_empty", "prefer_column_name_to_alias")),
    *map(Case, ("transform_null_in", "group_by_use_nulls", "empty_result_for_aggregation_by_empty_set")),
    Case("session_timezone", ("Asia/Jakarta", "America/St_Johns", "Pacific/Apia")),
    Case("join_algorithm", ("default", "auto", "hash", "parallel_hash", "partial_merge", "prefer_partial_merge",
                            "full_sorting_merge", "parallel_full_sorting_merge", "grace_hash", "direct,hash")),
    Case("join_algorithm", ("direct", "ie_join"), may_err=True),
    Case("join_default_strictness", ("ANY", "")),
    *map(Case, ("any_join_distinct_right_table_keys", "join_any_take_last_row", "final", "data_type_default_nullable")),
    *map(Case, ("cast_keep_nullable", "least_greatest_legacy_null_behavior", "legacy_column_name_of_tuple_literal")),
    *map(Case, ("enable_named_columns_in_function_tuple", "use_variant_as_common_type")),
    *(Case(name, ("0",)) for name in ("enable_positional_arguments", "enable_nullable_tuple_type",
                                      "allow_nullable_tuple_in_extracted_subcolumns", "decimal_check_overflow")),
    Case("date_time_overflow_behavior", ("throw", "saturate")),
    Case("date_time_input_format", ("basic", "best_effort_us")),
    *map(Case, ("use_legacy_to_time", "enable_extended_results_for_datetime_functions")),
    Case("count_distinct_implementation", ("uniq", "uniqHLL12")),
    Case("union_default_mode", ("DISTINCT", "ALL")),
    *(Case(name, ("DISTINCT",)) for name in ("except_default_mode", "intersect_default_mode")),
    Case("short_circuit_function_evaluation", ("disable", "force_enable")),
    Case("function_json_value_return_type_allow_nullable"),
    Case("splitby_max_substrings_includes_remaining_string"),
    *map(Case, ("regexp_max_matches_per_row", "asterisk_include_virtual_columns")),
    Case("totals_mode", ("before_having",)),
    Case("extremes"),
    Case("use_query_cache"),
    Case("implicit_table_at_top_level", ("events",)),
    Case("default_normal_view_sql_security", ("DEFINER",)),
)  # fmt: skip

#: How a query is planned and run.
_COURSE = (
    Case("enable_analyzer", ("0",), may_err=True),
    Case("compatibility", ("21.8", "23.8", "25.3")),
    Case("convert_query_to_cnf"),
    Case("optimize_if_transform_strings_to_enum"),
    *map(Case, ("optimize_aggregation_in_order", "optimize_move_to_prewhere_if_final")),
    *(Case(name, ("0",)) for name in ("optimize_move_to_prewhere", "optimize_read_in_order", "use_skip_indexes",
                                      "query_plan_enable_optimizations", "compile_expressions")),
    Case("query_plan_join_swap_table", ("true", "false")),
    *map(Case, ("query_plan_optimize_join_order_randomize", "query_plan_convert_join_to_in")),
    Case("max_threads", ("1", "8")),
    Case("max_block_size", ("1", "3")),
    *map(Case, ("do_not_merge_across_partitions_select_final", "apply_prewhere_after_final")),
    Case("split_parts_ranges_into_intersecting_and_non_intersecting_final", ("0",)),
    Case("inject_random_order_for_select_without_order_by"),
    *map(Case, ("partial_result_on_first_cancel", "select_sequential_consistency", "prefer_global_in_and_join")),
    Case("distributed_product_mode", ("allow", "global", "local")),
    Case("distributed_group_by_no_merge", ("1", "2")),
    Case("force_primary_key", may_err=True),
    # Refused under an older `compatibility`.
    Case("rewrite_in_to_join", may_err=True),
)  # fmt: skip

#: Limits that are reached and cut short rather than fail.
_LIMITS = (
    _breaks("max_rows_to_read", "read_overflow_mode", "1", "100"),
    _breaks("max_bytes_to_read", "read_overflow_mode", "1", "10000"),
    _breaks("max_rows_to_read_leaf", "read_overflow_mode_leaf", "1", "100"),
    _breaks("max_bytes_to_read_leaf", "read_overflow_mode_leaf", "1", "10000"),
    _breaks("max_execution_time", "timeout_overflow_mode", "0.001", "0.05"),
    _breaks("max_execution_time_leaf", "timeout_overflow_mode_leaf", "0.001"),
    _breaks("max_estimated_execution_time", "timeout_overflow_mode", "0.001"),
    _breaks("min_execution_speed", "timeout_overflow_mode", "1000000000"),
    _breaks("max_rows_to_group_by", "group_by_overflow_mode", "1", "3"),
    _breaks("max_rows_to_sort", "sort_overflow_mode", "1", "3"),
    _breaks("max_bytes_to_sort", "sort_overflow_mode", "1"),
    _breaks("max_rows_in_distinct", "distinct_overflow_mode", "1"),
    _breaks("max_bytes_in_distinct", "distinct_overflow_mode", "1"),
    _breaks("max_rows_in_set", "set_overflow_mode", "1", "3"),
    _breaks("max_bytes_in_set", "set_overflow_mode", "1"),
    _breaks("max_rows_in_join", "join_overflow_mode", "1", "3"),
    _breaks("max_bytes_in_join", "join_overflow_mode", "1"),
    _breaks("max_rows_to_transfer", "transfer_overflow_mode", "1"),
)

CASES = (*_MEANING, *_COURSE, *_LIMITS)

#: What leaves rows of the right answer out, because the reader says so.
PARTS = (
    Case("limit", ("1", "3")),
    Case("offset", ("2",)),
    Case("additional_result_filter", ("workspace_id = 'ws_kopi'",)),
    Case("max_result_rows", ("1", "3"), {"result_overflow_mode": "break", "max_block_size": "2"}),
    Case("max_result_bytes", ("1",), {"result_overflow_mode": "break", "max_block_size": "2"}),
)


def several_at_a_time(cases: Sequence[Case], most: int = 8) -> Iterator[Case]:
    """Values that no view may refuse, put together so that fewer questions try them all.

    Arguments:
        cases: the settings.
        most: how many values are put together; each of them is another setting's.
    """
    left = [(case, value) for case in cases if not case.may_err for value in case.values]
    while left:
        group: dict[str, str] = {}
        for case, value in left[:]:
            if len(group) < most and case.setting not in group:
                group[case.setting] = value
                left.remove((case, value))
        (setting, value), *others = group.items()
        yield Case(setting, (value,), dict(others))
