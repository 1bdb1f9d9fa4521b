#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Octets of memory that nat64sip takes, measured in a running Kamailio.

usage: memory.py [--build DIR] [--calls N] [SIZES]

Each is a slope: the proxy is asked (core.shmmem, pkg.stats) at several numbers
of the same thing, and what it takes without the module is taken off. Ends with
status 1 where a line of test/bench/memory.list is exceeded. SIZES is a program
that prints what the compiler made of the structures.
"""
import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scenarios")]

from benchlib import history, memory, tables  # noqa: E402
from benchlib.phones import Lost, Pair  # noqa: E402
from benchlib.registering import Registering  # noqa: E402
from benchlib.server import NotRight, Server  # noqa: E402
from sipharness import netns  # noqa: E402

RINGING = (12, 24, 36, 48)  # no more messages at once than a socket holds
FLOWS = (10000, 20000, 40000)
PHONES = (50, 100, 150, 200)
MARK = ";pref64="
MANAGE = "BY_MANAGE"
NOTIFY = 'NOTIFY="192.0.2.30/32"'


class Proxy:
    """One with that script, in a network of its own"""

    def __init__(self, folder, cfg, *defines):
        self.space = netns.Netns()
        self.space.enter()
        self.server = None
        try:
            self.server = Server(str(folder / cfg), cfg,
                                 ("STATS", *defines), "fm", valgrind=False)
        except BaseException:
            self.close()
            raise
        self.ctl = self.server.ctl

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        self.close()
        if not kind:
            self.server.judge()

    def close(self):
        if self.server:
            self.server.stop()
        self.space.leave()
        self.space.close()


def slope(points):
    """Octets for one more; the first numbers warm up"""
    return memory.slope(points[1:])


def ringing(folder, ue6, cfg, *defines):
    """Octets of shared memory of one transaction, while it rings"""
    points = []
    with Proxy(folder, cfg, *defines) as proxy:
        pair = Pair(ue6)
        pair.play(20)
        for n in RINGING:
            proxy.server.drain()
            calls = pair.ring(n)
            points.append((n, memory.shared(proxy.ctl)))
            pair.talk(*calls)
        pair.close()
    return slope(points)


def afterwards(folder, calls, ue6, cfg, *defines):
    """Octets per call, of shared memory and of all processes' own, that are
    left when its timers have run out"""
    with Proxy(folder, cfg, *defines) as proxy:
        pair = Pair(ue6)
        pair.play(calls // 5)
        before = memory.AtRest(proxy.ctl)
        pair.play(calls)
        after = memory.AtRest(proxy.ctl)
        pair.close()
    return ((after.shared - before.shared) / calls,
            (sum(after.private.values()) - sum(before.private.values()))
            / calls)


def at_start(folder, cfg, *defines):
    with Proxy(folder, cfg, *defines) as proxy:
        return memory.AtRest(proxy.ctl)


def per_flow(folder):
    return memory.slope([(n, at_start(folder, "nat64.cfg", MANAGE,
                                      f"FLOWS={n}").shared) for n in FLOWS])


def per_phone(folder, *defines):
    """Octets of shared memory of a registered phone, whose binding is marked
    by the module"""
    points = []
    with Proxy(folder, "register.cfg", *defines) as proxy:
        phones = Registering()
        for n in PHONES:
            phones.register_up_to(n, asked=bool(defines))
            proxy.server.drain()
            points.append((n, memory.shared(proxy.ctl)))
        said = proxy.ctl.ask("ul.lookup", "location", f"phone{n - 1:06d}")
        phones.close()
    received = re.search(r"Received: (.*)", said)[1]
    if (MARK in received) != bool(defines):
        raise NotRight(f"marked, or not, as it should not be: {received}")
    return slope(points)


def measure(folder, calls):
    """[(name in memory.list, octets with the module, without it, how)]"""
    bare = "bare.cfg"
    for name, ue6, more in (("NAT64", True, (MANAGE, NOTIFY)),
                            ("IPv4", False, (MANAGE,))):
        yield (f"{name}-transaction", ringing(folder, ue6, "nat64.cfg", *more),
               ringing(folder, ue6, bare),
               f"shared, of one that rings: slope over {RINGING}")
        shared, own = afterwards(folder, calls, ue6, "nat64.cfg", *more)
        yield (f"{name}-call-over", shared, 0.0,
               f"shared, when its timers ran out: {calls} calls")
        yield (f"{name}-call-over-own", own, 0.0, "the same, all processes' own")
    yield ("flow", per_flow(folder), 0.0,
           f"shared, for each that the parameter flows says: over {FLOWS}")
    yield ("phone", per_phone(folder, "NAT64"), per_phone(folder),
           f"shared, of a registered phone: slope over {PHONES}")
    with_it = at_start(folder, "nat64.cfg", MANAGE, "FLOWS=1")
    without = at_start(folder, bare)
    yield ("shared-at-start", with_it.shared, without.shared,
           "shared, with room for one flow")
    yield ("own-at-start", *(max(rest.private.values())
                             for rest in (with_it, without)),
           "own, of the largest process")


def limits():
    rows = history.lines(HERE / "memory.list")
    return {name: float(n) for n, name in rows}


def judge(rows):
    held = limits()
    for name, with_it, without, _ in rows:
        if name not in held:
            yield f"{name}: no limit in memory.list"
        elif with_it - without > held[name]:
            yield (f"{name}: {with_it - without:,.1f} octets, above "
                   f"{held[name]:,.0f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=Path, default=HERE.parents[1] / "build")
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("sizes", nargs="?")
    args = parser.parse_args()
    build = args.build.resolve()
    os.environ.setdefault("N64_MODULE_DIR", str(build))
    if os.geteuid():
        netns.become_root_of_own_user_namespace()
    try:
        rows = list(measure(build / "bench" / "run" / "memory", args.calls))
    except (NotRight, Lost) as e:
        print(e, file=sys.stderr)
        return 1
    print("\nOctets of memory:")
    print("\n".join(tables.table(
        ("of what", "with nat64sip", "without", "more", "how"),
        [(name, a, b, a - b, how) for name, a, b, how in rows],
        ("{}", "{:,.1f}", "{:,.1f}", "{:,.1f}", "{}"))))
    if args.sizes:
        print(subprocess.run([args.sizes], capture_output=True, text=True,
                             check=True).stdout, end="")
    faults = list(judge(rows))
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
