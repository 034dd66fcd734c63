-- When an event happened, in milliseconds since 1970, by its version: $1 an event_order.
bitShiftRight($1, 192)
