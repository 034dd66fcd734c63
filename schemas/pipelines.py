"""Topics `journey.pipelines` and `journey.pipeline-statuses`: where a conversation stands, and what can be stood on."""

from schemas.data import ConversationData, Data
from schemas.fields import Color, Id, OptionalId, OptionalText, Position, Text


class PipelineChanged(ConversationData):
    """A conversation moved. `to_status_id` null takes it off the pipeline; the field must be present."""

    to_status_id: Id | None
    from_status_id: OptionalId = None
    changed_by: OptionalText = None


class StatusDefined(Data):
    """The full state of a pipeline status, each time it is created, renamed, recoloured, reordered or restored."""

    status_id: Id
    name: Text
    color: Color
    position: Position


class StatusDeleted(Data):
    """A pipeline status was deleted; conversations keep it until they are moved."""

    status_id: Id
