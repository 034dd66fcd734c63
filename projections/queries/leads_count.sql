-- How many leads a span of time has.
SELECT count() AS leads
FROM (
    {{ lead_instants }}
    {{ lead_span }}
)
