# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A lab as a whole: up, down, status. Each may be repeated at any time."""

import contextlib
import fcntl
import os
import shutil
import time

from . import (box2, capture, dns, fleet, namespaces, nat64, phones, process,
               proxy, relay)
from .errors import LabError

FOLDERS = ("run", "etc", "log", "capture", "phones", "sound")
# names, kamailio, the UA4, a capture; and in each IPv6-only network tayga,
# dns64, and of each UE6 there the phone and a capture
PROCESSES4, PROCESSES6, PROCESSES_UE6 = 4, 2, 2
TOOLS = {"ip": "iproute2", "iptables": "iptables", "sysctl": "procps",
         "tayga": "tayga", "unbound": "unbound", "kamailio": "kamailio",
         "rtpengine": "rtpengine-daemon", "baresip": "baresip-core",
         "dumpcap": "tshark", "sipp": "sip-tester"}
# beside these, of a lab without a relay and of a fleet
NO_RELAY_TOOLS = {"linphonec": "linphone-cli"}
FLEET_TOOLS = {"keepalived": "keepalived"}


@contextlib.contextmanager
def locked(plan):
    """One command at a time for each lab.

    The lock is on the lab's directory itself, so no lock file is left. It may
    be removed while another command waits for it: then that one begins anew.
    """
    while True:
        os.makedirs(plan.dir, exist_ok=True)
        fd = os.open(plan.dir, os.O_RDONLY | os.O_DIRECTORY)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            try:
                same = os.path.samestat(os.fstat(fd), os.stat(plan.dir))
            except FileNotFoundError:
                same = False
            if same:
                yield
                return
        finally:
            os.close(fd)


def _tools(plan):
    return {**TOOLS, **(NO_RELAY_TOOLS if plan.no_relay else {}),
            **(FLEET_TOOLS if plan.fleet else {})}


def check_tools(needed=None, tools=None):
    missing = {pkg for tool, pkg in (tools or TOOLS).items()
               if (needed is None or tool in needed)
               and not which(tool)}
    if missing:
        raise LabError("missing packages: apt-get install --no-install-"
                       "recommends " + " ".join(sorted(missing)))


def which(tool):
    return shutil.which(tool, path=_path())


def _path():
    return os.environ.get("PATH", "") + ":/usr/sbin:/sbin"


def _steps(plan, transport):
    yield "networks", lambda: namespaces.create(plan)
    yield "captures", lambda: capture.bring_up(plan)
    yield "NAT64", lambda: nat64.bring_up(plan)
    yield "DNS64", lambda: (dns.bring_up(plan), dns.wait_ready(plan))
    if plan.fleet:
        yield "fleet", lambda: fleet.bring_up(plan)
        yield "phones", lambda: phones.bring_up(plan, transport)
        return
    if not plan.no_relay:
        yield "relay", lambda: (relay.bring_up(plan), relay.wait_ready(plan))
    if plan.two_box:
        yield "box 2", lambda: (box2.bring_up(plan), box2.wait_ready(plan))
    yield "proxy", lambda: (proxy.bring_up(plan), proxy.wait_ready(plan))
    yield "phones", lambda: phones.bring_up(plan, transport)


def up(plan, transport="udp", say=print):
    """Bring the lab up. True if it was not up before."""
    why = namespaces.permitted()
    if why:
        raise LabError(f"a lab can't be made here: {why}")
    check_tools(tools=_tools(plan))
    os.environ["PATH"] = _path()
    with locked(plan):
        before = plan.saved()
        if before is not None:
            other = {k for k, v in plan.options().items()
                     if before.get(k) != v}
            if healthy(plan) and not other:
                phones.bring_up(plan, transport)
                say(f"lab '{plan.name}' is up already")
                return False
            if healthy(plan):
                raise LabError(f"lab '{plan.name}' is up with another "
                               f"{', '.join(sorted(other))}: take it down "
                               "first")
        elif set(os.listdir(plan.dir)):
            raise LabError(f"{plan.dir} is not empty and no lab's directory")
        if before is not None or namespaces.existing(plan):
            _tear_down(plan)  # what a half-failed 'up' left
        _build(plan, transport, say)
    return True


