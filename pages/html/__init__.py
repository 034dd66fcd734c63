"""The pages as a browser sees them: routes that ask `pages/answers/`, and templates that show it.

One page a file; `screen.py` is what they have in common. Forms post to a path below the page that holds them, which
writes as the API does and leads back (303), so that everything works without scripts too.
"""
