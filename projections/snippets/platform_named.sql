-- The platform of a name in the platform table, which the statement has as `platforms`; empty for another name. $1 the
-- name, in lower case.
transform($1, mapKeys(platforms), mapValues(platforms), '')
