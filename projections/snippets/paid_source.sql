-- Whether a source says that it is paid: `adwords`, or a name of the platform table with an ad suffix. $1 the source,
-- trimmed and in lower case.
(
    $1 = 'adwords'
    OR ({{ without_ad_suffix $1 }} != $1 AND {{ platform_named {{ without_ad_suffix $1 }} }} != '')
)
