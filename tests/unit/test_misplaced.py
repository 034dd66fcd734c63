"""A field that looks like attribution is found where nobody reads it, and nothing else is."""

import json
from typing import Any

import pytest

from schemas.misplaced import misplaced
from schemas.validation import validate


def found(kind: str = "web.page_view", **fields: Any) -> dict[str, str]:
    data = {"visitor_id": "v", "contact_id": "c", "url": "/", **fields}
    event = {"specversion": "1.0", "id": "e", "source": "/t", "type": kind, "time": "2026-01-01T00:00:00Z",
             "workspaceid": "w", "data": data}  # fmt: skip
    return dict(misplaced(validate(json.dumps(event).encode())))


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"campaign": {"utm_source": "fb"}}, {"data.campaign.utm_source": "data.campaign.source"}),
        ({"campaign": {"utm_campaign": "x"}}, {"data.campaign.utm_campaign": "data.campaign.name"}),
        ({"campaign": {"campaign": "x"}}, {"data.campaign.campaign": "data.campaign.name"}),
        ({"campaign": {"Source": "x"}}, {"data.campaign.Source": "data.campaign.source"}),
        ({"campaign": {"gclid": "x"}}, {"data.campaign.gclid": "data.click_ids.gclid"}),
        ({"utm_medium": "cpc"}, {"data.utm_medium": "data.campaign.medium"}),
        ({"utmMedium": "cpc"}, {"data.utmMedium": "data.campaign.medium"}),
        ({"fbclid": "x"}, {"data.fbclid": "data.click_ids.fbclid"}),
        ({"click_ids": {"GCLID": "x"}}, {"data.click_ids.GCLID": "data.click_ids.gclid"}),
        ({"click_ids": {"liFatId": "x"}}, {"data.click_ids.liFatId": "data.click_ids.li_fat_id"}),
        ({"click_ids": {"utm_term": "x"}}, {"data.click_ids.utm_term": "data.campaign.term"}),
    ],
)
def test_a_misplaced_field_is_found_with_its_place(fields: dict[str, Any], wanted: dict[str, str]) -> None:
    assert found(**fields) == wanted


def test_fields_in_their_places_and_other_unknown_ones_are_not_mentioned() -> None:
    campaign = {"source": "fb", "medium": "cpc", "name": "x", "term": "t", "content": "c", "budget": 5}
    click_ids = {"gclid": "x", "gad_source": "1", "ctwa_clid": "y"}
    assert found(campaign=campaign, click_ids=click_ids, source="web", name="Ana", experiment="b") == {}


def test_other_types_may_name_their_fields_as_they_like() -> None:
    assert found("ctwa.click", referral={"source_id": "1"}, utm_source="fb") == {}
