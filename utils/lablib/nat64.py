# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A NAT64 box: tayga translates, masquerading makes it stateful.

tayga alone is stateless: it gives each IPv6 host an IPv4 address of a pool.
Masquerading behind it makes all of them one address with changing ports, as a
carrier's NAT64 does.
"""

import os

from .process import run, start, stop

DEVICE = "nat64"
POOL = "100.{}.0.{}"  # of RFC 6598, 100.64.0.0/10


def configure(plan, network):
    """Write tayga's configuration; (its path, its pool), at each start another
    one: the kernel remembers what became of the last one's ports."""
    name, number = network.named("tayga"), 64
    while os.path.exists(data := plan.path("run", f"{name}.{number}")):
        number += 1
    os.makedirs(data)
    path = plan.path("etc", name + ".conf")
    pool = POOL.format(number, 0) + "/16"
    with open(path, "w", encoding="ascii") as out:
        out.write(f"tun-device {DEVICE}\n"
                  f"ipv4-addr {POOL.format(number, 1)}\n"
                  f"prefix {network.pref64}\n"
                  f"dynamic-pool {pool}\n"
                  f"data-dir {data}\n")
    return path, pool


def bring_up(plan):
    for network in plan.networks:
        _one_up(plan, network)


def restart(plan, network):
    """It forgets its mappings: what a phone sends comes from another port, and
    by the one before nobody reaches it."""
    stop(plan, network.named("tayga"))
    run(["ip", "-n", plan.space(network.box), "link", "delete", DEVICE])
    _one_up(plan, network)


def _one_up(plan, network):
    """The device is ours, not tayga's, so that routes need not wait for it."""
    conf, pool = configure(plan, network)
    name = network.named("tayga")
    space = plan.space(network.box)
    for words in (f"tuntap add dev {DEVICE} mode tun",
                  f"link set {DEVICE} up",
                  f"route add {pool} dev {DEVICE}",
                  f"-6 route add {network.pref64} dev {DEVICE}"):
        run(["ip", "-n", space, *words.split()])
    run(["iptables", "-w", "-t", "nat", "-A", "POSTROUTING", "-s", pool,
         "-o", "eth4", "-j", "MASQUERADE", *network.ports], space)
    start(plan, name, ["tayga", "--nodetach", "--config", conf,
                       "--pidfile", plan.path("run", name + ".own-pid")],
          space=network.box)
