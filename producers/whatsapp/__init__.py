"""WhatsApp Cloud API webhook bodies turned into events.

`read_bodies` finds the bodies in a file, `WhatsAppImport` makes events of each, `sample_files` names the sample
bodies that come with the package. Nothing here speaks to Kafka: what to do with the events is the caller's affair.
"""

from producers.whatsapp.bodies import Body, BrokenBody, read_bodies
from producers.whatsapp.events import Event
from producers.whatsapp.importer import WhatsAppImport
from producers.whatsapp.report import Report
from producers.whatsapp.samples import sample_files

__all__ = ["Body", "BrokenBody", "Event", "Report", "WhatsAppImport", "read_bodies", "sample_files"]
