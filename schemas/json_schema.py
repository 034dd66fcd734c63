"""JSON Schema 2020-12 of whole events, one document per type, made from the pydantic models.

A schema accepts everything that `schemas.validation.validate` accepts, and refuses what JSON Schema can say of the
contract. It cannot say everything: NUL and lone surrogates, numbers beyond a double, the value's size, and to the
minute how far back and how far ahead `time` may be.
"""

from typing import Any, Final

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from schemas.catalogue import EventType
from schemas.envelope import event_model
from schemas.examples import EXAMPLES
from schemas.fields import EmptyIsAbsent

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REF_TEMPLATE = "#/$defs/{model}"


def _any_case(word: str) -> str:
    """A pattern for a word in any case: JSON Schema's regular expressions have no flag for that."""
    return "".join(f"[{letter.upper()}{letter}]" if letter.isalpha() else letter for letter in word)


#: Years that an instant from 2000 to 2299 can have at some offset, and the leap years of them (not 2300).
_YEAR = "(1999|2[0-2][0-9]{2}|2300)"
_LEAP_YEAR = "(2000|2[0-2](0[48]|[2468][048]|[13579][26]))"
_DAY_OF_YEAR = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
_HOUR, _SIXTY = "([01][0-9]|2[0-3])", "[0-5][0-9]"
#: JSON Schema's regular expressions are ECMAScript's, where `$` is the end. In others, Python's and Java's among them,
#: it matches before a last line break as well, and such a text is no match here.
_LINE_BREAK = "[\n\r\u0085\u2028\u2029]"
_ONE_LINE: Final[JsonSchemaValue] = {"not": {"type": "string", "pattern": _LINE_BREAK}}

#: What the models check in code, in JSON Schema's words, and a line for the reader.
_ATTRIBUTES: Final[dict[str, JsonSchemaValue]] = {
    "id": {"description": "Identifies the event together with source and workspaceid."},
    "source": {"description": "Where the event comes from, such as /whatsapp/106540352242922."},
    "time": {
        "description": "When it happened: RFC 3339 with an offset; truncated to the millisecond.",
        "pattern": rf"^({_YEAR}-{_DAY_OF_YEAR}|{_LEAP_YEAR}-02-29)[Tt]{_HOUR}:{_SIXTY}:({_SIXTY}|60)(\.[0-9]+)?"
        rf"([Zz]|[+-]{_HOUR}:{_SIXTY})$",
        **_ONE_LINE,
    },
    "workspaceid": {"description": "The tenant."},
    "sequence": {
        "description": "Orders events of equal time: a whole number from 0 to 2^63-1 or its decimal text; absent = 0.",
    },
    "datacontenttype": {
        "description": "Absent, or application/json with or without parameters.",
        "pattern": rf"^({_any_case('application')}/{_any_case('json')}[\t-\r ]*(;[\s\S]*)?)?$",
        "not": {"type": "string", "pattern": f"^{_LINE_BREAK}"},
    },
    "data_base64": {"description": "Not accepted: data is JSON."},
}


class _Generator(GenerateJsonSchema):
    """Pydantic's generator, without titles and defaults that only repeat a field's name and that it is optional."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        made = super().str_schema(schema)
        return made | _ONE_LINE if "pattern" in made else made

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        inner = self.generate_inner(schema["schema"])
        if isinstance(inner.get("type"), str) and not inner.keys() & {"enum", "const"}:
            return inner | {"type": [inner["type"], "null"]}
        return super().nullable_schema(schema)

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> JsonSchemaValue:
        inner = super().function_before_schema(schema)
        if schema["function"]["function"] is EmptyIsAbsent.func:
            return {"anyOf": [*inner["anyOf"], {"const": ""}]}
        return inner


def event_schema(event_type: EventType, *, ref_template: str = REF_TEMPLATE) -> dict[str, Any]:
    """The schema of a type's whole events, attributes and data.

    Arguments:
        event_type: the type.
        ref_template: where the definitions under `$defs` will stand, for a document that holds many schemas.
    """
    model = event_model(event_type)
    schema = model.model_json_schema(schema_generator=_Generator, ref_template=ref_template)
    properties = {name: kept | _ATTRIBUTES.get(name, {}) for name, kept in schema["properties"].items()}
    return {
        "title": event_type.name,
        "description": f"{model.__doc__} A CloudEvents 1.0 event in structured JSON mode.",
        "type": "object",
        "required": schema["required"],
        "properties": properties,
        "additionalProperties": True,
        "examples": [EXAMPLES[event_type.name]],
        "$defs": schema["$defs"],
    }


def json_schema(event_type: EventType) -> dict[str, Any]:
    """The JSON Schema 2020-12 document of one event type."""
    return {"$schema": DIALECT, "$id": f"urn:jejak:event:{event_type.name}", **event_schema(event_type)}
