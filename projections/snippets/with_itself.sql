-- Those that were merged into the contact asked about and, unless it was merged away, the contact itself. `merged.1` is
-- everybody that was merged; $1 those of them that resolve to it; $2 the contact in the same form.
if(has(merged.1, {contact_id:String}), $1, arrayPushBack($1, $2))
