-- The filters of conversations that lists and the board share; one that is NULL lets all pass.
({label:Nullable(String)} IS NULL OR has(labels, assumeNotNull({label:Nullable(String)})))
AND ({channel:Nullable(String)} IS NULL OR channel = {channel:Nullable(String)})
AND ({assignee:Nullable(String)} IS NULL OR assignee_id = {assignee:Nullable(String)})
AND ({contact:Nullable(String)} IS NULL OR contact_id = {contact:Nullable(String)})
AND (
    {search:Nullable(String)} IS NULL
    OR position(lowerUTF8(conversation_id), lowerUTF8(assumeNotNull({search:Nullable(String)}))) > 0
    OR contact_id IN (
        SELECT contact_id
        FROM contacts
        WHERE
            workspace_id = {workspace_id:String}
            AND {search:Nullable(String)} IS NOT NULL
            AND {{ contact_search assumeNotNull({search:Nullable(String)}); contacts }}
    )
)
