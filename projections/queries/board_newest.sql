-- Which cards the board shows where nothing is filtered: of each status, and of no status, the conversations with the
-- newest messages. It reads one narrow table; what the cards say is asked for by their ids.
SELECT conversation_id
FROM conversation_facts FINAL
WHERE workspace_id = {workspace_id:String} AND conversation_id NOT IN {leave_out:Array(String)}
ORDER BY CAST(last_message_at AS Nullable(DateTime64(3, 'UTC'))) DESC NULLS LAST, conversation_id ASC
LIMIT {limit:UInt32} BY tupleElement(status, 'id')
