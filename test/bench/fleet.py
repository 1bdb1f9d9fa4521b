#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What a phone costs an edge proxy and its registrar, without valgrind.

usage: fleet.py [--build DIR] [--phones N] [--calls N]

The shipped edge and registrar, and N phones behind NAT64 on UDP, as many on
TCP. Processor time is that of all processes of the one Kamailio, in user space
and in the kernel, per REGISTER, keepalive and call; memory is Kamailio's shared
memory per binding, connection, transaction and flow. utils/fleet-size reads it.
"""
import argparse
import itertools
import os
import re
import shutil
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scenarios")]

from benchlib import history, tables  # noqa: E402
from sipharness import crowd, netns  # noqa: E402
from sipharness.ctl import Ctl  # noqa: E402
from sipharness.kamailio import ROOT, Kamailio, Refused  # noqa: E402

EDGE, REGISTRAR = (netns.HOSTS[name] for name in ("proxy", "proxy2"))
DOMAIN = 'SIP_DOMAIN="sip.example.test"'
FLOWS = (20000, 120000)
BATCH = 25      # requests at once: no socket's buffer may overflow
DRAIN = 60.0    # s
LEARN = 60.0    # s
PINGS = 3       # of each phone


class Phone(crowd.Phone):
    """With one registration"""

    def register(self):
        self.turn += 1
        name = b"reg-%b" % self.user
        self.sock.sendall(self.request(
            b"REGISTER", b"sip:sip.example.test", 0, self.turn,
            b"<sip:%b@sip.example.test>" % self.user,
            branch=b"%b-%d" % (name, self.turn),
            extra=self.contact).replace(b"crowd0", name))


class Phones(crowd.Crowd):
    """Each calls the one after it"""

    def __init__(self, proto, count, first):
        super().__init__([Phone(f"{proto}{n}", netns.HOSTS["ue6"], first + n,
                                proto, True) for n in range(count)], BATCH)
        self.kinds = itertools.cycle(
            ("bye", one, other) for one, other
            in zip(self.phones, self.phones[1:] + self.phones[:1]))

    def register(self):
        for start in range(0, len(self.phones), BATCH):
            some = self.phones[start:start + BATCH]
            self.registered = 0
            for phone in some:
                phone.register()
            self.turn(lambda wanted=len(some): self.registered == wanted)

    def pinged(self, times):
        """Until each was, as often as that"""
        self.probes = 0
        self.turn(lambda: self.probes >= times * len(self.phones))
        return self.probes


class Node:
    """A Kamailio, what it has used of the processor and of shared memory"""

    def __init__(self, folder, name, config, address, *defines):
        folder = os.path.join(folder, name)
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(folder)
        self.ctl = Ctl(os.path.join(folder, "ctl"))
        self.proxy = Kamailio(
            config, folder, [f"udp:{address}:5060", f"tcp:{address}:5060"],
            [DOMAIN, f'CTL_SOCKET="unix:{self.ctl.path}"', *defines],
            probe=(address, 5060))

    def spent(self):
        """ns of all its processes so far (proc(5), schedstat)"""
        total = 0
        for pid in re.findall(r"PID: (\d+)", self.ctl.ask("core.psx")):
            with open(f"/proc/{pid}/schedstat", encoding="ascii") as f:
                total += int(f.read().split()[0])
        return total

    def transactions(self):
        rows = dict(re.findall(r"(\w+): (\d+)", self.ctl.ask("tm.stats")))
        return int(rows["created"]) - int(rows["freed"])

    def used(self):
        return int(re.search(r"real_used: (\d+)",
                             self.ctl.ask("core.shmmem"))[1])

    def drained(self):
        """Octets in use when no transaction is left"""
        end = time.monotonic() + DRAIN
        while self.transactions():
            if time.monotonic() > end:
                raise Refused("transactions are left")
            time.sleep(0.1)
        return self.used()

    def stop(self):
        complaints = self.proxy.complaints()
        self.proxy.stop()
        if complaints:
            raise Refused("\n".join(complaints[:10]))


class Bench:
    """Edge and registrar, and a table of what was seen"""

    def __init__(self, folder, phones, calls):
        self.folder, self.count, self.calls = folder, phones, calls
        self.rows, self.shown = [], 0
        etc = os.path.join(ROOT, "etc")
        self.edge_cfg = os.path.join(etc, "kamailio-nat64-edge.cfg")
        self.registrar = Node(
            folder, "registrar",
            os.path.join(etc, "kamailio-nat64-registrar.cfg"), REGISTRAR,
            f'EDGE_NET="{EDGE}/32"', "PING_PHONES=2")
        self.registrar.ctl.ask("nathelper.enable_ping", 0)
        self.edge = self.start_edge("edge", self.edge_cfg)

    def start_edge(self, name, config):
        return Node(self.folder, name, config, EDGE,
                    f'REGISTRAR_URI="sip:{REGISTRAR}:5060"',
                    f'REGISTRAR_NET="{REGISTRAR}/32"')

    def nodes(self):
        return {"edge": self.edge, "registrar": self.registrar}

    def put(self, name, unit, value, what):
        self.rows.append({"name": name, "unit": unit, "value": value,
                          "what": what})

    def timed(self, name, what, work):
        """ns of each per thing that work() says it did so many of"""
        before = {who: node.spent() for who, node in self.nodes().items()}
        count = work()
        for who, node in self.nodes().items():
            self.put(f"{name}-{who}", "ns",
                     (node.spent() - before[who]) / count,
                     f"{what}, at the {who}")

    def play(self, proto, first):
        """Registrations, calls and keepalives; octets of a connection and a
        binding"""
        before = {who: n.drained() for who, n in self.nodes().items()}
        with Phones(proto, self.count, first) as phones:
            self.learn(phones)
            used = {who: n.drained() - before[who]
                    for who, n in self.nodes().items()}
            self.memory(proto, used)
            self.work(phones, proto)

    def memory(self, proto, used):
        self.put(f"binding-{proto}", "octets", used["registrar"] / self.count,
                 f"a registration by {proto.upper()}, at the registrar")
        if proto == "tcp":
            self.put("connection", "octets", used["edge"] / self.count,
                     "a TCP connection, at the edge")

    def work(self, phones, proto):
        def register():
            phones.register()
            return self.count
        self.timed(f"register-{proto}", f"a REGISTER by {proto.upper()}",
                   register)

        def play():
            phones.play(phones.made + self.calls)
            return self.calls
        idle = self.edge.drained()
        self.timed(f"call-{proto}", "a call of two phones, by "
                   f"{proto.upper()}, there and back", play)
        self.transaction(proto, idle)
        if proto == "udp":
            self.ping(phones)

    def learn(self, phones):
        """Until each has shown its prefix, and a registration says so. So many
        are asked in a second, no more: the others when they register again."""
        self.shown += len(phones.phones)
        end = time.monotonic() + LEARN
        while int(self.edge.ctl.fields("status")["nat64"]) < self.shown:
            if time.monotonic() > end:
                raise Refused("not all phones were asked")
            phones.register()
            time.sleep(0.5)
        phones.register()

    def transaction(self, proto, idle):
        """tm keeps them for a while: those of the last calls are there"""
        left = self.edge.transactions()
        if left < self.calls:
            raise Refused(f"only {left} transactions are left")
        self.put(f"transaction-{proto}", "octets",
                 (self.edge.used() - idle) / left,
                 f"a transaction by {proto.upper()}, at the edge")

    def ping(self, phones):
        self.registrar.ctl.ask("nathelper.enable_ping", 1)
        self.timed("keepalive", "a keepalive of a phone on UDP, and its answer",
                   lambda: phones.pinged(PINGS))
        self.registrar.ctl.ask("nathelper.enable_ping", 0)

    def flow(self):
        """The cache is made at start, as large as it will ever be"""
        self.edge.stop()
        used = []
        for flows in FLOWS:
            path = os.path.join(self.folder, f"flows-{flows}.cfg")
            with open(path, "w", encoding="ascii") as f:
                f.write(f'include_file "{self.edge_cfg}"\n'
                        f'modparam("nat64sip", "flows", {flows})\n')
            self.edge = self.start_edge(f"flows-{flows}", path)
            used.append(self.edge.used())
            self.edge.stop()
        self.put("flow", "octets", (used[1] - used[0]) / (FLOWS[1] - FLOWS[0]),
                 "room for a flow in the edge's cache")

    def run(self):
        for proto, first in (("udp", 20000), ("tcp", 30000)):
            self.play(proto, first)
        self.registrar.stop()
        self.flow()


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=Path, default=HERE.parents[1] / "build")
    parser.add_argument("--phones", type=int, default=200)
    parser.add_argument("--calls", type=int, default=400)
    args = parser.parse_args()
    args.build = args.build.resolve()
    return args


def measure(args):
    """In a network of its own; what was seen"""
    os.environ.setdefault("N64_MODULE_DIR", str(args.build))
    if os.geteuid():
        netns.become_root_of_own_user_namespace()
    space = netns.Netns()
    space.enter()
    bench = None
    try:
        bench = Bench(str(args.build / "bench" / "run" / "fleet"),
                      args.phones, args.calls)
        bench.run()
        return bench.rows
    finally:
        if bench:
            for node in bench.nodes().values():
                node.proxy.stop()
        space.leave()
        space.close()


def main():
    args = arguments()
    try:
        rows = measure(args)
    except (Refused, AssertionError) as e:
        print(e, file=sys.stderr)
        return 1
    print("\nAn edge proxy and its registrar, per phone:")
    print("\n".join(tables.table(
        ("", "", "what"), [(r["value"], r["unit"], r["what"]) for r in rows],
        ("{:,.0f}", "{}", "{}"))))
    history.History(args.build / "bench" / "history", "fleet").add(
        rows, {"phones": args.phones, "calls": args.calls})
    return 0


if __name__ == "__main__":
    sys.exit(main())
