# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Not an octet of memory is lost in a call: what each process and all together
use is what it was, once the timers of the last call ran out."""
import os
import re
import time

import pytest

from sipharness import netns, watch
from sipharness.crowd import Crowd, Phone
from sipharness.ctl import Ctl
from sipharness.lab import LEARN

EACH = 100   # calls, then every phone registers again
LEFT = 30.0  # s for the timers of tm
UE6, UE6_B, UA4 = (netns.HOSTS[name] for name in ("ue6", "ue6b", "ua4"))


def phones():
    """All on one proxy: behind two NAT64s, on IPv4; by UDP, by TCP"""
    return [Phone("alice", UE6, 40001, "udp", True),
            Phone("carol", UE6_B, 40002, "tcp", True),
            Phone("bob", UA4, 5062, "udp", False),
            Phone("dave", UA4, 5064, "tcp", False)]


def drained(ctl):
    """Returns when tm has let go of the last transaction"""
    end = time.monotonic() + LEFT
    while True:
        tm = dict(re.findall(r"(\w+): (\d+)", ctl.ask("tm.stats")))
        if tm["created"] == tm["freed"]:
            return
        assert time.monotonic() < end, tm
        time.sleep(0.05)


def used(ctl):
    """Octets: of shared memory, and of each process's own"""
    drained(ctl)
    shared = dict(re.findall(r"(\w+): (\d+)", ctl.ask("core.shmmem")))
    rows = [dict(re.findall(r"(?m)^\s*(\w+): (.*)$", row))
            for row in ctl.ask("pkg.stats").split("{")[1:]]
    out = {(row["pid"], row["desc"]): int(row["used"]) for row in rows}
    assert any("udp receiver" in what for _, what in out), out
    # there was more of it in between
    assert int(shared["max_used"]) > int(shared["used"]) + 1000000
    return {"shared": int(shared["used"]), **out}


def until(crowd, calls):
    while crowd.made < calls:
        crowd.play(min(crowd.made + EACH, calls))
        crowd.register()


@pytest.mark.usefixtures("script")
def test_same_memory_after_20000_calls_as_after_2000(lab):
    """Each phone calls each other one: the two ways through NAT64, between two
    NAT64s, on IPv4; hung up by either side, with a re-INVITE, with a late
    offer, cancelled, refused, forked to all phones. Phones are asked, and
    register again and again."""
    path = os.path.join(lab.folder, "ctl")
    proxy = lab.proxy(LEARN, workers=2, defines=[
        f'CTL_SOCKET="unix:{path}"', 'SIP_DOMAIN="sip.example.test"',
        "WT_TIMER=200"])
    ctl = Ctl(path)
    with Crowd(phones()) as crowd:
        crowd.register()
        until(crowd, 200)
        watch.check(lab, ue6=(UE6, UE6_B))
        lab.wire.close()  # the rest would not fit
        until(crowd, 2000)
        before = used(ctl)
        until(crowd, 20000)
        after = used(ctl)
    assert after == before, {
        name: n - before.get(name, 0) for name, n in after.items()
        if n != before.get(name)}
    assert crowd.probes >= 2 and ctl.stats()["proofs"] >= 2
    assert not proxy.complaints()
