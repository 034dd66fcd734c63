-- A contact whose journey tells a sale from an ad to the purchase and is short enough to read, for showing one off.
SELECT contact_id
FROM journey
WHERE workspace_id = {workspace_id:String}
GROUP BY contact_id
HAVING
    count() BETWEEN 12 AND 20
    AND argMin(type, event_order) IN ('ctwa.click', 'session.started')
    AND minIf(occurred_at, type = 'ctwa.click') <= minIf(occurred_at, type = 'message.incoming')
    AND countIf(type = 'ctwa.click') = 1
    AND countIf(type = 'message.incoming') >= 3
    AND countIf(JSONExtractString(data, 'sender') = 'human') >= 1
    AND countIf(type = 'agent.ai_response') >= 1
    AND argMaxIf(summary, event_order, type = 'pipeline.changed') LIKE '%→ Purchase%'
    -- Ids in place of names, and messages without a text, say little to a reader.
    AND countIf(match(summary, '^[0-9a-f]{8}-|^\\[') OR match(actor, '^[0-9a-f]{8}-')) = 0
ORDER BY uniqExact(title) DESC, count() ASC, contact_id ASC
LIMIT 1
