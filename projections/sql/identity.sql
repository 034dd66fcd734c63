-- Who is whom (contract, section 3, Identity).
--
-- A visitor is tied to a contact by `contact.identified` and by an external event that carries both ids; a contact is
-- merged into another by `contact.merged`. Per visitor, and per merged contact, the last tie wins. Nothing is resolved
-- when an event is written, because the tie may come after it.

CREATE TABLE visitor_ties
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    visitor_id   String COMMENT 'The visitor',
    contact_id   String COMMENT 'The contact it is tied to',
    version      UInt256 COMMENT 'event_order of the tie; the highest wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, visitor_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: the last tie of each visitor to a contact';

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
    contact_id   String COMMENT 'A contact',
    visitor_id   String COMMENT 'A visitor that was ever tied to it'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, contact_id, visitor_id)
SETTINGS default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: all visitors that were ever tied to a contact';

CREATE MATERIALIZED VIEW contact_visitors_from_events TO contact_visitors
AS SELECT DISTINCT
    workspace_id,
    contact_id,
    visitor_id
FROM events
WHERE visitor_id != '' AND contact_id != '';

-- Every merge there ever was. Chains and cycles cannot be followed by a join of fixed depth, so the worker follows
-- them (projections/roots.py) before it counts a merge as stored, and writes the ends to contact_roots.
CREATE TABLE contact_merges
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    previous_id  String COMMENT 'The contact that became part of another',
    version      UInt256 COMMENT 'event_order of the merge; the highest of a previous_id wins',
    contact_id   String COMMENT 'The contact it became part of'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, previous_id, version)
SETTINGS index_granularity = 512, default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: all merges of contacts';

CREATE MATERIALIZED VIEW contact_merges_from_events TO contact_merges
AS SELECT
    workspace_id,
    JSONExtractString(data, 'previous_id') AS previous_id,
    event_order AS version,
    contact_id
FROM events
WHERE type = 'contact.merged';

-- The same merges from the other side: who leads to a contact. A contact stays here when it is merged into somebody
-- else later, so whoever follows merges asks contact_merges about each of them. In small granules, because it is
-- asked for single contacts only.
CREATE TABLE merged_contacts
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    contact_id   String COMMENT 'A contact',
    previous_id  String COMMENT 'A contact that was ever merged into it'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, contact_id, previous_id)
SETTINGS index_granularity = 512, default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: all contacts that were ever merged into a contact';

CREATE MATERIALIZED VIEW merged_contacts_from_events TO merged_contacts
AS SELECT DISTINCT
    workspace_id,
    contact_id,
    JSONExtractString(data, 'previous_id') AS previous_id
FROM events
WHERE type = 'contact.merged';

-- Where the merges of a contact end. Contacts that were never merged are not in here. The row of the empty id, which no
-- contact has, is the workspace's clock: whoever follows merges turns it on first, and its rows have that version.
CREATE TABLE contact_roots
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    contact_id   String COMMENT 'A contact that was merged',
    root_id      String COMMENT 'The contact it resolves to',
    version      UInt64 COMMENT 'The workspace''s clock when its writer began to read merges; the highest wins'
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (workspace_id, contact_id)
SETTINGS index_granularity = 512, default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: the resolved contact of every merged contact';

-- The same from the other side; readers ask contact_roots whether it still holds.
CREATE TABLE root_members
(
    workspace_id LowCardinality(String) COMMENT 'The tenant',
    root_id      String COMMENT 'A contact',
    contact_id   String COMMENT 'A contact that ever resolved to it'
)
ENGINE = ReplacingMergeTree
ORDER BY (workspace_id, root_id, contact_id)
SETTINGS index_granularity = 512, default_compression_codec = 'ZSTD(3)'
COMMENT 'Internal: all contacts that ever resolved to a contact';

CREATE MATERIALIZED VIEW root_members_from_roots TO root_members
AS SELECT
    workspace_id,
    root_id,
    contact_id
FROM contact_roots;

-- The clock of each workspace. Rows that came twice are counted once by those who ask.
CREATE VIEW roots_clock
AS SELECT
    workspace_id,
    max(version) AS version
FROM contact_roots
WHERE contact_id = ''
GROUP BY workspace_id
COMMENT 'Internal: how often the merges of each workspace were followed';

-- Visitors by the contact they resolve to.
CREATE VIEW visitor_contacts
AS SELECT
    ties.workspace_id AS workspace_id,
    ties.visitor_id AS visitor_id,
    if(roots.root_id != '', roots.root_id, ties.contact_id) AS contact_id
FROM visitor_ties AS ties FINAL
LEFT JOIN contact_roots AS roots FINAL
    ON ties.workspace_id = roots.workspace_id AND ties.contact_id = roots.contact_id
COMMENT 'Internal: the contact that each visitor turned out to be, merges resolved';
