-- Rows behind the last one of the page before, newest first and those without an instant last. $1 the instant, $2 the id.
(
    {behind:UInt8} = 0
    OR (
        {behind_ms:Nullable(Int64)} IS NOT NULL
        AND (
            $1 IS NULL
            OR toUnixTimestamp64Milli(assumeNotNull($1)) < assumeNotNull({behind_ms:Nullable(Int64)})
            OR (
                toUnixTimestamp64Milli(assumeNotNull($1)) = assumeNotNull({behind_ms:Nullable(Int64)})
                AND $2 > {behind_id:String}
            )
        )
    )
    OR ({behind_ms:Nullable(Int64)} IS NULL AND $1 IS NULL AND $2 > {behind_id:String})
)
