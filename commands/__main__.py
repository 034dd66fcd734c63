"""`python -m commands` is `jejak`."""

from commands.entry import main

main()
