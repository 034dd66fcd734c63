-- A change of status with the status before it, empty for none, and the version of the next change, 0 for none. The
-- statement ends in window_of_conversation.
workspace_id,
conversation_id,
contact_id,
to_status_id,
changed_by,
version,
lagInFrame(to_status_id) OVER conversation AS from_status_id,
leadInFrame(version) OVER conversation AS next_version
