"""``make bench``: how fast it is, each figure beside its floor, measured in the same run.

``python -m tests.bench [PART ...] [--json FILE]`` measures the parts named, else all, prints a table (medians on the
clock and of the processor, of ours and of the floor, and their ratios) and writes it as JSON.
"""

import argparse
import json
import os
import platform
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from tests.bench_engine import engine
from tests.bench_exports import exports
from tests.bench_pages import pages
from tests.bench_search import searches
from tests.bench_service import commits, paces, ways
from tests.bench_starting import starting
from tests.bench_table import Table
from tests.bench_webhook import grown, webhook

PARTS: dict[str, Callable[[Table], None]] = {
    "engine": engine,
    "webhook": webhook,
    "grown": grown,
    "commits": commits,
    "paced": paces,
    "way": ways,
    "starting": starting,
    "search": searches,
    "exports": exports,
    "pages": pages,
}


def machine() -> dict[str, str | int | None]:
    """Where it was measured, and when."""
    when = datetime.now(UTC).isoformat(timespec="minutes")
    known = {"system": platform.platform(), "python": platform.python_version()}
    return known | {"cores": os.cpu_count(), "when": when}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument(
        "parts", nargs="*", choices=[*PARTS, []], metavar="PART", help=", ".join(PARTS)
    )
    parser.add_argument("--json", type=Path, default=Path("bench.json"), metavar="FILE")
    wanted = parser.parse_args()
    table = Table()
    for name in wanted.parts or PARTS:
        PARTS[name](table)
        told = {"machine": machine(), "rows": table.plain()}
        wanted.json.write_text(
            json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    print(f"\nWritten to {wanted.json}, in seconds.")


if __name__ == "__main__":
    main()
