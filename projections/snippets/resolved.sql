-- The contact that an id resolves to, for a statement that has joined contact_roots as `roots` on it: $1 the id.
if(roots.root_id != '', roots.root_id, $1)
