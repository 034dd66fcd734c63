-- The first response at or after the first incoming message, NULL for none: $1 the message, $2 all responses.
if(
    arrayExists(at -> at >= $1, $2),
    arrayMin(arrayFilter(at -> at >= $1, $2)),
    NULL
)
