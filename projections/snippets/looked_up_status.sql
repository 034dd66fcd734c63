-- A status's name today, else its id, `–` for none, in a statement that has `status_words` as `words`.
-- $1 `from_status` or `to_status`.
transform($1_id, words.1, words.2, $1_id)
