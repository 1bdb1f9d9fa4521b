#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Instructions of the core's operations, by size.

usage: micro.py [--build DIR] PROGRAM...

Each PROGRAM (test/bench/micro) runs under callgrind and dumps what it counted
as "WHAT|SIZE|TIMES". Instructions only: that a large table misses the
processor's caches does not show. Ends with status 1 where an operation grows
faster with its size than it may, or is above its line in test/bench/micro.list.
"""
import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from benchlib import callgrind, growth, history, tables  # noqa: E402

REFERENCE = ": memchr, each line"
PLAIN = ": memchr, not there"
WANTED = 3.0  # x REFERENCE, where there is nothing to do


def run(program, folder):
    """[(what, size, instructions of one)], in the order of the dumps"""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    subprocess.run(
        ["valgrind", "--quiet", "--tool=callgrind", "--instr-atstart=no",
         f"--callgrind-out-file={folder}/profile", program], check=True)
    paths = sorted(glob.glob(f"{folder}/profile.*"),
                   key=lambda path: int(path.rpartition(".")[2]))
    rows = []
    for path in paths:
        found = re.fullmatch(r"(.*)\|(\d+)\|(\d+)", callgrind.label(path) or "")
        if found:
            rows.append((found[1], int(found[2]),
                         callgrind.read_file(path).total() / int(found[3])))
    if not rows:
        raise RuntimeError(f"{program} has dumped nothing")
    return rows


def against(rows):
    """The same with the ratio to memchr() over the same octets, twice"""
    known = {row[0]: row[2] for row in rows}
    for what, size, n in rows:
        group = what.partition(":")[0]
        yield (what, size, n, *(n / known[group + ref]
                                if group + ref in known else None
                                for ref in (REFERENCE, PLAIN)))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=Path, default=HERE.parents[1] / "build")
    parser.add_argument("programs", nargs="+")
    args = parser.parse_args()
    rows = []
    for program in args.programs:
        folder = args.build.resolve() / "bench" / "run" / Path(program).name
        rows += against(run(program, str(folder)))
    print("\nInstructions of one operation:")
    print("\n".join(tables.table(
        ("operation", "size", "instructions", "x memchr, each line",
         "x memchr, once"), rows,
        ("{}", "{:,}", "{:,.1f}", "{:.2f}", "{:.2f}"))))
    limits = {" ".join(name): float(ratio) for ratio, *name
              in history.lines(HERE / "micro.list")}
    faults, told = growth.exceeded({row[0]: row[3] for row in rows if row[3]},
                                   limits, WANTED)
    faults += growth.faults([row[:3] for row in rows])
    print("\n" + "\n".join(told + faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
