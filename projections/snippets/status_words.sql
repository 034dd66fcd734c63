-- What the statuses of a workspace are called today, for transform(): their ids, and their names. None is `–`.
(
    SELECT
        (
            arrayPushFront(groupArray(status_id), ''),
            arrayPushFront(groupArray(if(name != '', name, status_id)), '–')
        )
    FROM (
        SELECT status_id, tupleElement(max(defined), 'name') AS name
        FROM pipeline_status_facts
        WHERE workspace_id = {workspace_id:String}
        GROUP BY status_id
    )
)
