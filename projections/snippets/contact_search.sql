-- Whether a text is a part of what identifies a contact, in any case. $1 the text, $2 the row of the view `contacts`.
arrayExists(
    text -> position(lowerUTF8(text), lowerUTF8($1)) > 0,
    [$2.contact_id, ifNull($2.name, ''), ifNull($2.phone, ''), ifNull($2.email, '')]
)
