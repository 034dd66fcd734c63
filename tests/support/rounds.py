"""How long the fault tests go on: `JEJAK_TEST_FAULT_ROUNDS`, 1 in `make test`, 20 in `make test-faults`."""

import os

ROUNDS = int(os.environ.get("JEJAK_TEST_FAULT_ROUNDS", "1"))
#: Whether there is time for what takes minutes.
LONG = ROUNDS >= 20
