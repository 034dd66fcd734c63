"""The read models once more, as a plain fold over a list of events: what the views are held against.

Written from the contract's section 3 alone, as naively as possible. It knows nothing of tables or batches: it sorts
the set of events by their total order and reads the rules off. Each file has the rules of one read model and builds on
those before it.
"""
