-- Whether a medium is a paid one: of GA4's paid channels, of its display and audio channels, of what else people write
-- for an ad, or made of parts one of which is (contract, section 3, `leads`). $1 the medium, trimmed and in lower case.
(
    NOT match($1, '[\\r\\n]')
    AND match(
        $1,
        '^(.*cp.*|paid.*|display|banner|expandable|interstitial|audio|ads?|sem|pmax|'
        || '(.*[-_.\\s\\p{Z}])?(ppc|retargeting|remarketing)([-_.\\s\\p{Z}].*)?)$'
    )
)
