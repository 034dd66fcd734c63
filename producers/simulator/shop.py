"""One workspace: a shop with its inboxes, staff, ads, campaigns, web site and pipeline."""

from __future__ import annotations

from producers.simulator.adverts import launch_campaign, place_ad
from producers.simulator.calendar import Calendar
from producers.simulator.dice import Dice
from producers.simulator.ids import digits, token
from producers.simulator.ledger import Ledger
from producers.simulator.site import build_site
from producers.simulator.staff import hire_agents, name_labels, open_inboxes, train_ai
from producers.simulator.statuses import Pipeline
from producers.simulator.words import phrase

_NAMES = ("Kopi Nusantara", "Batik Lestari", "Hijab Cantika", "Toko Rempah Ibu", "Sepatu Juara", "Mainan Ceria")
_ADS = 40
_CAMPAIGNS = 30
_TEMPLATES = 12


class Shop:
    """What stays the same (or, the pipeline, changes slowly) while people come and go."""

    def __init__(self, workspace: str, number: int, dice: Dice, calendar: Calendar) -> None:
        self.dice = dice
        self.calendar = calendar
        self.ledger = Ledger(workspace, calendar, dice)
        opening = calendar.start
        self.inboxes = open_inboxes(dice, opening)
        self.agents = hire_agents(dice, opening, dice.between(6, 24))
        self.ai_agents = train_ai(dice, opening)
        self.labels = name_labels(dice, opening)
        self.ads = tuple(place_ad(dice) for _ in range(_ADS))
        self.campaigns = tuple(launch_campaign(dice) for _ in range(_CAMPAIGNS))
        name = _NAMES[number % len(_NAMES)]
        self.site = build_site(dice, name, f"628{digits(dice, 10)}")
        self.source = f"/web/{self.site.host}"
        self.templates = tuple(
            (f"{phrase(dice, 2).replace(' ', '_')}_v{dice.between(1, 4)}", f"bc_{token(dice, 12)}")
            for _ in range(_TEMPLATES)
        )
        """Broadcasts: the template's name and the campaign's id."""
        self.pipeline = Pipeline(dice, self.ledger, calendar)
