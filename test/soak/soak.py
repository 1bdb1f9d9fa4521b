#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Half an hour of mixed calls in bad weather.

usage: soak.py [--build DIR] [--minutes N] [--players N] [--rate N] [--seed N]

The shipped configuration in a real Kamailio; phones behind two NAT64s and on
IPv4 call one another at half the rate that this machine can do, and so do
phones that have IPv4 only: the reference. Datagrams are lost, doubled and late
on purpose. Each second the pools are loaded again and the mode is set. Ends
with status 1 where a call failed that lost no datagram, where calls behind
NAT64 fare worse than those on IPv4, where the proxy complained or its memory
grew.
"""
import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scenarios"),
                str(HERE.parent / "bench")]

from benchlib import memory  # noqa: E402
from sipharness import kamailio, netns  # noqa: E402
from sipharness.ctl import Ctl  # noqa: E402
from sipharness.lab import SHIPPED  # noqa: E402
from soaklib import cpu, report, weather  # noqa: E402
from soaklib.modes import Modes, Operator  # noqa: E402
from soaklib.player import Players  # noqa: E402

FULL = (8, 16, 32, 64)  # calls at once of each process of phones
EACH = 2.0           # s
SHM = 1024           # MB: done transactions stay for 5 s, those of a call whose
                     # datagrams are lost for 30 s and longer
WORKERS = 4


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", type=Path, default=HERE.parents[1] / "build")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--players", type=int, default=os.cpu_count() or 1,
                        help="processes full of phones")
    parser.add_argument("--rate", type=float,
                        help="calls per second, in place of half of what the "
                             "machine can do")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    args.build = args.build.resolve()
    return args


def saturation(players, share):
    """Calls per second of phones and proxy together, at best"""
    best = 0.0
    for at_once in FULL:
        used = share()
        players.say("full", at_once)
        time.sleep(EACH)
        rate = sum(players.ask("ended")) / EACH
        print(f"  {at_once * len(players.conns):4} calls at once: "
              f"{rate:5,.0f} calls/s; {used}")
        best = max(best, rate)
    players.ask("rest")
    return best


class Soak:
    def __init__(self, args, folder):
        self.args, self.folder = args, folder
        self.ctl = Ctl(os.path.join(folder, "ctl"))
        self.modes = Modes()
        pools = os.path.join(folder, "pools")
        self.operator = Operator(self.ctl, pools, self.modes)
        self.operator.write_pools()
        self.points = []
        self.proxy = kamailio.Kamailio(
            SHIPPED, folder, workers=WORKERS, tcp_workers=WORKERS, shm=SHM,
            defines=['SIP_DOMAIN="sip.example.test"',
                     f'CTL_SOCKET="unix:{self.ctl.path}"',
                     f'NAT64_POOL_FILE="{pools}"'])
        self.players = None

    def share(self):
        return cpu.Share({"proxy": os.getsid(self.proxy.proc.pid),
                          "phones": os.getsid(0)})

    def prepare(self):
        by_phones = weather.phones_make_it()
        self.players = Players(self.args.players, self.modes, by_phones,
                               self.args.seed)
        self.players.hear(60)
        self.rate = self.args.rate or self.half()
        if not by_phones:
            weather.netem()
        self.start = memory.AtRest(self.ctl)
        print(f"Memory at start: {self.start}", flush=True)

    def half(self):
        print("Saturation of this machine, phones and proxy together:")
        rate = saturation(self.players, self.share) / 2
        print(f"Load: half of that, {rate:,.0f} calls/s", flush=True)
        return rate

    def seconds(self, count, each=None):
        """The operator's work, once a second"""
        self.players.say("rate", self.rate / self.args.players)
        share = self.share()
        begin = time.monotonic()
        for second in range(count):
            self.operator.second()
            used = memory.shared(self.ctl)
            if each:
                each(second, used)
            time.sleep(max(0.0, begin + second + 1 - time.monotonic()))
        print(f"Load: {share}", flush=True)
        self.operator.switch("on")
        self.players.ask("rest")

    def play(self):
        total = max(10, int(self.args.minutes * 60))
        warm = max(5, min(60, total // 4))
        self.seconds(warm)
        self.warm = memory.AtRest(self.ctl)
        print(f"Memory after {warm} s to warm up: {self.warm}\n"
              f"Now {total} s; octets of shared memory with calls up:",
              flush=True)
        self.players.say("clear")
        tenth = max(1, total // 10)

        def each(second, used):
            self.points.append((second, used))
            if (second + 1) % tenth == 0:
                print(f"  {second + 1:5} s  {used:12,}  "
                      f"{report.progress(self.players)}", flush=True)

        self.seconds(total, each)
        self.end = memory.AtRest(self.ctl)

    def close(self):
        if self.players:
            self.players.close()
        self.proxy.stop()


def main():
    args = arguments()
    os.environ.setdefault("N64_MODULE_DIR", str(args.build))
    if os.geteuid():
        netns.become_root_of_own_user_namespace()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    space = netns.Netns()
    space.enter()
    with tempfile.TemporaryDirectory(prefix="n64-soak-") as folder:
        soak = Soak(args, folder)
        try:
            soak.prepare()
            soak.play()
            return report.judge(soak, args.build / "soak")
        except KeyboardInterrupt:
            print("\ninterrupted: nothing is judged", file=sys.stderr)
            return 130
        finally:
            soak.close()


if __name__ == "__main__":
    sys.exit(main())
