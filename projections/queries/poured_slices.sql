-- The slices of a database's events that were poured whole.
SELECT DISTINCT slice
FROM poured
WHERE source = {source:String} AND slices = {slices:UInt32}
