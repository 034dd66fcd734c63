-- A source without what says that it is an ad: `googleads`, `fb_ads` and `tiktok ad` are `google`, `fb` and `tiktok`.
-- $1 the source, in lower case.
replaceRegexpOne($1, '[-_.\\s\\p{Z}]?ads?$', '')
