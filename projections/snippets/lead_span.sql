-- Leads of a span of time behind the last one of the page before, for `lead_instants`.
WHERE facts.workspace_id = {workspace_id:String} AND facts.entity >= 'c' AND facts.entity < 'd'
GROUP BY contact_id
HAVING
    min(facts.first_message_at) IS NOT NULL
    AND toUnixTimestamp64Milli(date) >= {since_ms:Int64}
    AND toUnixTimestamp64Milli(date) < {until_ms:Int64}
    AND (
        {behind:UInt8} = 0
        OR toUnixTimestamp64Milli(date) < {behind_ms:Int64}
        OR (toUnixTimestamp64Milli(date) = {behind_ms:Int64} AND contact_id > {behind_id:String})
    )
