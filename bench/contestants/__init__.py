"""The peers, one program each: the same work as Jejak's worker in the form that their own users would write."""
