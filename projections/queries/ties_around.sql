-- Last ties, around the contacts that the table `asked` names: their own (`tie`), those of whoever was ever merged into
-- them (`sources`), ever resolved to them (`members`), or ever resolved to what they resolve to (`kin`).
SELECT
    workspace_id,
    previous_id,
    argMax(contact_id, version) AS contact_id
FROM {merges:Identifier}
WHERE
    workspace_id IN {workspace_ids:Array(String)}
    AND (workspace_id, previous_id) IN (
        SELECT workspace_id, contact_id
        FROM asked
        WHERE what = 'tie'
        UNION ALL
        SELECT workspace_id, previous_id
        FROM {merged:Identifier}
        WHERE
            workspace_id IN {workspace_ids:Array(String)}
            AND (workspace_id, contact_id) IN (
                SELECT workspace_id, contact_id
                FROM asked
                WHERE what = 'sources'
            )
        UNION ALL
        SELECT workspace_id, contact_id
        FROM {members:Identifier}
        WHERE
            workspace_id IN {workspace_ids:Array(String)}
            AND (workspace_id, root_id) IN (
                SELECT workspace_id, contact_id
                FROM asked
                WHERE what = 'members'
                UNION ALL
                SELECT workspace_id, root_id
                FROM {roots:Identifier}
                WHERE
                    workspace_id IN {workspace_ids:Array(String)}
                    AND (workspace_id, contact_id) IN (
                        SELECT workspace_id, contact_id
                        FROM asked
                        WHERE what = 'kin'
                    )
            )
    )
GROUP BY workspace_id, previous_id
