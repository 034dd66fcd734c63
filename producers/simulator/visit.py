"""A visit to the web site: landing, pages, clicks, and sometimes a form."""

from __future__ import annotations

from producers.simulator.adverts import Campaign, click_ids
from producers.simulator.clock import SECOND
from producers.simulator.dice import ballot
from producers.simulator.ids import token, visitor_id
from producers.simulator.ledger import Data
from producers.simulator.people import Person, user_agent
from producers.simulator.texts.names import email, full_name

_KNOWN_BY = ballot({"visitor": 5, "both": 4, "contact": 1})
_DWELL = 35 * SECOND


def appear(person: Person, instant: int) -> None:
    """Give somebody who comes to the site for the first time a cookie and a browser."""
    if not person.visitor_id:
        person.visitor_id = visitor_id(person.shop.dice, instant)
        person.browser = user_agent(person.shop.dice)


class Visit:
    """One web session; `now` (milliseconds) is the instant of its last event."""

    def __init__(self, person: Person, instant: int, campaign: Campaign | None = None) -> None:
        appear(person, instant)
        self.person = person
        self.shop = person.shop
        self.dice = person.shop.dice
        self.now = instant
        self._page = self.shop.site.home
        self._session = f"ws_{token(self.dice, 12)}"
        self._who = self._identify()
        self._campaign = campaign
        self._landing: Data = {}
        if campaign:
            clicked = click_ids(self.dice, campaign)
            self._landing = {"campaign": campaign.utm, "click_ids": clicked} if clicked else {"campaign": campaign.utm}

    def _identify(self) -> Data:
        """By which ids the site knows the visitor: it may still use the one from before a merge."""
        person = self.person
        known_by = self.dice.pick(_KNOWN_BY) if person.tied else "visitor"
        if known_by == "visitor":
            return {"visitor_id": person.visitor_id}
        contact = person.previous_id if person.previous_id and self.dice.chance(0.3) else person.contact_id
        if known_by == "contact":
            return {"contact_id": contact}
        return {"visitor_id": person.visitor_id, "contact_id": contact}

    @property
    def product(self) -> str:
        """The name of the product on the current page, or empty."""
        return self._page.product

    def log_in(self) -> None:
        """From now on the site knows both ids: its next event ties the visitor to the contact."""
        self._who = {"visitor_id": self.person.visitor_id, "contact_id": self.person.contact_id}
        self.person.tied = True

    def _write(self, kind: str, url: str, extra: Data) -> None:
        data: Data = {
            **self._who,
            "url": url,
            **extra,
            "user_agent": self.person.browser,
            "web_session_id": self._session,
        }
        subject = data.get("contact_id") or data["visitor_id"]
        self.shop.ledger.write(self.now, kind, subject, data, self.shop.source)

    def land(self) -> None:
        """Open the first page, with the campaign's parameters in its address if one led here."""
        self._page = self.dice.pick(self.shop.site.pages) if self.dice.chance(0.7) else self.shop.site.home
        url, campaign = self._page.url, self._campaign
        extra: Data = {"title": self._page.title}
        if campaign:
            url = f"{url}?{campaign.query}"
            for name, value in self._landing.get("click_ids", {}).items():
                url = f"{url}&{name}={value}"
            if campaign.referrer:
                extra["referrer"] = campaign.referrer
            extra |= self._landing
        self._write("web.page_view", url, extra)

    def browse(self, pages: int) -> None:
        """Read some more pages and click here and there."""
        for _ in range(pages):
            self.now += 3 * SECOND + self.dice.skewed(_DWELL)
            before, self._page = self._page, self.dice.pick(self.shop.site.pages)
            extra: Data = {"title": self._page.title, "referrer": before.url}
            if self.dice.chance(0.3):  # some sites send the landing's campaign with every page
                extra |= self._landing
            self._write("web.page_view", self._page.url, extra)
            if self.dice.chance(0.3):
                self.click(self.dice.between(0, 3))

    def click(self, button: int) -> None:
        """Click a button of the current page, by its number on the site; the last one opens WhatsApp."""
        element, text, target = self.shop.site.buttons[button]
        self.now += SECOND + self.dice.skewed(_DWELL)
        extra: Data = {"title": self._page.title, "element_id": element, "element_text": text}
        if target:
            extra["target_url"] = target
        self._write("web.button_click", self._page.url, extra)

    def submit_form(self) -> None:
        """Fill in and send a form; from it the shop learns name and email address."""
        person = self.person
        person.name = person.name or full_name(self.dice)
        person.email = person.email or email(self.dice, person.name)
        form, name = self.dice.pick(self.shop.site.forms)
        self.now += 20 * SECOND + self.dice.skewed(_DWELL)
        traits = {"name": person.name, "email": person.email, "phone": f"+{person.phone}"}
        extra: Data = {"title": self._page.title, **self._landing, "form_id": form, "traits": traits}
        if name:
            extra["form_name"] = name
        self._write("web.form_submitted", self._page.url, extra)


def browse_site(person: Person, instant: int) -> Visit:
    """A visit of some pages, from a campaign or directly; the caller may go on with it."""
    dice = person.shop.dice
    visit = Visit(person, instant, dice.pick(person.shop.campaigns) if dice.chance(0.55) else None)
    if person.contact_id and not person.tied and dice.chance(0.25):
        visit.log_in()
    visit.land()
    visit.browse(1 + dice.skewed(2.2))
    return visit
