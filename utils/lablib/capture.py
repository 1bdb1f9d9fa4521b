# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Captures of all networks, for the whole life of a lab."""

import os

from . import proxy
from .namespaces import BRIDGE
from .process import must_live, start
from .wait import until


def points(plan):
    """(capture, namespace, interface) of each network."""
    return [(p, p, "eth6") for n in plan.networks for p in n.phones] \
        + [("core", "net", BRIDGE)]


def file_of(plan, point):
    return plan.path("capture", point + ".pcap")


def bring_up(plan):
    for point, space, device in points(plan):
        start(plan, "capture-" + point,
              ["dumpcap", "-q", "-P", "-B", "4", "-s", "65535",
               "-f", "udp or tcp or (ip[6:2] & 0x1fff != 0) or ip6[6] = 44",
               "-i", device, "-w", file_of(plan, point)], space=space)
    for point, _, _ in points(plan):
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
    """Until everything that was sent before this call is in the files.

    A marked OPTIONS goes from where each UE6 is through its NAT64 to the
    proxy: when the captures of both sides show it they show all that went
    before.
    """
    sizes = {p: os.path.getsize(file_of(plan, p)) for p, _, _ in points(plan)}
    marks = {phone: until(
        lambda phone=phone: proxy.probe_from(plan, phone, 1.0),
        "the proxy to answer the capture's mark")
        for net in plan.networks for phone in net.phones}
    # all are sent before the first is waited for: dumpcap writes now and then
    for phone, mark in marks.items():
        for point in (phone, "core"):
            _wait_for(plan, point, sizes[point], mark.encode())


def _wait_for(plan, point, start_at, mark):
    until(lambda: _holds(file_of(plan, point), start_at, mark),
          f"the mark in the capture of {point}",
          alive=lambda: must_live(plan, "capture-" + point))
