"""What the simulated people write: sentences of a coffee shop in Indonesian, and answers that fit the questions."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from producers.simulator import Record, Scenario, simulate, simulation
from producers.simulator.dice import Dice
from producers.simulator.texts.facts import Facts, print_letterhead
from producers.simulator.texts.names import corrected, full_name
from producers.simulator.texts.products import PRODUCTS, rupiah
from producers.simulator.texts.spelling import Style
from producers.simulator.texts.talk import Talk
from producers.simulator.texts.topics import MEDIA, OPENINGS, OPENINGS_OF_CUSTOMERS, PATHS, TOPICS, Exchange

MESSAGES = ("message.incoming", "message.outgoing", "agent.ai_response")
CHAT_SPELLINGS = {"yg", "gak", "ga", "udah", "aja", "kalo", "gimana", "bgt", "tdk", "sdh", "brp", "klo", "dlu"}
ONE_SIDED = {"susul": "the shop reminds", "mulai": "the shop begins"}
Data = dict[str, Any]


@pytest.fixture(scope="module")
def records() -> list[Record]:
    return list(simulate(Scenario(contacts=800, seed=2)))


@pytest.fixture(scope="module")
def sessions(records: list[Record]) -> dict[str, list[tuple[str, Data]]]:
    """By session, what was said, by whom, and what else happened to the conversation meanwhile."""
    found = defaultdict[str, list[tuple[str, Data]]](list)
    running: dict[str, str] = {}
    for record in records:
        data = msgspec.json.decode(record.value)["data"]
        if record.type == "session.started":
            running[data["conversation_id"]] = data["session_id"]
        if record.type in MESSAGES:
            found[data["session_id"]].append((record.type, data))
        elif record.type == "pipeline.changed":
            found[running[data["conversation_id"]]].append((record.type, data))
    return found


def exchanges() -> Iterator[Exchange]:
    for topic in TOPICS.values():
        yield from topic.exchanges


def facts(text: str, style: Style = Style.CAREFUL) -> Facts:
    dice = Dice(text)
    return Facts(dice, print_letterhead(dice, "Kopi Nusantara"), style)


def test_a_simulation_uses_more_than_10_000_word_forms_by_zipfs_law() -> None:
    """As many events as the benchmarks append; figures and order numbers are not counted."""
    counts = Counter[str]()
    for record in simulate(Scenario(contacts=13_000)):
        if record.type in MESSAGES:
            text = msgspec.json.decode(record.value)["data"].get("text", "")
            counts.update(re.findall(r"[^\W\d_]+", text.lower()))
    assert len(counts) > 10_000
    ranked = [count for _, count in counts.most_common(2_000)]
    assert ranked[0] > 5 * ranked[50] > 20 * ranked[1_000]


def test_every_question_has_answers_of_a_human_and_of_the_ai() -> None:
    for exchange in exchanges():
        assert all(exchange.answers.values()), exchange.questions
        assert exchange.questions or exchange.topic.name in ONE_SIDED


def test_every_slot_of_every_line_can_be_filled() -> None:
    for exchange in exchanges():
        for way in (*exchange.ways_by_staff, *exchange.ways_by_ai):
            assert "%" not in (way % facts(way)).replace("10%", "").replace("15%", "").replace("5%", "")
    for topic in TOPICS.values():
        for style, ways in enumerate(topic.questions):
            for way, _ in ways:
                assert "{" not in way % facts(way, Style(style))


def test_what_follows_a_topic_is_a_topic() -> None:
    named = {name for topic in TOPICS.values() for name in topic.follow_ups}
    assert named | {*OPENINGS, *OPENINGS_OF_CUSTOMERS, *MEDIA} <= set(TOPICS)
    assert {name for path in PATHS.values() for name in path} <= set(TOPICS)


def test_an_answer_is_of_the_exchange_that_the_question_began() -> None:
    for number in range(300):
        talk = Talk(facts(f"talk {number}"), known_customer=bool(number % 2))
        talk.steer("", 6)
        for left in range(6, 0, -1):
            talk.ask(left, "text", 0)
            fitting = talk._exchange.ways_by_ai
            answer = talk.answer(by_ai=True)
            assert any(answer.endswith(way % talk.facts) for way in fitting)


def test_the_price_that_is_told_is_the_products(sessions: dict[str, list[tuple[str, Data]]]) -> None:
    texts = [data.get("text", "") for said in sessions.values() for _, data in said]
    told = [re.search(r"Harga (.+) saat ini (Rp [\d.]+)\.", text) for text in texts]
    prices = [(found[1], found[2]) for found in told if found]
    assert len(prices) > 20
    assert all(rupiah(PRODUCTS[name].price) == price for name, price in prices)


def test_a_purchase_follows_an_order_and_its_payment(
    records: list[Record], sessions: dict[str, list[tuple[str, Data]]]
) -> None:
    defined = [msgspec.json.decode(item.value)["data"] for item in records if item.type == "pipeline_status.defined"]
    purchase = {item["status_id"] for item in defined if item["name"].startswith(("Purchase", "Repurchase"))}
    moves, paid = 0, 0
    for said in sessions.values():
        talked = ""
        for kind, data in said:
            if kind == "pipeline.changed" and data["to_status_id"] in purchase:
                moves += 1
                paid += all(re.search(sign, talked) for sign in (r"Rp [\d.]+", "BCA|Mandiri|BRI|BNI|BSI", r"KN-\d{5}"))
            talked += data.get("text", "")
    assert moves > 150
    assert paid / moves > 0.9  # the others step down, from a repeated purchase to the first


def test_the_ai_writes_whole_sentences_and_people_as_in_a_chat(sessions: dict[str, list[tuple[str, Data]]]) -> None:
    said = [(kind, data) for session in sessions.values() for kind, data in session if data.get("text")]
    ai = [data["text"] for kind, data in said if kind == "agent.ai_response" or data.get("sender") == "ai"]
    humans = [data["text"] for _, data in said if data.get("sender") == "human"]
    customers = [data["text"] for kind, data in said if kind == "message.incoming"]

    def chatty(texts: list[str]) -> float:
        return sum(not CHAT_SPELLINGS.isdisjoint(re.findall(r"\w+", text.lower())) for text in texts) / len(texts)

    assert chatty(ai) == 0
    assert all(text[0].isupper() or text[0].isdigit() for text in ai)
    assert 0.03 < chatty(humans) < chatty(customers) < 0.6


def test_a_click_on_an_ad_leads_to_a_question_about_its_product(
    sessions: dict[str, list[tuple[str, Data]]],
) -> None:
    first = [data for said in sessions.values() for _, data in said if "referral" in data]
    asked = [data for data in first if not re.search(r"Sudah coba|siap kirim", data["referral"]["headline"])]
    named = sum(any(name in data["referral"]["headline"] for name in PRODUCTS) for data in asked)
    assert named == len(asked) > 50
    assert all(data["message_type"] == "text" and data["text"] for data in first)


def test_another_wording_never_moves_an_event(monkeypatch: pytest.MonkeyPatch) -> None:
    def shape() -> list[tuple[Any, ...]]:
        return [(record.time, record.type, record.key) for record in simulate(Scenario(contacts=60, seed=4))]

    before = shape()
    monkeypatch.setattr(simulation, "Dice", lambda seed: Dice(seed.replace("/texts", "/other texts")))
    assert shape() == before


def test_a_corrected_name_is_still_the_same_persons() -> None:
    dice = Dice("names")
    names = [full_name(dice) for _ in range(500)]
    assert len(set(names)) > 400
    assert all(corrected(dice, name).split()[0] == name.split()[0] for name in names)
    assert all(corrected(dice, name) != name for name in names)
