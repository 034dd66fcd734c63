"""Snippets are put in their places, with what they are given, and a wrong use is an error when the text is rendered."""

import pytest

from projections.snippets import UnknownSnippetError, render
from schemas.catalogue import CATALOGUE


def test_a_word_of_the_catalogue_stands_for_its_text() -> None:
    assert render("type IN ({{ types }}), {{ types }}", {"types": "'a', 'b'"}) == "type IN ('a', 'b'), 'a', 'b'"


def test_a_snippet_is_given_its_arguments() -> None:
    wanted = "if(roots.root_id != '', roots.root_id, substring(facts.entity, 2)) AS contact_id"
    assert render("{{ resolved substring(facts.entity, 2) }} AS contact_id", {}) == wanted


def test_a_snippet_in_a_snippet_is_put_in_its_place_too() -> None:
    assert render("{{ instant v }}", {}) == "fromUnixTimestamp64Milli(toInt64(bitShiftRight(v, 192)), 'UTC')"


def test_the_lines_of_a_snippet_are_indented_as_its_place() -> None:
    lines = render("SELECT\n    {{ origin version; at }} AS origin", {}).splitlines()
    assert lines[1] == "    if("
    assert lines[2].startswith("        version > 0")
    assert lines[-1] == "    ) AS origin"


def test_parameters_of_a_query_are_left_alone() -> None:
    assert render("id = {id:String} AND {{ milliseconds {v:UInt256} }}", {}) == (
        "id = {id:String} AND bitShiftRight({v:UInt256}, 192)"
    )


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{{ nothing_of_that_name }}", "there is no snippet nothing_of_that_name"),
        ("{{ resolved }}", r"snippet resolved has the places \[1\] and is given 0"),
        ("{{ resolved a; b }}", r"snippet resolved has the places \[1\] and is given 2"),
    ],
)
def test_a_wrong_use_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(UnknownSnippetError, match=complaint):
        render(text, {})


def test_a_third_field_is_one_that_the_journey_reads() -> None:
    """`journey.sql` spells these two out, because each expression in it costs every lookup."""
    assert {item.name: item.actor[2:] for item in CATALOGUE if item.actor[2:]} == {"message.outgoing": ("sender",)}
    assert {item.name: item.summary[2:] for item in CATALOGUE if item.summary[2:]} == {"ctwa.click": ("source_url",)}
