"""The way into `jejak`: Ctrl-C ends it with exit status 130 and no traceback, from its first instruction on."""

from commands.terminal.interrupting import INTERRUPTED, ending_at_once


def main() -> None:
    """Run the command that the command line names."""
    with ending_at_once():
        from commands.main import main as run  # noqa: PLC0415 - it is what takes the time
    try:
        run()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
