"""``make drill``, or ``python -m tests.drills [NAMES] [--database …] [--seconds N] [--rate N] [--json FILE]``."""

import argparse
import sys
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.drills import report
from tests.drills.accounts import Accounts
from tests.drills.databases import POSTGRESQL, SQLITE, LeftOut
from tests.drills.drill import EACH, Result, run
from tests.drills.faults import KINDS
from tests.support.postgres import NoPostgres

SECONDS, RATE = 20, 40
LONGER = {"kill": 4.0}  # a kill every twenty seconds is more than often enough
AT_ONCE = 2  # most of a drill is waiting


def main() -> int:
    asked = _asked()
    began = time.monotonic()
    wanted = [(name, kind) for name in asked.names or KINDS for kind in asked.database]
    results: list[Result] = []
    with ProcessPoolExecutor(asked.at_once) as pool:
        order = (asked.seconds, asked.rate, asked.seed)
        running = [pool.submit(hold, name, database, *order) for name, database in wanted]
        for one in as_completed(running):
            results.append(one.result())
            _tell(results[-1])
    results.sort(key=lambda one: wanted.index((one.name, one.database)))
    print(
        f"\n{report.table(results)}\n\n{report.hands(results)}\n\n{time.monotonic() - began:.0f} s in all"
    )
    if asked.json:
        report.write(results, asked.json)
    return 1 if any(one.accounts.wrong for one in results) else 0


def hold(name: str, database: str, seconds: float, rate: float, seed: int) -> Result:
    """One drill in a process of its own; a drill that breaks off is a wrong one."""
    residents = round(seconds * LONGER.get(name, 1.0) * rate / EACH)
    try:
        return run(KINDS[name], database, residents=residents, rate=rate, seed=seed)
    except (LeftOut, NoPostgres) as why:
        return _nothing(name, database, left_out=str(why))
    except AssertionError as why:
        return _nothing(name, database, wrong=str(why))


def _nothing(name: str, database: str, *, left_out: str = "", wrong: str = "") -> Result:
    accounts = Accounts(wrong=[wrong] if wrong else [])
    return Result(name, database, accounts, 0, 0, {}, 0.0, 0.0, 0.0, left_out)


def _tell(one: Result) -> None:
    became = (
        f"left out: {one.left_out}" if one.left_out else "; ".join(one.accounts.wrong) or "good"
    )
    print(
        f"{one.name} on {one.database}: {became}\n{report.table([one])}\n{report.hands([one])}\n",
        flush=True,
    )


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.drills", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(KINDS))
    parser.add_argument("--database", action="append", choices=[SQLITE, POSTGRESQL])
    parser.add_argument("--seconds", type=float, default=SECONDS, help="of load in a drill")
    parser.add_argument("--rate", type=float, default=RATE, help="messages a second")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help="drills at once")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    asked = parser.parse_args()
    if unknown := [name for name in asked.names if name not in KINDS]:
        parser.error(f"no such drill: {', '.join(unknown)}; there are {', '.join(KINDS)}")
    asked.database = asked.database or [SQLITE, POSTGRESQL]
    return asked


if __name__ == "__main__":
    sys.exit(main())
