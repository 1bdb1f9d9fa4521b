#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Instructions per call: what nat64sip adds to a bare proxy.

usage: bench.py [--build DIR] [--calls N] [--managers fm,qm] [--only NAME,...]

Each variant of test/bench/cfg runs in a real Kamailio under callgrind, once
with some calls and once with N more; the difference counts. Instructions are
those of valgrind's, in user space; the clock plays no part. Ends with status 1
where a variant does not write what it must, and where a ratio is above its
line in test/bench/ratchet.list.
"""
import argparse
import concurrent.futures
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scenarios")]

from benchlib import history, tables  # noqa: E402
from benchlib.measure import measure  # noqa: E402
from benchlib.phones import Lost  # noqa: E402
from benchlib.server import NotRight  # noqa: E402
from benchlib.variants import differences, variants  # noqa: E402
from sipharness import netns  # noqa: E402

WARM = 100  # calls before those that count
PROFILED = (("nat64", "bare", "(b) less (a)"), ("ipv4", "bare-ipv4",
                                               "(d) less (a)"))


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=Path, default=HERE.parents[1] / "build")
    parser.add_argument("--calls", type=int, default=500)
    parser.add_argument("--managers", default="fm,qm")
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--functions", type=int, default=25)
    args = parser.parse_args()
    args.build = args.build.resolve()
    args.managers = args.managers.split(",")
    return args


def chosen(args, manage):
    """Those asked for, and those that they are compared with"""
    every = {v.name: v for v in variants(manage)}
    names = [name for name in args.only.split(",") if name] or list(every)
    for name in list(names):
        names += [n for n in (every[name].base, every[name].same_as) if n]
    return [v for v in every.values() if v.name in names]


def measure_all(args, wanted):
    """{(manager, name): Measured}"""
    folder = str(args.build / "bench" / "run")
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        jobs = {(m, v.name): pool.submit(measure, v, folder, WARM, args.calls, m)
                for m in args.managers for v in wanted}
        return {key: job.result() for key, job in jobs.items()}


def rows_of(args, wanted, found, before):
    """What the table and the history have of each variant"""
    for manager in args.managers:
        for v in wanted:
            m = found[manager, v.name]
            private, shared = tables.allocations(m.whole, manager, args.calls)
            yield {"manager": manager, "name": v.name, "what": v.what,
                   "instructions": m.per_call(),
                   "worker": m.per_call("worker"),
                   "ratio": tables.ratio(m.per_call(),
                                         found[manager, v.base].per_call()),
                   "private": private, "shared": shared,
                   "before": before.get((manager, v.name))}


def print_calls(rows):
    head = ("manager", "variant", "", "instructions", "ratio", "last time",
            "worker", "timers", "pkg allocs", "shm allocs")
    body = [(r["manager"], r["name"], r["what"], r["instructions"], r["ratio"],
             r["before"], r["worker"], r["instructions"] - r["worker"],
             r["private"], r["shared"]) for r in rows]
    formats = ("{}", "{}", "{}", "{:,.0f}", "{:.3f}", "{:.3f}", "{:,.0f}",
               "{:,.0f}", "{:.1f}", "{:.1f}")
    print("\nPer call (INVITE 100 180 200 ACK BYE 200, UDP, one worker):")
    print("\n".join(tables.table(head, body, formats)))
    print("\n" + "\n".join(tables.wanted(rows)))


def print_profile(args, found, manager):
    for name, base, title in PROFILED:
        if (manager, name) not in found:
            continue
        with_module, bare = found[manager, name], found[manager, base]
        more = with_module.per_call() - bare.per_call()
        print(f"\nWhere {more:,.0f} instructions per call go, {title}, "
              f"{manager}:")
        print("\n".join(tables.table(
            ("part", "instructions", "of the call"),
            [(part, n, n / with_module.per_call())
             for part, n in tables.shares(with_module, bare)],
            ("{}", "{:,.0f}", "{:.2%}"))))
        looks, cost = tables.look_ups(with_module)
        print(f"The flow cache is asked {looks:.1f} times per call, "
              f"{cost:,.0f} instructions each: "
              f"{looks * cost / with_module.per_call():.2%} of the call.")
        print(f"\nThe module's functions, {title}, {manager}:")
        print("\n".join(tables.table(
            ("calls", "with what it calls", "itself", "function"),
            tables.functions(with_module, args.functions),
            ("{:.2f}", "{:,.0f}", "{:,.0f}", "{}"))))
        print(f"\nWherever it is spent, {title}, {manager}:")
        print("\n".join(tables.table(
            ("instructions", "object", "function"),
            tables.own_more(with_module, bare, args.functions),
            ("{:,.0f}", "{}", "{}"))))


def wrong(args, wanted, found, rows):
    """What makes the run a failure"""
    for manager in args.managers:
        for v in wanted:
            if v.same_as:
                yield from differences(v.name, found[manager, v.name].messages,
                                       found[manager, v.same_as].messages,
                                       v.body)
    limits = history.limits(HERE / "ratchet.list")
    for row in rows:
        limit = limits.get((row["manager"], row["name"]))
        if limit is not None and row["ratio"] > limit:
            yield (f"{row['name']}, {row['manager']}: {row['ratio']:.3f} x "
                   f"bare, above the ratchet's {limit:.3f}")


def has_manage(module):
    with open(module, "rb") as f:
        return b"nat64_manage\0" in f.read()


def main():
    args = arguments()
    module = args.build / "nat64sip.so"
    os.environ.setdefault("N64_MODULE_DIR", str(args.build))
    if os.geteuid():
        netns.become_root_of_own_user_namespace()
    wanted = chosen(args, has_manage(module))
    store = history.History(args.build / "bench" / "history", "calls")
    try:
        found = measure_all(args, wanted)
    except (NotRight, Lost) as e:
        print(e, file=sys.stderr)
        return 1
    rows = list(rows_of(args, wanted, found, store.last_ratios()))
    print_calls(rows)
    print_profile(args, found, args.managers[0])
    faults = list(wrong(args, wanted, found, rows))
    print("\n" + ("\n".join(faults) or "What reached the phones was the same "
                  "in each variant but for the label."))
    store.add(rows, {"calls": args.calls, "kamailio": kamailio_version()})
    return 1 if faults else 0


def kamailio_version():
    text = subprocess.run([os.environ.get("KAMAILIO") or "kamailio", "-v"],
                          capture_output=True, text=True, check=True).stdout
    return text.split("\n")[0]


if __name__ == "__main__":
    sys.exit(main())
