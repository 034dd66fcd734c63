"""The group `jejak dead-letters`: which commands it has."""

from commands.terminal.lazy import Entry, lazy_app

app = lazy_app(
    {
        "list": Entry("commands.dead_letters.listing:list_", "What was rejected, the newest first."),
        "show": Entry("commands.dead_letters.showing:show", "One dead letter in full, with its reason."),
        "replay": Entry("commands.dead_letters.replay:replay", "Put records back into their topics after a fix."),
        "dismiss": Entry(
            "commands.dead_letters.dismiss:dismiss", "Settle dead letters with a reason, without a replay."
        ),
        "skip": Entry("commands.dead_letters.skip:skip", "Let workers pass a batch that cannot be read."),
    }
)


@app.callback()
def _group() -> None:
    """What was rejected, and why; replay it after a fix."""
