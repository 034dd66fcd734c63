-- When somebody became a lead: the earlier of the first incoming message and the first session that the contact began.
-- $1 the first message, which there is; $2 the first own session, NULL for none.
least($1, ifNull($2, $1))
