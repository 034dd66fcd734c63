-- The same as an instant.
fromUnixTimestamp64Milli(toInt64({{ milliseconds $1 }}), 'UTC')
