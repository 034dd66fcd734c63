-- The summary of a journey entry, in one line whatever its text holds. $1 how a status gets its name today: a snippet that
-- ends in _status and is given `from_status` or `to_status`.
replaceRegexpAll(
    if(
        type = 'pipeline.changed',
        concat(
            {{ $1_status from_status }},
            ' → ',
            {{ $1_status to_status }}
        ),
        entries.summary
    ),
    '{{ line_breaks }}',
    ' '
)
