"""What the sources file may hold: the tables `page`, `service` and `whatsapp`, each any number of times.

A wrong name or value is an error that names the place and never quotes the value, because it may be a secret.
"""

import tomllib
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from producers.http.origins import checked_origin
from schemas.catalogue import BY_NAME
from schemas.constants import MAX_ID_LENGTH

#: In `types`: every type of the catalogue.
ALL_TYPES = "*"


class SourcesError(Exception):
    """The sources file cannot be used; the message says where and why, without a value."""


def _known_type(name: str) -> str:
    if name != ALL_TYPES and name not in BY_NAME:
        raise ValueError("no event type of the contract")
    return name


Workspace = Annotated[str, Field(min_length=1, max_length=MAX_ID_LENGTH, pattern=r"^[^\x00/]+$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
EventTypeName = Annotated[str, AfterValidator(_known_type)]
Origin = Annotated[str, AfterValidator(checked_origin)]


class _Source(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, hide_input_in_errors=True)

    workspace: Workspace


class Page(_Source):
    """The public key of a web page (`/t/{key}`)."""

    key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    #: Whose pages may use the key, such as `https://shop.example`; the port may be `*`.
    origins: Annotated[list[Origin], Field(min_length=1)]
    #: Signs the tokens that tie a visitor to a contact (`data-identity`); without one, no token is accepted.
    identity_secret: Annotated[SecretStr, Field(min_length=32)] | None = None
    #: Events a second that the key may send in the long run.
    events_per_second: Annotated[float, Field(gt=0, strict=False)] = 200.0
    #: Whether automated browsers and HTTP libraries count as visitors, as the tests of a shop's own pages need.
    automation: bool = False


class Service(_Source):
    """The secret key of a service (`/events`)."""

    name: Annotated[str, Field(min_length=1, max_length=MAX_ID_LENGTH)]
    key_sha256: Sha256
    #: The event types that it may send; `*` for all.
    types: Annotated[list[EventTypeName], Field(min_length=1)]
    #: Events a second that it may send in the long run; none for any number.
    events_per_second: Annotated[float, Field(gt=0, strict=False)] | None = None

    def may_send(self, event_type: str) -> bool:
        """Whether the key is for this event type."""
        return ALL_TYPES in self.types or event_type in self.types


class WhatsApp(_Source):
    """An app of Meta's whose webhook leads here (`/whatsapp/{workspace}`)."""

    #: Signs each body.
    app_secret: Annotated[SecretStr, Field(min_length=16)]
    verify_token_sha256: Sha256


class Sources(BaseModel):
    """The whole file."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    page: list[Page] = []
    service: list[Service] = []
    whatsapp: list[WhatsApp] = []


def parsed_sources(content: bytes) -> Sources:
    """Read a sources file.

    Raises:
        SourcesError: it is no TOML, or holds something that it may not.
    """
    try:
        tables: dict[str, Any] = tomllib.loads(content.decode())
        sources = Sources.model_validate(tables)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        told = "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in problems)
        raise SourcesError(told) from None
    except ValueError as error:
        raise SourcesError(f"not TOML: {error}") from None
    keys = [page.key for page in sources.page] + [service.key_sha256 for service in sources.service]
    if len(set(keys)) < len(keys):
        raise SourcesError("a key is there twice")
    return sources
