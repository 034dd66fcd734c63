-- The same in a statement that has joined pipeline_status_names as `from_status` and `to_status`.
multiIf(
    $1.name != '', $1.name,
    entries.$1_id != '', entries.$1_id,
    '–'
)
