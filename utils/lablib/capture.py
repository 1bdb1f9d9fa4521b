# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Captures of both networks, for the whole life of a lab."""

import os

from . import proxy
from .namespaces import BRIDGE
from .process import must_live, start
from .wait import until

# capture, namespace, interface
POINTS = (("ue", "ue", "eth6"), ("core", "net", BRIDGE))


def file_of(plan, point):
    return plan.path("capture", point + ".pcap")


def bring_up(plan):
    for point, space, device in POINTS:
        start(plan, "capture-" + point,
              ["dumpcap", "-q", "-P", "-B", "4", "-s", "65535",
               "-f", "udp or tcp or (ip[6:2] & 0x1fff != 0) or ip6[6] = 44",
               "-i", device, "-w", file_of(plan, point)], space=space)
    for point, _, _ in POINTS:
        # dumpcap names its file in the log once the device is open
        log = plan.path("log", f"capture-{point}.log")
        until(lambda log=log: _says(log, "File: "),
              f"capture of {point} to start",
              alive=lambda point=point: must_live(plan, "capture-" + point))


def _says(path, text):
    with open(path, encoding="utf-8", errors="replace") as src:
        return text in src.read()


def _holds(path, start_at, octets):
    with open(path, "rb") as src:
        src.seek(start_at)
        return octets in src.read()


def flush(plan):
    """Until everything that was sent before this call is in both files.

    A marked OPTIONS goes from the phone's network through the NAT64 to the
    proxy: when both captures show it they show all that went before.
    """
    sizes = {p: os.path.getsize(file_of(plan, p)) for p, _, _ in POINTS}
    mark = until(lambda: proxy.probe_from_ue(plan, 1.0),
                 "the proxy to answer the capture's mark")
    for point, _, _ in POINTS:
        until(lambda point=point: _holds(file_of(plan, point), sizes[point],
                                         mark.encode()),
              f"the mark in the capture of {point}",
              alive=lambda point=point: must_live(plan, "capture-" + point))
