-- Who is whom (contract, section 3, Identity).
--
-- `contact.identified` ties a visitor to a contact, and so does an external event that carries both ids. Per
-- visitor the last tie wins. Nothing is resolved when it is written, because the tie may come after the event.

CREATE TABLE visitor_ties
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    visitor_id   String                 COMMENT 'The visitor',
    contact_id   String                 COMMENT 'The contact it is tied to',
    version      UInt256                COMMENT 'event_order of the tie; the highest wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, visitor_id)
COMMENT 'The last tie of each visitor to a contact';

CREATE MATERIALIZED VIEW visitor_ties_from_events TO visitor_ties
AS SELECT
    workspace_id,
    visitor_id,
    contact_id,
    event_order AS version
FROM events
WHERE visitor_id != '' AND contact_id != '';

-- The same ties from the other side. A visitor stays here when it is tied to somebody else later, so readers ask
-- visitor_ties about each of them.
CREATE TABLE contact_visitors
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    contact_id   String                 COMMENT 'A contact',
    visitor_id   String                 COMMENT 'A visitor that was ever tied to it'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, contact_id, visitor_id)
COMMENT 'All visitors that were ever tied to a contact';

CREATE MATERIALIZED VIEW contact_visitors_from_events TO contact_visitors
AS SELECT DISTINCT
    workspace_id,
    contact_id,
    visitor_id
FROM events
WHERE visitor_id != '' AND contact_id != '';

-- The sorting keys in `events` under which a contact's events lie: its own, and those of its visitors.
CREATE VIEW contact_entities
AS SELECT concat('c', {contact_id:String}) AS entity
UNION ALL
SELECT concat('v', visitor_id) AS entity
FROM visitor_ties FINAL
WHERE
    workspace_id = {workspace_id:String}
    AND contact_id = {contact_id:String}
    AND visitor_id IN (
        SELECT visitor_id
        FROM contact_visitors
        WHERE workspace_id = {workspace_id:String} AND contact_id = {contact_id:String}
    );
