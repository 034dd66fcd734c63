-- What leads tell of the latest touch, where it is another source than the earliest, and the rest of both. $1 the row that
-- has their parts.
if($1.is_same_source, NULL, nullIf($1.last_source, '')) AS last_source,
if($1.is_same_source, NULL, nullIf($1.last_platform, '')) AS last_source_platform,
if($1.is_same_source, NULL, nullIf($1.last_id, '')) AS last_source_id,
if($1.first_version > 0, {{ instant $1.first_version }}, NULL) AS first_source_at,
nullIf($1.first_medium, '') AS first_source_medium,
nullIf($1.first_campaign, '') AS first_source_campaign,
nullIf($1.first_content, '') AS first_source_content,
if($1.is_same_source OR $1.last_version = 0, NULL, {{ instant $1.last_version }}) AS last_source_at,
if($1.is_same_source, NULL, nullIf($1.last_medium, '')) AS last_source_medium,
if($1.is_same_source, NULL, nullIf($1.last_campaign, '')) AS last_source_campaign,
if($1.is_same_source, NULL, nullIf($1.last_content, '')) AS last_source_content
