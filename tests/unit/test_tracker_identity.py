"""Who a visitor is: only a token that the shop's backend signed says so (contract, section 8)."""

import json
import time
from typing import Any

import jwt
import pytest

from producers.http.sources.model import Page
from producers.http.tracker.identity import without_signatures
from producers.http.tracker.payload import UnusableError, event_of
from producers.http.tracker.touches import Touch, touch_of
from tests.support.front_door import IDENTITY_SECRET, ORIGIN, PAGE_KEY, WORKSPACE
from tests.support.web_events import WebEvent, identify, now_ms

VISITOR = "f66a07f0-b910-4ed6-a795-a9b3cbba1edb"
PAGE = Page.model_validate(
    {"workspace": WORKSPACE, "key": PAGE_KEY, "origins": [ORIGIN], "identity_secret": IDENTITY_SECRET}
)


def touch(event: WebEvent, page: Page = PAGE) -> Touch | None:
    return touch_of(page, event_of(json.dumps(event).encode()), now_ms())


def token(secret: str = IDENTITY_SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    whole = {"sub": "wa:6281394420117", "exp": int(time.time()) + 600, **claims}
    return jwt.encode({name: value for name, value in whole.items() if value is not None}, secret, algorithm)


def test_a_signed_token_ties_the_visitor_to_its_contact() -> None:
    found = touch(identify({"token": token()}))
    assert found is not None
    event = json.loads(found.value)
    assert event["type"] == "contact.identified"
    assert event["data"] == {"visitor_id": VISITOR, "contact_id": "wa:6281394420117", "method": "token"}


@pytest.mark.parametrize(
    "bad",
    [
        None,
        7,
        "",
        "wa:6281394420117",
        token("another secret of the same length, about forty"),
        token(algorithm="HS512"),
        token(exp=int(time.time()) - 100),
        token(exp=int(time.time()) + 7_300),
        token(exp=None),
        token(sub=None),
        token(sub=""),
        token(sub="x" * 129),
        token(sub="\ud800"),
        jwt.encode({"sub": "x", "exp": int(time.time()) + 60}, "", "none"),
    ],
    # The tokens hold the time, and a test's name may not: the processes that share the tests compare them.
    ids=[
        *("nothing", "a number", "blank", "a bare id", "another secret", "another algorithm", "expired", "too long"),
        *("no end", "no subject", "a blank subject", "a long subject", "a lone surrogate", "no signature"),
    ],
)
def test_a_token_that_proves_nothing_ties_nobody(bad: Any) -> None:
    with pytest.raises(UnusableError, match="token: "):
        touch(identify({"token": bad, "contact_id": "wa:6281394420117"}, uid="wa:6281394420117"))


def test_a_key_without_a_secret_takes_no_token() -> None:
    with pytest.raises(UnusableError, match="identity_secret"):
        touch(identify({"token": token()}), PAGE.model_copy(update={"identity_secret": None}))


def test_a_token_that_is_kept_opens_nothing() -> None:
    left = without_signatures(json.dumps({"ue_pr": json.dumps({"token": token()})}).encode())
    assert token().rpartition(".")[0].encode() in left
    assert token().rpartition(".")[2].encode() not in left
