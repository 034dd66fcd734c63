"""`/t/{key}`: web events of the unmodified Snowplow browser tracker (tracker protocol tp2; contract, section 8).

`payload` reads what the tracker sends, `touches` makes Jejak's events of it with the help of `clock`, `forms` and
`clicks`; `identity` checks the tokens that tie a visitor to a contact, `bots` knows who is no visitor. `endpoint` is
the way in, `sharing` the rules for pages of other origins.
"""
