"""The rules for web events, each for itself: the browser's clock, forms, submit buttons, bots (contract, section 8)."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producers.http.tracker.bots import is_bot
from producers.http.tracker.clicks import Submits
from producers.http.tracker.clock import instant_ms
from producers.http.tracker.forms import traits_of

HOUR = 3_600_000


class TestClock:
    """When a web event happened."""

    @given(
        made_ms=st.integers(1_700_000_000_000, 1_800_000_000_000),
        hours=st.integers(-48, 48),
        off_ms=st.integers(-HOUR // 2 + 60_000, HOUR // 2 - 60_000),
        waits=st.lists(st.integers(0, 50_000), min_size=2, max_size=5),
    )
    def test_a_retry_keeps_the_time(self, made_ms: int, hours: int, off_ms: int, waits: list[int]) -> None:
        """Whatever the clock's error, unless it is half an hour off, and the moment is not yet in our future."""
        behind = hours * HOUR + off_ms
        at = 60_000 + HOUR
        times = {
            instant_ms(str(made_ms - behind), str(made_ms - behind + at + wait), made_ms + at + wait) for wait in waits
        }
        assert len(times) == 1

    @given(st.integers(0, 2**42), st.integers(0, 2**42), st.integers(0, 2**42))
    def test_nothing_happens_after_it_was_received(self, made_ms: int, sent_ms: int, received_ms: int) -> None:
        assert instant_ms(str(made_ms), str(sent_ms), received_ms) <= received_ms

    def test_a_clock_in_another_zone_is_put_right(self) -> None:
        assert instant_ms(str(7 * HOUR + 5), str(7 * HOUR + 10), 60 * HOUR + 30) == 60 * HOUR + 5

    def test_a_clock_that_is_a_quarter_of_an_hour_off_is_left_alone(self) -> None:
        behind = HOUR // 4
        assert instant_ms(str(10 * HOUR - behind), str(10 * HOUR - behind), 10 * HOUR) == 10 * HOUR - behind

    def test_without_the_time_of_sending_the_browser_is_believed(self) -> None:
        assert instant_ms("1000", None, 60 * HOUR) == 1000


class TestForms:
    """What is kept of a form."""

    @pytest.mark.parametrize(
        ("field", "kept"),
        [
            ({"name": "nama", "type": "text"}, "name"),
            ({"name": "Nama Lengkap", "type": "text"}, "name"),
            ({"name": "your-name", "type": "text"}, "name"),
            ({"name": "contact[full_name]", "type": "text"}, "name"),
            ({"name": "card_name", "type": "text"}, None),
            ({"name": "username", "type": "text"}, None),
            ({"name": "company_name", "type": "text"}, None),
            ({"name": "name", "type": "hidden"}, None),
            ({"name": "name", "type": "password"}, None),
        ],
    )
    def test_a_name_is_told_by_the_whole_of_its_fields_name(self, field: dict[str, str], kept: str | None) -> None:
        found = traits_of([{"nodeName": "INPUT", "value": "Rina", **field}])
        assert found == ({kept: "Rina"} if kept else {})

    def test_first_and_last_name_are_one_name(self) -> None:
        fields = [{"name": "first_name", "value": "Rina"}, {"name": "last_name", "value": "Wulandari"}]
        assert traits_of(fields) == {"name": "Rina Wulandari"}

    def test_an_address_is_told_by_the_type_of_its_field(self) -> None:
        assert traits_of([{"name": "x1", "type": "email", "value": " a@b.co "}]) == {"email": "a@b.co"}

    def test_what_is_no_address_and_no_number_is_not_kept(self) -> None:
        fields = [{"name": "email", "value": "later"}, {"name": "hp", "type": "tel", "value": "call my sister"}]
        assert traits_of(fields) == {}

    @pytest.mark.parametrize("elements", [None, {}, "x", [1, None, {}], [{"name": 1, "value": "x"}]])
    def test_a_form_of_another_shape_says_nothing(self, elements: Any) -> None:
        assert traits_of(elements) == {}

    @given(st.lists(st.fixed_dictionaries({"name": st.text(), "value": st.text(), "type": st.text()})))
    def test_never_more_than_three_things_are_kept(self, fields: list[dict[str, str]]) -> None:
        assert traits_of(fields).keys() <= {"name", "email", "phone"}


class TestSubmitButtons:
    """A click that sends a form is left out where both are in one request."""

    def test_the_last_click_shortly_before_a_form_sent_it(self) -> None:
        submits = Submits()
        submits.click("v", 100, 0)
        submits.click("v", 900, 1)
        submits.click("other", 950, 2)
        submits.form("v", 903)
        assert submits.clicks() == {1}

    def test_two_forms_are_sent_by_two_clicks(self) -> None:
        submits = Submits()
        submits.click("v", 100, 0)
        submits.click("v", 300, 1)
        submits.form("v", 103)
        submits.form("v", 303)
        assert submits.clicks() == {0, 1}

    def test_a_click_long_before_or_behind_a_form_stays(self) -> None:
        submits = Submits()
        submits.click("v", 0, 0)
        submits.click("v", 5_001, 1)
        submits.form("v", 5_000)
        assert submits.clicks() == set()


@pytest.mark.parametrize(
    ("user_agent", "visitor", "automated"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/147.0.0.0 Safari/537.36", True, True),
        ("", True, True),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", False, False),
        ("Mozilla/5.0 AppleWebKit/537.36 HeadlessChrome/147.0.7727.0 Safari/537.36", False, True),
        ("python-requests/2.32", False, True),
        ("Mozilla/5.0 HeadlessChrome/147.0 (compatible; AhrefsBot/7.0)", False, False),
    ],
)
def test_bots_are_no_visitors(user_agent: str, visitor: bool, automated: bool) -> None:
    assert is_bot(user_agent, automation=False) is not visitor
    assert is_bot(user_agent, automation=True) is not automated
