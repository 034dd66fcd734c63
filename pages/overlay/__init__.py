"""The overlay: events that Kafka has acknowledged and the views may not have yet, laid over what the views answer.

An event comes in when this process has appended it, or when the tail finds it in its topic, so other processes' and
other producers' changes are seen as early. It falls away when the views have it. What counts where two differ is
decided as in the views: by `event_order`, which ClickHouse works out.
"""
