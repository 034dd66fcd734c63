"""`jejak status`: what is asked, the verdict on it, and its two forms, for people and for machines."""
