"""What the simulated people and the shop write: Indonesian sentences, made from the `.txt` files beside this one.

Texts draw on a chance of their own, so that another wording never moves an event.
"""
