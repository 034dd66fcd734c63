-- The ids that a journey entry itself names.
conversation_id,
session_id,
visitor_id
