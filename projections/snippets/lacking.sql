-- How many keys a materialized view makes of some events, and how many of them its table lacks: the key itself, or what
-- folding those events into it once more would change. Parts in double braces are filled in from the view's own statement.
SELECT
    count() AS seen,
    countIf(is_lacking) AS lacking
FROM (
    SELECT
        {{ keys }},
        countIf(is_kept) = 0 {{ changes }} AS is_lacking
    FROM (
        SELECT
            {{ columns }},
            0 AS is_kept
        FROM ({{ made }})
        UNION ALL
        SELECT
            {{ columns }},
            1 AS is_kept
        FROM {{ target }}
        WHERE ({{ keys }}) IN (
            SELECT {{ keys }}
            FROM ({{ made }})
        )
    )
    GROUP BY {{ keys }}
)
