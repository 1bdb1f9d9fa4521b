# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Every command may be repeated, and nothing is left behind."""

import os
import signal
import subprocess

import pytest
from conftest import STOCK, TOP, new_plan
from lablib import lab, namespaces, process
from lablib.errors import LabError
from lablib.wait import until


def _ours(plan):
    """Every trace of a lab on this machine."""
    links = process.run(["ip", "-o", "link"])
    spaces = process.run(["ip", "netns", "list"])
    running = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as src:
                text = src.read().replace(b"\0", b" ").decode()
            cwd = os.readlink(f"/proc/{pid}/cwd")
        except OSError:
            continue
        if plan.name in text and int(pid) != os.getpid() \
                or cwd.startswith(plan.dir):
            running.append(text)
    mounts = []
    with open("/proc/self/mounts", encoding="utf-8") as src:
        mounts = [line for line in src if plan.name in line]
    return {"links": [x for x in links.splitlines() if plan.name in x],
            "spaces": [x for x in spaces.splitlines() if plan.name in x],
            "running": running, "mounts": mounts,
            "files": os.path.exists(plan.dir)}


NOTHING = {"links": [], "spaces": [], "running": [], "mounts": [],
           "files": False}


def _host():
    """What of the host a lab could spoil."""
    with open("/etc/resolv.conf", encoding="utf-8") as src:
        resolv = src.read()
    links = [line.split(":")[1] for line in
             process.run(["ip", "-o", "link"]).splitlines()]
    return (sorted(links), process.run(["ip", "-4", "route"]),
            process.run(["ip", "-6", "address", "show", "dev", "lo"]),
            resolv, sorted(os.listdir("/etc/netns"))
            if os.path.isdir("/etc/netns") else None,
            process.run(["sysctl", "net.ipv4.ip_forward",
                         "net.ipv6.conf.all.forwarding"]),
            process.run(["iptables-save"], check=False))


def test_up_down_twice(permitted):
    before = _host()
    plan = new_plan(config=STOCK)
    assert _ours(plan) == NOTHING
    try:
        assert lab.up(plan) is True
        pids = {n: process.pid_of(plan, n) for n in process.names(plan)}
        assert lab.up(plan) is False
        assert pids == {n: process.pid_of(plan, n)
                        for n in process.names(plan)}
        assert lab.status(plan)
        assert _ours(plan)["spaces"] and _ours(plan)["running"]
        assert not _ours(plan)["links"], "a link on the host itself"
    finally:
        assert lab.down(plan) is True
    assert lab.down(plan) is False
    assert _ours(plan) == NOTHING
    assert _host() == before


def test_other_options_are_refused(permitted):
    plan = new_plan(config=STOCK)
    other = type(plan)(plan.name, "2001:db8:65::/96", STOCK)
    try:
        lab.up(plan)
        with pytest.raises(LabError, match="pref64"):
            lab.up(other)
        assert lab.healthy(plan)
    finally:
        lab.down(plan)


def test_half_failed_up(permitted, tmp_path):
    """A proxy that does not start: 'down' cleans up, 'up' mends."""
    bad = tmp_path / "bad.cfg"
    bad.write_text("this is no configuration\n", encoding="ascii")
    plan = new_plan(config=str(bad))
    try:
        with pytest.raises(LabError, match="kamailio ended"):
            lab.up(plan)
        assert _ours(plan)["spaces"]
        assert not lab.healthy(plan)
        with open(STOCK, encoding="utf-8") as src:
            bad.write_text(src.read(), encoding="utf-8")
        assert lab.up(plan) is True
        assert lab.healthy(plan)
    finally:
        lab.down(plan)
    assert _ours(plan) == NOTHING


def test_dead_process_is_noticed(permitted):
    plan = new_plan(config=STOCK)
    try:
        lab.up(plan)
        os.kill(process.pid_of(plan, "tayga"), signal.SIGKILL)
        until(lambda: not lab.healthy(plan), "the loss to be noticed")
        assert not lab.status(plan)
        assert lab.up(plan) is True
    finally:
        lab.down(plan)
    assert _ours(plan) == NOTHING


def test_a_reused_pid_is_spared(permitted):
    """A record that names another process's pid must not kill it."""
    plan = new_plan(config=STOCK)
    other = subprocess.Popen(["sleep", "60"], start_new_session=True)
    try:
        os.makedirs(plan.path("run"))
        boot = process._boot()
        with open(plan.path("run", "x.pid"), "w", encoding="ascii") as out:
            out.write(f"{other.pid} 1 {boot}\n")
        plan.save(ready=False)
        assert process.pid_of(plan, "x") is None
        lab.down(plan)
        assert other.poll() is None, "a stranger was killed"
    finally:
        other.kill()
        other.wait()
        lab.down(plan)


def test_interrupted_demo(permitted):
    """Ctrl-C in the middle of the demonstration leaves nothing."""
    demo = subprocess.Popen([os.path.join(TOP, "utils", "demo"),
                             "--config", STOCK],
                            stdout=subprocess.PIPE, text=True,
                            start_new_session=True)
    plan = type(new_plan())(f"demo{demo.pid}")
    try:
        until(lambda: "relay" in namespaces.existing(plan), "the demo's lab")
        demo.send_signal(signal.SIGINT)
        assert demo.wait(20) == 130
    finally:
        demo.kill()
        demo.stdout.close()
        lab.down(plan)
    assert _ours(plan) == NOTHING
