-- What the candidates and the contact asked about resolve to now, those of them that were merged.
SELECT contact_id, argMax(root_id, version) AS root
FROM contact_roots
WHERE
    workspace_id = {workspace_id:String}
    AND has(arrayPushBack(candidates, {contact_id:String}), contact_id)
GROUP BY contact_id
