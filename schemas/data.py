"""What every event's `data` object has in common."""

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator

from schemas.fields import Id


def _demand_any(schema: dict[str, Any], model: type["Data"]) -> None:
    """Say `require_any` in JSON Schema's words."""
    for names in model.require_any:
        one_of_them: list[Any] = [
            {"required": [name], "properties": {name: {"type": "string", "minLength": 1}}} for name in names
        ]
        schema["anyOf"] = one_of_them


class Data(BaseModel):
    """A type's own fields. Unknown ones are kept, never an error (contract, section 1).

    `require_any` lists groups of fields of which at least one must be present: a rule of the model that the
    generated gate and the JSON Schema obey as well.
    """

    model_config = ConfigDict(strict=True, extra="allow", frozen=True, json_schema_extra=_demand_any)

    require_any: ClassVar[tuple[tuple[str, ...], ...]] = ()

    @model_validator(mode="after")
    def _has_one_of_each_group(self) -> Self:
        for names in self.require_any:
            if not any(getattr(self, name) for name in names):
                raise ValueError(f"needs {' or '.join(names)}")
        return self


class ConversationData(Data):
    """`data` of the types marked C in the contract: they name a contact and a conversation."""

    contact_id: Id
    conversation_id: Id
