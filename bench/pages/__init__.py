"""How fast the pages answer, at 600,000 and at 6,000,000 events, and how soon a change is seen in browsers."""
