"""Forms: of all that a form holds, only a name, an e-mail address and a phone number are kept (contract, section 8).

The form plugin sends every field but passwords. Which three are kept is told by the field's type or, failing that, by
its whole name, so `card_name` or `username` is never taken for a person's name.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

_MOST = 256
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_PHONE = re.compile(r"[+(]?[\d\s().\-/]{6,30}")
#: Before a name, in forms that say whose it is: `contact[email]`, `your-name`, `customer_phone`.
_WHOSE = r"(?:your|contact|customer|lead|client|billing|shipping|pelanggan|form|field|input|txt)*"


def _named(*names: str) -> re.Pattern[str]:
    return re.compile(f"{_WHOSE}(?:{'|'.join(names)})(?:anda|kamu)?")


_NAMES = _named("name", "fullname", "nama", "namalengkap", "namapelanggan", "realname")
_FIRST = _named("firstname", "fname", "givenname", "namadepan")
_LAST = _named("lastname", "lname", "surname", "familyname", "namabelakang")
_EMAILS = _named("email", "emailaddress", "mail", "surel", "alamatemail", "alamatsurel")
_PHONES = _named(
    "phone", "phonenumber", "tel", "telp", "telepon", "telephone", "hp", "nohp", "nomorhp", "handphone", "ponsel",
    "mobile", "mobilephone", "mobilenumber", "notelp", "notelepon", "nomortelepon", "nomorponsel", "wa", "nowa",
    "nomorwa", "whatsapp", "nowhatsapp", "nomorwhatsapp", "whatsappnumber",
)  # fmt: skip


def traits_of(elements: Any) -> dict[str, str]:
    """What a form says of the person.

    Arguments:
        elements: the form's fields, as the plugin sends them.

    Returns:
        `name`, `email` and `phone`, as far as there are any. The first field of each kind counts.
    """
    fields = list(_fields(elements))
    found = {
        "name": _first(fields, _is_text(_NAMES)) or _joined(fields),
        "email": _first(fields, lambda kind, name: kind == "email" or _is_text(_EMAILS)(kind, name), _EMAIL),
        "phone": _first(fields, lambda kind, name: kind == "tel" or _is_text(_PHONES)(kind, name), _PHONE),
    }
    return {trait: value for trait, value in found.items() if value}


Field = tuple[str, str, str]


def _fields(elements: Any) -> Iterator[Field]:
    """Type, plain name and value of each field that a person fills in."""
    for element in elements if isinstance(elements, list) else ():
        if not isinstance(element, Mapping):
            continue
        kind, name, value = (element.get(key) for key in ("type", "name", "value"))
        if str(element.get("nodeName", "INPUT")).upper() != "INPUT" or not isinstance(value, str):
            continue
        value = " ".join(value.split())
        if isinstance(name, str) and 0 < len(value) <= _MOST:
            yield str(kind or "text").lower(), re.sub(r"[\W_]", "", name.lower()), value


def _is_text(names: re.Pattern[str]) -> Any:
    return lambda kind, name: kind in ("text", "email", "tel", "number") and bool(names.fullmatch(name))


def _first(fields: list[Field], is_wanted: Any, form: re.Pattern[str] | None = None) -> str | None:
    for kind, name, value in fields:
        if is_wanted(kind, name) and (form is None or form.fullmatch(value)):
            return value
    return None


def _joined(fields: list[Field]) -> str | None:
    parts = [_first(fields, _is_text(names)) for names in (_FIRST, _LAST)]
    return " ".join(filter(None, parts)) or None
