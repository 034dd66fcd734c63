"""Certificates for tests, made when they run: nothing secret lies in the repository, and nothing runs out."""

from dataclasses import dataclass
from pathlib import Path

import trustme
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key


@dataclass(frozen=True)
class Certificate:
    """A certificate and its key, as PEM files.

    Attributes:
        chain: the certificate.
        key: its private key in PKCS #8, the only form that Kafka takes.
        both: key and certificate in one file, Kafka's `ssl.keystore.location`.
    """

    chain: Path
    key: Path
    both: Path


class Authority:
    """A certificate authority that exists for one test.

    Attributes:
        file: its own certificate; who trusts this file trusts what the authority issues.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._authority = trustme.CA(organization_name=name)
        self.file = directory / f"{name}-ca.pem"
        self._authority.cert_pem.write_to_path(self.file)

    def issue(self, name: str, *hosts: str) -> Certificate:
        """A certificate for a server at these hosts, or, without any, for a client of this name."""
        # Java refuses a certificate with an empty list of names.
        issued = self._authority.issue_cert(*(hosts or (f"{name}.client.test",)), common_name=name)
        made = Certificate(*(self._directory / f"{name}{ending}.pem" for ending in ("", "-key", "-both")))
        chain = b"".join(part.bytes() for part in issued.cert_chain_pems)
        key = load_pem_private_key(issued.private_key_pem.bytes(), None).private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        made.chain.write_bytes(chain)
        made.key.write_bytes(key)
        made.both.write_bytes(key + chain)
        return made
