# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The NAT64 box: tayga translates, masquerading makes it stateful.

tayga alone is stateless: it gives each IPv6 host an IPv4 address of a pool.
Masquerading behind it makes all of them one address with changing ports, as a
carrier's NAT64 does.
"""

from . import plan as P
from .process import run, start

DEVICE = "nat64"


def configure(plan):
    with open(plan.path("etc", "tayga.conf"), "w", encoding="ascii") as out:
        out.write(f"tun-device {DEVICE}\n"
                  f"ipv4-addr {P.POOL4_TAYGA}\n"
                  f"prefix {plan.pref64}\n"
                  f"dynamic-pool {P.POOL4}\n"
                  f"data-dir {plan.path('run')}\n")


def bring_up(plan):
    """The device is ours, not tayga's, so that routes need not wait for it."""
    configure(plan)
    space = plan.space("nat64")
    for words in (f"tuntap add dev {DEVICE} mode tun",
                  f"link set {DEVICE} up",
                  f"route add {P.POOL4} dev {DEVICE}",
                  f"-6 route add {plan.pref64} dev {DEVICE}"):
        run(["ip", "-n", space, *words.split()])
    run(["iptables", "-w", "-t", "nat", "-A", "POSTROUTING", "-s", P.POOL4,
         "-o", "eth4", "-j", "MASQUERADE", "--random"], space)
    start(plan, "tayga", ["tayga", "--nodetach",
                          "--config", plan.path("etc", "tayga.conf"),
                          "--pidfile", plan.path("run", "tayga.own-pid")],
          space="nat64")
