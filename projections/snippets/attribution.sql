-- What is known of the campaign and the click ids of a web event, by the names that a URL has: what the event gives
-- itself, then what its URL has, so that the first of a name counts. What is blank is absent. $1 the event's fields.
arrayFilter(
    parameter -> parameter.2 != '',
    arrayMap(
        parameter -> (parameter.1, {{ trimmed parameter.2 }}),
        arrayConcat(
            {{ given_parameters $1 }},
            {{ url_parameters $1.url }}
        )
    )
)
