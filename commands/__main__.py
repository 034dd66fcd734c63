"""`python -m commands` is `jejak`."""

from commands.main import main

main()
