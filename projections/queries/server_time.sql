-- The server's clock, in whole seconds.
SELECT toUnixTimestamp(now()) AS seconds
