"""The pages and the API (contract, section 7): a team works with journeys, pipeline and leads in the browser.

Reads come from the views, writes are events on Kafka, and nothing is stored anywhere else. What was appended a moment
ago lies over what the views answer until they have it (`overlay/`), so an answer that follows a write shows it.

`api/` and `html/` are two faces of the same: both ask `answers/` and write through `writing/`, and both get to know who
is asking from `who/`.
"""
