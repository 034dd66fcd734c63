"""Looking a source up by what a request brings: a key in the path, a bearer key, a workspace."""

from collections import defaultdict

from producers.http.sources.keys import hashed
from producers.http.sources.model import Page, Service, Sources, WhatsApp


class Lookup:
    """The sources of one version of the file, ready to be asked."""

    def __init__(self, sources: Sources) -> None:
        self._pages = {page.key: page for page in sources.page}
        self._services = {service.key_sha256: service for service in sources.service}
        self._whatsapp: dict[str, list[WhatsApp]] = defaultdict(list)
        for app in sources.whatsapp:
            self._whatsapp[app.workspace].append(app)

    def page(self, key: str) -> Page | None:
        """The page with this public key."""
        return self._pages.get(key)

    def service(self, secret: str) -> Service | None:
        """The service with this secret key. It is looked up by its hash, so the time tells nothing of the key."""
        return self._services.get(hashed(secret))

    def whatsapp(self, workspace: str) -> list[WhatsApp]:
        """The WhatsApp apps of a workspace."""
        return self._whatsapp.get(workspace, [])
