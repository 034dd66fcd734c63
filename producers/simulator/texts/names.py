"""What people are called: first and last names that are at home in the same part of Indonesia."""

from __future__ import annotations

from dataclasses import dataclass

from producers.simulator.dice import Dice, ballot
from producers.simulator.texts.files import lines_of

_MAIL = ballot({"gmail.com": 14, "yahoo.co.id": 2, "icloud.com": 2, "outlook.com": 1, "kantor.co.id": 1})
_WOMEN, _MEN, _LAST = "perempuan", "laki", "belakang"


@dataclass(frozen=True, slots=True)
class _Home:
    """The names of one part of the country."""

    women: tuple[str, ...]
    men: tuple[str, ...]
    last: tuple[str, ...]


def _read() -> tuple[_Home, ...]:
    votes: dict[str, int] = {}
    names: dict[str, dict[str, tuple[str, ...]]] = {}
    place = ""
    for line in lines_of("names.txt"):
        if line.startswith("["):
            place, share = line.strip("[]").split()
            votes[place], names[place] = int(share), {}
        else:
            kind, listed = line.split(": ")
            names[place][kind] = tuple(listed.split())
    homes = {place: _Home(found[_WOMEN], found[_MEN], found[_LAST]) for place, found in names.items()}
    return tuple(homes[place] for place in ballot(votes))


_HOMES = _read()


def full_name(dice: Dice) -> str:
    """One to three names: mostly a first and a last one."""
    home = dice.pick(_HOMES)
    first = dice.pick((home.women, home.men))
    draw = dice.random()
    given = dice.pick(first)
    if draw < 0.1:
        return given
    if draw < 0.28 and (second := dice.pick(first)) != given:
        given = f"{given} {second}"
    return f"{given} {dice.pick(home.last)}"


def corrected(dice: Dice, name: str) -> str:
    """The name of the same person, better known: with a last name, or without the middle one."""
    first, *rest = name.split(" ")
    if len(rest) == 1:
        return f"{first} {dice.pick(dice.pick(_HOMES).last)} {rest[0]}"
    return f"{first} {rest[-1] if rest else dice.pick(dice.pick(_HOMES).last)}"


def first_name(name: str) -> str:
    """What somebody is called in a chat."""
    return name.partition(" ")[0]


def email(dice: Dice, name: str) -> str:
    """An address that goes with a name."""
    return f"{name.lower().replace(' ', '.')}{dice.between(1, 999)}@{dice.pick(_MAIL)}"
