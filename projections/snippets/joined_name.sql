-- A status's name today, else its id, NULL for none, in a statement that has joined pipeline_status_names under the name
-- `from_status` or `to_status`: $1 which of both.
if($1.is_defined, $1.name, nullIf(changes.$1_id, ''))