def _build(plan, transport, say):
    for folder in FOLDERS:
        os.makedirs(plan.path(folder))
    plan.save(ready=False)
    for name, work in _steps(plan, transport):
        begin = time.monotonic()
        work()
        say(f"  {name:<10} {time.monotonic() - begin:5.2f} s")
    plan.save(ready=True)


def healthy(plan):
    """Is the lab whole: all namespaces there, all processes alive?

    The lab as it was brought up, whatever options this plan has.
    """
    data = plan.saved()
    if not data or not data.get("ready"):
        return False
    made = plan.like_saved()
    names = process.names(plan)
    return set(namespaces.existing(plan)) == set(made.spaces) \
        and len(names) >= PROCESSES4 + bool(made.two_box) \
        + (not made.no_relay) + (
            fleet.PROCESSES - 2 if made.fleet else 0) + sum(
            PROCESSES6 + PROCESSES_UE6 * len(n.phones)
            for n in made.networks) \
        and all(process.pid_of(plan, n) for n in names)


def _tear_down(plan):
    """Processes, namespaces, files, in this order."""
    # phones say goodbye, and wait for the answer
    for name in sorted(reversed(process.names(plan)),
                       key=lambda n: not n.startswith("phone-")):
        process.stop(plan, name)
    namespaces.delete(plan)
    for entry in os.listdir(plan.dir):
        path = plan.path(entry)
        if os.path.isdir(path) and entry in FOLDERS + ("calls",):
            shutil.rmtree(path)
        elif entry == "lab.json":
            os.unlink(path)


def down(plan, say=print):
    """Take the lab down, whatever state it is in. True if there was one."""
    os.environ["PATH"] = _path()
    if not os.path.isdir(plan.dir) and not (
            os.geteuid() == 0 and namespaces.existing(plan)):
        say(f"lab '{plan.name}' is not up")
        return False
    with locked(plan):
        if plan.saved() is None and not namespaces.existing(plan) \
                and os.listdir(plan.dir):
            raise LabError(f"{plan.dir} is no lab's directory")
        _tear_down(plan)
        for folder in (plan.dir, plan.base):
            with contextlib.suppress(OSError):  # others may be in it
                os.rmdir(folder)
    say(f"lab '{plan.name}' is down")
    return True


def status(plan, say=print):
    """List what there is. True if the lab is whole."""
    data = plan.saved()
    if not data:
        say(f"lab '{plan.name}' is not up")
        return False
    good = healthy(plan)
    say(f"lab '{plan.name}' is {'up' if good else 'NOT WHOLE'}: {plan.dir}")
    for key, value in plan.like_saved().options().items():
        shown = " ".join(value) if isinstance(value, list) else value
        say(f"  {key:<12} {shown}")
    say("namespaces")
    for short in namespaces.existing(plan):
        say(f"  {plan.space(short)}")
        text = process.run(["ip", "-n", plan.space(short), "-br", "address"])
        for line in text.splitlines():
            words = line.split()
            addrs = [a for a in words[2:] if not a.startswith("fe80")]
            if addrs and words[0] != "lo":
                say(f"    {words[0].split('@')[0]:<8} {' '.join(addrs)}")
    say("processes")
    for name in process.names(plan):
        pid = process.pid_of(plan, name)
        say(f"  {name:<14} {pid if pid else 'GONE'}")
    made = plan.like_saved()
    for phone in made.phones:
        how = "never registers" if phone in made.unregistered \
            else "registered"
        say(f"  {phones.user(phone)} ({phone}) {how}, over "
            f"{phones.transport_of(plan, phone)}")
    return good
