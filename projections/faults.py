"""What is wrong with ClickHouse, in one line that says what to do. No line shows a password or a row."""

import re

from clickhouse_connect.driver.exceptions import ClickHouseError

from projections.door import CONSTRAINT, SHUT

#: ClickHouse's error codes (src/Common/ErrorCodes.cpp) that mean something to do, and what.
_ADVICE = {
    60: "a table is missing; run `jejak migrate`, then `jejak rebuild`",
    81: "the database does not exist; run `jejak migrate`",
    16: "a column is missing; run `jejak migrate`, then `jejak rebuild`",
    164: "this user may only read; give JEJAK_CLICKHOUSE_URL a user that may write",
    192: "it refuses the user; check user and password in JEJAK_CLICKHOUSE_URL",
    193: "it refuses the user; check user and password in JEJAK_CLICKHOUSE_URL",
    194: "it refuses the user; check user and password in JEJAK_CLICKHOUSE_URL",
    516: "it refuses the user; check user and password in JEJAK_CLICKHOUSE_URL",
    497: "this user lacks a right; grant it",
    242: "a table is read-only; check Keeper and the replicas",
    243: "its disk is full; make room",
    241: "it is short of memory; check its limits and other queries",
    252: "it has too many parts; wait for merges, and check its disks",
    469: "no rows are accepted while a rebuild swaps tables or `jejak migrate` is not done; wait a moment",
    202: "it runs too many queries at once",
    159: "it takes too long; check its load",
    209: "it takes too long; check its load",
}
#: The exception's text is cut there: what follows can quote rows.
_MAX = 300


def explain_clickhouse(error: BaseException) -> str:
    """One line for a person.

    Arguments:
        error: what clickhouse-connect raised, or what came through it from below.
    """
    text = " ".join(str(error).split())
    if CONSTRAINT in text:
        return f"ClickHouse: {SHUT}"
    code = code_of(error)
    if code in _ADVICE:
        return f"ClickHouse: {_ADVICE[code]} (code {code}: {_exception_of(text)})"
    if (network := _network(text)) is not None:
        return f"ClickHouse cannot be reached{_at(text)}: {network}"
    if status := re.search(r"HTTP(?: driver received HTTP)? status (\d+)", text):
        return f"ClickHouse answers HTTP {status[1]}{_at(text)}; see its log, or the proxy's before it"
    if isinstance(error, ClickHouseError):
        return f"ClickHouse: {_exception_of(text)}"
    return f"ClickHouse: {type(error).__name__}: {text[:_MAX]}"


def code_of(error: BaseException) -> int | None:
    """ClickHouse's number for an error; None if it did not come from there."""
    found = re.search(r"[Cc]ode: (\d+)", str(error))
    return getattr(error, "code", None) or (int(found[1]) if found else None)


def _exception_of(text: str) -> str:
    """What the server said, without the client's words around it."""
    text = re.sub(r"^.*?DB::Exception: ", "", text)
    text = re.sub(r"\s*\(for url [^)]*\)|\s*\(version [^)]*(\([^)]*\))?\)", "", text)
    return text[:_MAX]


def _at(text: str) -> str:
    found = re.search(r"host='([^']+)', port=(\d+)|https?://(?:[^/@\s]*@)?([^/()\s?]+)", text)
    if not found:
        return ""
    return f" at {found[1]}:{found[2]}" if found[1] else f" at {found[3]}"


def _network(text: str) -> str | None:
    """The cause, where no answer came at all."""
    causes = (
        ("NameResolution|Name or service not known", "the host name is unknown; check JEJAK_CLICKHOUSE_URL"),
        ("CERTIFICATE_VERIFY_FAILED", "its certificate is not trusted; check JEJAK_CLICKHOUSE_CA_FILE"),
        ("SSLError|WRONG_VERSION_NUMBER", "TLS fails; check http or https in JEJAK_CLICKHOUSE_URL"),
        ("Connection refused", "nothing listens there; check JEJAK_CLICKHOUSE_URL and that it runs"),
        ("[Tt]imed? ?out", "no answer in time; check the address, the network and its load"),
        ("Connection (reset|aborted)|RemoteDisconnected|Connection broken|ProtocolError", "the connection was cut"),
        ("unreachable|No route", "there is no route to the host; check the address and the network"),
    )
    for pattern, cause in causes:
        if re.search(pattern, text):
            return cause
    return None
