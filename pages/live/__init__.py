"""Live: tells browsers *what* has changed, and never how. They ask again for what they show, with their own filters."""
