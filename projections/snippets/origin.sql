-- Whether a lead came by an ad: one was touched at or before the first incoming message.
-- $1 event_order of the first touch, 0 for none; $2 the first message, which there is.
if(
    $1 > 0
    AND {{ milliseconds $1 }} <= toUInt64(toUnixTimestamp64Milli($2)),
    'ads',
    'organic'
)
