"""python -m bench [NAME ...]: run the benchmarks, all of them or those named."""

from __future__ import annotations

import argparse
import importlib
import platform
import sys

NAMES = (
    "load",
    "throughput",
    "sharing",
    "runtimes",
    "store",
    "relabel",
    "unchanged",
    "memory",
    "pace",
    "validate",
    "evaluate",
    "accuracy",
    "transforms",
    "novelty",
    "rejection",
    "calibration",
    "recipes",
    "second",
    "tuned",
    "exact",
    "copies",
    "service",
    "scale",
)


def main() -> int:
    """Run what was asked for; 1 where a ratio misses its target."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(NAMES)} (default: all)")
    names = parser.parse_args().names or NAMES
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        parser.error(f"unknown benchmark {unknown[0]}: choose from {', '.join(NAMES)}")
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    missed = False
    for name in names:
        module = importlib.import_module(f"bench.{name}")
        for result in module.run():
            print(result, flush=True)
            missed = missed or not result.reached
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
