"""Writes: what users do becomes events on Kafka (contract, sections 2 and 7).

A write looks first, at the views and what is pending, then appends, and answers with what it left behind. Kafka's
acknowledgement is awaited; without it the answer is 503 and the same request may be sent again.
"""
