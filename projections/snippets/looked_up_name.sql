-- The same in a statement that has `status_words` as `words`.
if(changes.$1_id = '', NULL, transform(changes.$1_id, words.1, words.2, changes.$1_id))
