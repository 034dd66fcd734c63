-- When a session ended, NULL while it lasts, for a statement that has joined session_ends as `ends`.
if(
    tupleElement(ends.end, 'version') > 0,
    {{ instant tupleElement(ends.end, 'version') }},
    NULL
)
