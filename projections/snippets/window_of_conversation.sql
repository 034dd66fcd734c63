-- The changes of a conversation in their order. Two of one order are an id that was used for two contacts.
WINDOW conversation AS (
    PARTITION BY workspace_id, conversation_id
    ORDER BY version ASC, contact_id ASC
    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
)
