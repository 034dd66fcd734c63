-- The parameters that a URL's query has about its campaign and click ids, by name, in their order: $1 the URL.
-- Names are read in any case; values are percent-decoded, and `+` is a blank (contract, section 2).
arrayFilter(
    parameter -> parameter.1 IN (
        'utm_source', 'utm_medium', 'utm_campaign', 'utm_content',
        'gclid', 'gbraid', 'wbraid', 'dclid', 'gad_source', 'ttclid', 'msclkid', 'twclid', 'li_fat_id', 'fbclid'
    ),
    arrayMap(
        text -> (
            lower(decodeURLFormComponent(substring(text, 1, position(text, '=') - 1))),
            toValidUTF8(decodeURLFormComponent(substring(text, position(text, '=') + 1)))
        ),
        arrayFilter(text -> position(text, '=') > 1, splitByChar('&', queryString(cutFragment($1))))
    )
)
