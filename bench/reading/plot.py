"""The plot: every question from the views, with and without what makes it slow, and from `events`."""

from collections.abc import Sequence
from pathlib import Path

from bench.reading.figures import FAST_MS, Line

#: State → how it is called and drawn.
_BARS = {
    "small": ("views, small", "#9ecae1"),
    "large": ("views, large", "#3182bd"),
    "merged": ("views, large, 10,000 merges", "#756bb1"),
    "fresh": ("views, large, five unmerged parts", "#bcbddc"),
    "events": ("from events, large", "#fd8d3c"),
}


def draw(path: Path, found: Sequence[Line], sizes: tuple[int, int]) -> bool:
    """Write the plot as PNG.

    Arguments:
        path: where to.
        found: the figures.
        sizes: events in both sizes.

    Returns:
        Whether there is one: False without matplotlib.
    """
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - the figures are worth having without it
    except ImportError:
        return False
    figure = Figure(figsize=(11, 0.8 * len(found) + 1.6), layout="constrained")
    axes = figure.subplots()
    height = 0.8 / len(_BARS)
    for place, (state, (label, color)) in enumerate(_BARS.items()):
        bars = [(row, timing.client) for row, line in enumerate(found) if (timing := getattr(line, state))]
        rows = [row + (place - len(_BARS) / 2 + 0.5) * height for row, _ in bars]
        drawn = axes.barh(rows, [value for _, value in bars], height * 0.9, label=label, color=color)
        axes.bar_label(drawn, [f"{value:,.0f}" for _, value in bars], padding=2, fontsize=7)
    axes.axvline(FAST_MS, color="#bbbbbb", linewidth=0.8, linestyle="--")
    axes.set_yticks(range(len(found)), [line.question.title for line in found])
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.set_xlabel("milliseconds for the asker over HTTP, median (logarithmic)")
    axes.set_title(f"Reading {sizes[0]:,} and {sizes[1]:,} events, half of them in the workspace that is asked")
    axes.legend(fontsize=8)
    axes.spines[["top", "right"]].set_visible(False)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    return True
