-- Everybody whose facts count for some resolved contacts: these, the contacts merged into them, and the visitors tied to
-- any of those; each as the entity that facts are kept by, with the contact it counts for.
WITH
    members AS (
        SELECT id AS member_id, id AS contact_id
        FROM (SELECT arrayJoin({contact_ids:Array(String)}) AS id)
        UNION ALL
        SELECT roots.contact_id AS member_id, roots.root_id AS contact_id
        FROM contact_roots AS roots FINAL
        WHERE
            roots.workspace_id = {workspace_id:String}
            AND roots.contact_id IN (
                SELECT contact_id
                FROM root_members
                WHERE workspace_id = {workspace_id:String} AND root_id IN {contact_ids:Array(String)}
            )
            AND roots.root_id IN {contact_ids:Array(String)}
            -- A cycle's smallest id is a merged contact and its own root.
            AND roots.root_id != roots.contact_id
    )
SELECT concat('c', member_id) AS entity, contact_id
FROM members
UNION ALL
SELECT concat('v', ties.visitor_id) AS entity, members.contact_id AS contact_id
FROM (
    SELECT visitor_id, contact_id
    FROM visitor_ties FINAL
    WHERE
        workspace_id = {workspace_id:String}
        AND visitor_id IN (
            SELECT visitor_id
            FROM contact_visitors
            WHERE workspace_id = {workspace_id:String} AND contact_id IN (SELECT member_id FROM members)
        )
) AS ties
INNER JOIN members ON ties.contact_id = members.member_id
