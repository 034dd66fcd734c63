"""The webhook bodies of `tests/support/webhooks.py` are such as the importer takes."""

import json

from tests.support.webhooks import NUMBER, echoed, imported_text, message, received, types


def test_what_the_builders_build_is_imported_without_complaint() -> None:
    events, report = imported_text(json.dumps(received(message())) + "\n" + json.dumps(echoed(message(to=NUMBER))))
    assert types(events) == ["message.incoming", "contact.updated", "message.outgoing", "contact.updated"]
    assert report.broken == [] and report.skipped == {}
