-- An event_order as text of one length, which sorts as the number does: $1 the order.
leftPad(toString($1), 78, '0')
