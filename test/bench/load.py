#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Calls per second that one worker can do, without valgrind.

usage: load.py [--build DIR] [--rounds N] [--crowd N] [--turns N]

Each variant's Kamailio runs all the time, and they take turns: one round is
TURNS times CROWD calls at once for each, so that what else the machine does
meets all of them. The worker's queue is never empty within a step of the
crowd's calls. What counts is the time that the worker spent on a processor, in
user space and in the kernel: calls per second are one over it. The result is
the median of the rounds' ratios to the bare proxy in the same round.
"""
import argparse
import os
import re
import statistics
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scenarios")]

from bench import has_manage  # noqa: E402
from benchlib import history, tables  # noqa: E402
from benchlib.phones import Lost, Pair  # noqa: E402
from benchlib.server import NotRight, Server  # noqa: E402
from benchlib.variants import variants  # noqa: E402
from sipharness import netns  # noqa: E402


class Running:
    """One variant's Kamailio and phones, in a namespace of their own"""

    def __init__(self, variant, folder, manager):
        self.variant = variant
        self.space = netns.Netns()
        self.space.enter()
        try:
            self.server = Server(os.path.join(folder, variant.name),
                                 variant.cfg, variant.defines, manager,
                                 valgrind=False, shm=512)
            self.pair = Pair(variant.ue6)
        finally:
            self.space.leave()
        rows = self.server.ctl.ask("core.psx")
        self.worker = re.search(r"PID: (\d+)\s+DSC: udp receiver", rows)[1]

    def on_processor(self):
        """ns so far (proc(5), schedstat)"""
        with open(f"/proc/{self.worker}/schedstat", encoding="ascii") as f:
            return int(f.read().split()[0])

    def round(self, turns, crowd):
        """ns per call"""
        start = self.on_processor()
        for _ in range(turns):
            self.pair.crowd(crowd)
        return (self.on_processor() - start) / (turns * crowd)

    def stop(self):
        pair = getattr(self, "pair", None)
        if pair:
            pair.close()
        self.server.stop()
        self.space.close()
        self.server.judge()


def play(args, wanted):
    """{name: [ns per call of each round]}"""
    folder = str(args.build / "bench" / "run" / "load")
    running, spent = [], {v.name: [] for v in wanted}
    try:
        for variant in wanted:
            running.append(Running(variant, folder, args.manager))
        for number in range(args.rounds + 1):
            # there and back, so that no variant is always behind the same one
            for one in running if number % 2 else reversed(running):
                ns = one.round(args.turns, args.crowd)
                if number:  # the first round warms up
                    spent[one.variant.name].append(ns)
    finally:
        for one in running:
            one.stop()
    return spent


def rows_of(wanted, spent, manager):
    for v in wanted:
        ratios = [bare / ns for ns, bare in zip(spent[v.name], spent[v.base])]
        ns = statistics.median(spent[v.name])
        yield {"manager": manager, "name": v.name, "what": v.what,
               "per_second": 1e9 / ns, "ratio": statistics.median(ratios),
               "low": min(ratios), "high": max(ratios)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=Path, default=HERE.parents[1] / "build")
    parser.add_argument("--manager", default="fm")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--turns", type=int, default=20)
    parser.add_argument("--crowd", type=int, default=50)
    args = parser.parse_args()
    args.build = args.build.resolve()
    os.environ.setdefault("N64_MODULE_DIR", str(args.build))
    if os.geteuid():
        netns.become_root_of_own_user_namespace()
    wanted = variants(has_manage(args.build / "nat64sip.so"))
    try:
        rows = list(rows_of(wanted, play(args, wanted), args.manager))
    except (NotRight, Lost) as e:
        print(e, file=sys.stderr)
        return 1
    print("\nCalls per second of one worker, as a ratio to the bare proxy "
          "(wanted for nat64: at least 0.97):")
    print("\n".join(tables.table(
        ("variant", "", "calls/s", "ratio", "lowest", "highest"),
        [(r["name"], r["what"], r["per_second"], r["ratio"], r["low"],
          r["high"]) for r in rows],
        ("{}", "{}", "{:,.0f}", "{:.3f}", "{:.3f}", "{:.3f}"))))
    history.History(args.build / "bench" / "history", "load").add(rows, {})
    return 0


if __name__ == "__main__":
    sys.exit(main())
