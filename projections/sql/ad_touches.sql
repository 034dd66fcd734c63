-- Ad touches (contract, section 2, attribution, and section 3, `leads`): what a touch is, what it is called and which
-- platform it is of. Only the first and the last of each person are kept, which is what leads tell.

CREATE TABLE ad_touches
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    entity       String COMMENT 'c and the contact, or v and the visitor, as in events',
    earliest     SimpleAggregateFunction(min, {{ touch_type }}) COMMENT 'The earliest touch',
    latest       SimpleAggregateFunction(max, {{ touch_type }}) COMMENT 'The latest touch'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, entity)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: the first and the last ad touch of each contact and visitor';

-- In steps, from the inside out: what the event says, what its campaign and click ids are, what follows from these.
-- What cannot be a touch is left out before its JSON is read: most messages have no referral, and most pages neither a
-- campaign nor a query in their URL.
CREATE MATERIALIZED VIEW ad_touches_from_events TO ad_touches
AS SELECT
    workspace_id,
    entity,
    min(touch) AS earliest,
    max(touch) AS latest
FROM (
    SELECT
        workspace_id,
        entity,
        multiIf(
            is_referral, 'meta',
            platform_of_source != '', platform_of_source,
            platform_of_advertiser != '', platform_of_advertiser,
            click_id IN ('gclid', 'gbraid', 'wbraid', 'dclid', 'gad_source'), 'google',
            click_id = 'ttclid', 'tiktok',
            click_id = 'msclkid', 'microsoft',
            click_id = 'twclid', 'x',
            click_id = 'li_fat_id', 'linkedin',
            has_fbclid, 'meta',
            source
        ) AS platform,
        multiIf(
            is_referral, referred_id,
            source != '' OR medium != '' OR campaign != '', concat(source, '/', medium, '/', campaign),
            click_id
        ) AS touch_id,
        if(is_referral, headline, campaign) AS title,
        (event_order, if(title != '', title, touch_id), platform, touch_id, medium, campaign, content) AS touch
    FROM (
        WITH {{ platforms }} AS platforms
        SELECT
            workspace_id,
            entity,
            event_order,
            is_referral,
            if(referral.source_id != '', referral.source_id, referral.source_url) AS referred_id,
            referral.headline AS headline,
            referral.source_type IN ('ad', '') AS is_ad,
            tupleElement(parameters, 1) AS names,
            tupleElement(parameters, 2) AS texts,
            lowerUTF8(texts[indexOf(names, 'utm_source')]) AS source,
            lowerUTF8(texts[indexOf(names, 'utm_medium')]) AS medium,
            texts[indexOf(names, 'utm_campaign')] AS campaign,
            texts[indexOf(names, 'utm_content')] AS content,
            arrayFirst(kind -> has(names, kind), {{ click_id_kinds }}) AS click_id,
            has(names, 'fbclid') AS has_fbclid,
            replaceRegexpOne(replaceRegexpOne(source, '^(www|m|l)\\.', ''), '\\.com$', '') AS site,
            {{ platform_named site }} AS platform_of_source,
            {{ platform_named {{ without_ad_suffix site }} }} AS platform_of_advertiser,
            {{ paid_medium medium }} OR {{ paid_source source }} OR position(lowerUTF8(campaign), 'cross-network') > 0 AS is_paid
        FROM (
            SELECT
                workspace_id,
                entity,
                event_order,
                type NOT IN ({{ web_types }}) AS is_referral,
                JSONExtract(data, 'Tuple(
                    url String,
                    campaign Tuple(source String, medium String, name String, content String),
                    click_ids Tuple(
                        gclid String, gbraid String, wbraid String, dclid String, gad_source String, ttclid String,
                        msclkid String, twclid String, li_fat_id String, fbclid String
                    ),
                    referral Tuple(source_type String, source_id String, source_url String, headline String)
                )') AS fields,
                fields.referral AS referral,
                if(is_referral, [], {{ attribution fields }}) AS parameters
            FROM events
            WHERE
                (type IN ({{ web_types }}) AND multiSearchAny(data, ['?', '"campaign"', '"click_ids"']))
                OR (type IN ('message.incoming', 'ctwa.click') AND position(data, '"referral"') > 0)
        )
    )
    WHERE if(
        is_referral,
        is_ad AND referred_id != '',
        click_id != '' OR is_paid
    )
)
GROUP BY workspace_id, entity;

-- The same by the contact each person resolves to.
CREATE VIEW ad_touches_by_contact
(
    workspace_id String COMMENT 'The tenant',
    contact_id   String COMMENT 'The contact, ties and merges resolved',
    earliest     {{ touch_type }} COMMENT 'The earliest touch',
    latest       {{ touch_type }} COMMENT 'The latest touch'
)
AS SELECT
    touches.workspace_id AS workspace_id,
    {{ resolved substring(touches.entity, 2) }} AS contact_id,
    touches.earliest AS earliest,
    touches.latest AS latest
FROM ad_touches AS touches FINAL
LEFT JOIN contact_roots AS roots FINAL
    ON touches.workspace_id = roots.workspace_id AND substring(touches.entity, 2) = roots.contact_id
WHERE touches.entity >= 'c' AND touches.entity < 'd'
UNION ALL
SELECT
    touches.workspace_id AS workspace_id,
    ties.contact_id AS contact_id,
    touches.earliest AS earliest,
    touches.latest AS latest
FROM ad_touches AS touches FINAL
INNER JOIN visitor_contacts AS ties
    ON touches.workspace_id = ties.workspace_id AND substring(touches.entity, 2) = ties.visitor_id
WHERE touches.entity >= 'v' AND touches.entity < 'w'
COMMENT 'Internal: first and last ad touches by resolved contact';
