# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A NAT64 box: tayga translates, masquerading makes it stateful.

tayga alone is stateless: it gives each IPv6 host an IPv4 address of a pool.
Masquerading behind it makes all of them one address with changing ports, as a
carrier's NAT64 does.
"""

import os

from . import plan as P
from .process import run, start

DEVICE = "nat64"


def configure(plan, network):
    """Write tayga's configuration; its path."""
    name = network.named("tayga")
    data = plan.path("run", name + ".data")
    os.makedirs(data, exist_ok=True)
    path = plan.path("etc", name + ".conf")
    with open(path, "w", encoding="ascii") as out:
        out.write(f"tun-device {DEVICE}\n"
                  f"ipv4-addr {P.POOL4_TAYGA}\n"
                  f"prefix {network.pref64}\n"
                  f"dynamic-pool {P.POOL4}\n"
                  f"data-dir {data}\n")
    return path


def bring_up(plan):
    for network in plan.networks:
        _one_up(plan, network)


def _one_up(plan, network):
    """The device is ours, not tayga's, so that routes need not wait for it."""
    conf = configure(plan, network)
    name = network.named("tayga")
    space = plan.space(network.box)
    for words in (f"tuntap add dev {DEVICE} mode tun",
                  f"link set {DEVICE} up",
                  f"route add {P.POOL4} dev {DEVICE}",
                  f"-6 route add {network.pref64} dev {DEVICE}"):
        run(["ip", "-n", space, *words.split()])
    run(["iptables", "-w", "-t", "nat", "-A", "POSTROUTING", "-s", P.POOL4,
         "-o", "eth4", "-j", "MASQUERADE", *network.ports], space)
    start(plan, name, ["tayga", "--nodetach", "--config", conf,
                       "--pidfile", plan.path("run", name + ".own-pid")],
          space=network.box)
