-- Ad touches as the last version had them that did not read URLs: another type of column, other rules.
CREATE TABLE ad_touches
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    entity       String COMMENT 'c and the contact, or v and the visitor, as in events',
    first_touch  SimpleAggregateFunction(min, Tuple(version UInt256, source String, platform String, id String))
        COMMENT 'The earliest touch',
    last_touch   SimpleAggregateFunction(max, Tuple(version UInt256, source String, platform String, id String))
        COMMENT 'The latest touch'
)
ENGINE = AggregatingMergeTree
ORDER BY (workspace_id, entity)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'The first and the last ad touch of each contact and visitor';

CREATE MATERIALIZED VIEW ad_touches_from_events TO ad_touches
AS WITH
    JSONExtract(data, 'Tuple(
        referral Tuple(source_type String, source_id String, source_url String, headline String),
        campaign Tuple(source String, medium String, name String),
        click_ids Tuple(
            gclid String, gbraid String, wbraid String, ttclid String, msclkid String, fbclid String
        )
    )') AS fields,
    type IN ('message.incoming', 'ctwa.click') AS is_referral,
    -- The medium pattern of GA4's paid channels. The dot matches no line feed, and a carriage return breaks a line too.
    match(
        replaceRegexpAll(fields.campaign.medium, '^[\\s\\v\\x{85}\\p{Z}]+|[\\s\\v\\x{85}\\p{Z}]+$', ''),
        '(?i)^([^\\r\\n]*cp[^\\r\\n]*|ppc|retargeting|paid[^\\r\\n]*)$'
    ) AS is_paid,
    multiIf(
        fields.click_ids.gclid != '', 'gclid',
        fields.click_ids.gbraid != '', 'gbraid',
        fields.click_ids.wbraid != '', 'wbraid',
        fields.click_ids.ttclid != '', 'ttclid',
        fields.click_ids.msclkid != '', 'msclkid',
        ''
    ) AS click_id_kind,
    multiIf(
        is_referral, 'meta',
        click_id_kind IN ('gclid', 'gbraid', 'wbraid'), 'google',
        click_id_kind = 'ttclid', 'tiktok',
        click_id_kind = 'msclkid', 'microsoft',
        fields.click_ids.fbclid != '', 'meta',
        lowerUTF8(fields.campaign.source)
    ) AS platform,
    multiIf(
        is_referral, if(fields.referral.source_id != '', fields.referral.source_id, fields.referral.source_url),
        fields.campaign.source != '' OR fields.campaign.medium != '' OR fields.campaign.name != '',
        concat(fields.campaign.source, '/', fields.campaign.medium, '/', fields.campaign.name),
        click_id_kind
    ) AS touch_id,
    if(is_referral, fields.referral.headline, fields.campaign.name) AS title,
    (event_order, if(title != '', title, touch_id), platform, touch_id) AS touch
SELECT
    workspace_id,
    entity,
    min(touch) AS first_touch,
    max(touch) AS last_touch
FROM events
WHERE
    type IN ('message.incoming', 'web.page_view', 'web.button_click', 'web.form_submitted', 'ctwa.click')
    AND if(
        is_referral,
        fields.referral.source_type IN ('ad', '')
        AND (fields.referral.source_id != '' OR fields.referral.source_url != ''),
        click_id_kind != '' OR is_paid
    )
GROUP BY workspace_id, entity;

CREATE VIEW ad_touches_by_contact
AS SELECT
    touches.workspace_id AS workspace_id,
    if(roots.root_id != '', roots.root_id, substring(touches.entity, 2)) AS contact_id,
    touches.first_touch AS first_touch,
    touches.last_touch AS last_touch
FROM ad_touches AS touches FINAL
LEFT JOIN contact_roots AS roots FINAL
    ON touches.workspace_id = roots.workspace_id AND substring(touches.entity, 2) = roots.contact_id
WHERE touches.entity >= 'c' AND touches.entity < 'd'
UNION ALL
SELECT
    touches.workspace_id AS workspace_id,
    ties.contact_id AS contact_id,
    touches.first_touch AS first_touch,
    touches.last_touch AS last_touch
FROM ad_touches AS touches FINAL
INNER JOIN visitor_contacts AS ties
    ON touches.workspace_id = ties.workspace_id AND substring(touches.entity, 2) = ties.visitor_id
WHERE touches.entity >= 'v' AND touches.entity < 'w'
SETTINGS join_use_nulls = 0, prefer_column_name_to_alias = 0;
