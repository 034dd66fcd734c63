-- What leads tell of the earliest touch before `first_touched_at`: $1 the row that has its parts.
nullIf($1.first_source, '') AS first_source,
nullIf($1.first_platform, '') AS first_source_platform,
nullIf($1.first_id, '') AS first_source_id
