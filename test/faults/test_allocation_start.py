# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""An allocation fails at the start: it is refused, with a line that says so, or
goes on; and outside of calls: an RPC, a reload, a keepalive."""
import re
import time

import pytest

from sipharness.ctl import Fault
from sipharness.kamailio import Kamailio, Refused
from sipharness.pools import Table as Database
from sipharness.talk import Phone
from test_register import BARESIP, PORT

from faultlib import tally
from faultlib.points import Table, passes
from faultlib.proxies import Faulty, configuration
from faultlib.scenes import OWN6, Scene, cfg

NEAR, FAR = "2001:db8:64::/96", "2001:db8:65::/96"
PAUSE = 6.1  # s; a reload keeps more than 5 whole ones from the last
RPCS = (("status",), ("mode",), ("flows",), ("pools",),
        ("lookup", "192.0.2.1"), ("lookup", "192.0.2.1:40001", "udp"))
# What of Kamailio's own database code does not survive it is not asked for: it
# frees twice, or ends the process (5.6.3)
NOT_OURS = ("db_allocate_row", "db_allocate_columns")


class Start(Kamailio):
    """Keeps what it ended with"""
    ended = None

    def stop(self):
        Start.ended = self.proc.poll()
        super().stop()


def started(lab, path, defines):
    """(None, or its log where it was refused; what it ended with)"""
    Start.ended = None
    try:
        proxy = Start(path, lab.folder, defines=defines)
    except Refused as e:
        return str(e), Start.ended
    proxy.stop()
    return None, 0


def ours(points):
    """Without what Kamailio itself does not survive"""
    left = [p for p in points if not p.site.endswith(NOT_OURS)]
    print(f"{len(points) - len(left)} allocations of Kamailio's database code"
          " left out")
    return left


def pools(lab):
    """Defines of pool.cfg: a parameter, and a table of two rows"""
    db = Database(lab, ("10.0.0.0/8", NEAR), ("172.16.0.0/12", FAR))
    return db, ('POOL="192.0.2.1=2001:db8:64::/96"', *db.defines)


def test_start(lab, record_property):
    """Each by itself: no start ends with a signal, or without a word"""
    table = Table(lab.folder)
    defines = [*pools(lab)[1], "PROBE=1"]
    path, _ = configuration(lab, cfg("pool"))
    log, _ = started(lab, path, defines)
    assert log is None, log
    points, bad, refused = ours(table.points()), [], 0
    for point in points:
        table.arm(point.number)
        log, code = started(lab, path, defines)
        assert not table.armed(), point
        if log is None:
            continue
        refused += 1
        if code is None or code < 0:
            bad.append(f"{point}: ended with {code}\n{log[-1500:]}")
        if not re.search(r"(ERROR|CRITICAL): ", log):
            bad.append(f"{point}: refused without a word")
    tally.note(table)
    print(f"start: {len(points)} faults, in {refused} it was refused")
    record_property("faults", len(points) - len(bad))
    assert not bad, "\n".join(bad)


class Asked(Scene):
    """The pools' proxy, and nobody who calls"""
    base, pause = cfg("pool"), 0

    def __init__(self, defines):
        self.defines = defines


def answer(s, command):
    """Its text, or that it was refused"""
    try:
        return s.ask.ask(f"nat64sip.{command[0]}", *command[1:])
    except Fault as fault:
        return f"refused: {fault}"


def test_rpc(lab, record_property):
    """The answer is refused, or lacks something; the next one does not"""
    _, defines = pools(lab)
    survived = 0
    with Faulty(lab, Asked(defines)) as s:
        for command in RPCS:
            want = answer(s, command)
            before = s.used()
            for point, times in passes(s.table, lambda: answer(s, command)):
                for nth in range(times):
                    s.table.arm(point.number, nth)
                    answer(s, command)
                    assert not s.table.armed(), point
                    assert answer(s, command) == want, point
                    survived += 1
            assert not s.lost(before), command
        tally.note(s.table)
    record_property("faults", survived)


@pytest.mark.long
def test_reload(lab, record_property):
    """The old pools stay, and the RPC says why"""
    db, defines = pools(lab)
    survived = 0
    with Faulty(lab, Asked(defines)) as s:
        old = answer(s, ("pools",))
        assert "10.0.0.0/8" in old and "172.16" in old
        db.write(("10.0.0.0/8", FAR))
        points = passes(s.table, lambda: answer(s, ("reload",)))
        new = answer(s, ("pools",))
        assert new != old
        time.sleep(PAUSE)
        assert not answer(s, ("reload",)).startswith("refused")
        before = s.used()
        time.sleep(PAUSE)
        times = dict(points)
        for point in ours(times):
            for nth in range(times[point]):
                s.table.arm(point.number, nth)
                said = answer(s, ("reload",))
                assert not s.table.armed(), point
                assert said.startswith("refused: "), f"{point}: {said}"
                assert answer(s, ("pools",)) == new, point
                survived += 1
        assert not s.lost(before)
        db.write(("10.1.0.0/16", FAR))
        assert not answer(s, ("reload",)).startswith("refused")
        assert "10.1.0.0/16" in answer(s, ("pools",))
        tally.note(s.table)
    record_property("faults", survived)


def asked(phone, seconds):
    """Is the phone asked within that time?"""
    end = time.monotonic() + seconds
    phone.sock.settimeout(seconds)
    while time.monotonic() < end:
        text = phone.receive()
        if text.startswith("OPTIONS "):
            phone.answer(text, OWN6)
            return True
    return False


def test_keepalive(lab, record_property):
    """No room for the registrations in one turn: the phone is asked in the
    next"""
    table = Table(lab.folder)
    path, _ = configuration(lab, cfg("register"))
    survived = 0
    for armed in (False, True):
        if armed:
            [room] = [p for p in table.points()
                      if p.where.startswith("n64_keepalive")]
            table.arm(room.number)
        proxy = lab.proxy(path, defines=["PROBE_INTERVAL=1"])
        with Phone(PORT) as ue6:
            # from the REGISTER, and then from the list
            ue6.ask(BARESIP)
            assert all(asked(ue6, 15) for _ in range(2))
        assert not table.armed()
        survived += armed
        proxy.stop()
        lab.running.remove(proxy)
    tally.note(table)
    assert survived == 1
    record_property("faults", survived)
