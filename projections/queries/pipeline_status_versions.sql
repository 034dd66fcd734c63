-- The pipeline statuses of a workspace, with the orders of their last definition and deletion, which is 0 where there is none.
SELECT
    status_id,
    tupleElement(defined, 'name') AS name,
    tupleElement(defined, 'color') AS color,
    tupleElement(defined, 'position') AS position,
    toString(tupleElement(defined, 'version')) AS defined_order,
    toString(deleted) AS deleted_order
FROM pipeline_status_facts FINAL
WHERE workspace_id = {workspace_id:String}
