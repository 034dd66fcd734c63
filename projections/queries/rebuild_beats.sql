-- The signs of life of one lock's holder, told by the server's clock alone.
SELECT
    count() AS beats,
    max(at) AS last,
    max(is_released) AS is_released,
    dateDiff('millisecond', max(at), now64(3)) / 1000 AS age
FROM {table:Identifier}
