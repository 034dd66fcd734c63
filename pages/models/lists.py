"""A page of a list."""

from typing import Generic, TypeVar

from pydantic import BaseModel, Field

Item = TypeVar("Item")


class Items(BaseModel, Generic[Item]):
    """Items of a list, and where it goes on."""

    items: list[Item]
    next: str | None = Field(None, description="The cursor of the next page, null at the end")
