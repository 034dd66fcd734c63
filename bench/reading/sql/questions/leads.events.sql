-- Without merges. The rules for what an ad touch is are those of the view, in fewer words.
WITH
    ties AS (
        SELECT visitor_id, argMax(contact_id, (occurred_at, sequence)) AS tied_to
        FROM events
        WHERE workspace_id = {workspace_id:String} AND visitor_id != '' AND contact_id != ''
        GROUP BY visitor_id
    ),
    signs AS (
        SELECT
            if(events.contact_id != '', events.contact_id, ties.tied_to) AS contact_id,
            type,
            occurred_at,
            sequence,
            data,
            JSONExtract(data, 'Tuple(
                initiator String, sender String, name String, phone String, email String,
                referral Tuple(source_type String, source_id String, source_url String, headline String),
                campaign Tuple(source String, medium String, name String),
                click_ids Tuple(gclid String, gbraid String, wbraid String, ttclid String, msclkid String)
            )') AS fields,
            type IN ('message.incoming', 'ctwa.click') AND fields.referral.source_type IN ('ad', '')
            AND concat(fields.referral.source_id, fields.referral.source_url) != '' AS is_referral,
            is_referral
            OR concat(fields.click_ids.gclid, fields.click_ids.gbraid, fields.click_ids.wbraid,
                fields.click_ids.ttclid, fields.click_ids.msclkid) != ''
            OR match(fields.campaign.medium, '(?i)^(.*cp.*|ppc|retargeting|paid.*)$') AS is_touch,
            (
                if(is_referral, fields.referral.headline, fields.campaign.name),
                if(is_referral, 'meta', fields.campaign.source),
                if(
                    is_referral,
                    fields.referral.source_id,
                    concat(fields.campaign.source, '/', fields.campaign.medium, '/', fields.campaign.name)
                )
            ) AS touch
        FROM events
        LEFT JOIN ties ON events.visitor_id = ties.visitor_id
        WHERE workspace_id = {workspace_id:String} AND entity != 's'
    ),
    leads AS (
        SELECT
            contact_id,
            minIf(occurred_at, type = 'message.incoming') AS first_message_at,
            least(
                first_message_at,
                ifNull(
                    minOrNullIf(occurred_at, type = 'session.started' AND fields.initiator = 'contact'),
                    first_message_at
                )
            ) AS date,
            argMaxIf(fields.name, occurred_at, type = 'contact.updated' AND JSONHas(data, 'name')) AS customer_name,
            argMaxIf(fields.phone, occurred_at, type = 'contact.updated' AND JSONHas(data, 'phone')) AS phone_number,
            argMaxIf(fields.email, occurred_at, type = 'contact.updated' AND JSONHas(data, 'email')) AS email,
            minOrNullIf(occurred_at, is_touch) AS first_touch_at,
            argMinIf(touch, (occurred_at, sequence), is_touch) AS first_touch,
            argMaxIf(touch, (occurred_at, sequence), is_touch) AS last_touch,
            groupArrayIf(
                occurred_at,
                type = 'agent.ai_response' OR (type = 'message.outgoing' AND fields.sender IN ('human', 'ai'))
            ) AS responses
        FROM signs
        WHERE contact_id != ''
        GROUP BY contact_id
        HAVING countIf(type = 'message.incoming') > 0
    )
SELECT
    *,
    if(first_touch_at <= first_message_at, 'ads', 'organic') AS origin,
    first_touch.2 AS first_source_platform,
    arrayMin(arrayFilter(at -> at >= first_message_at, responses)) AS first_touched_at
FROM leads
WHERE contact_id != ''
