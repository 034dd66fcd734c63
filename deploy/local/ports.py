"""Ports of the embedded stack: given ones are checked before anything starts, 0 means a free one."""

import errno
import socket

from deploy.local.errors import StackError


def claim(port: int, owner: str, option: str) -> int:
    """Check that a port of the loopback address is free, or find one.

    Arguments:
        port: the wanted port; 0 for any.
        owner: who will listen there, for the message.
        option: the option that sets another one, for the message.

    Returns:
        The port. It is free now; the one who listens there has to be quick.

    Raises:
        StackError: the port is taken, or not to be had.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            reason = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be used ({error.strerror})"
            raise StackError(f"port {port} for {owner} {reason}; choose another with {option}, 0 for any") from None
        return int(probe.getsockname()[1])
