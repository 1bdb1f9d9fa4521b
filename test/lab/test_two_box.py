# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A second box behind the proxy: the media box that is shipped, and a real B2BUA.
Real phones, audio both ways; box 2 is told of each leg's network, nobody else
is."""

import os
import subprocess

import pytest
from conftest import TOP, must_pass, new_plan
from lablib import (call, kinds, lab, media_matrix, namespaces,
                    proofs_two_box)
from lablib.case import Case, End
from lablib.plan import BOX2_ADDR, PROXY_ADDR, UA4_ADDR, UE6_ADDR
from lablib.sipmsg import Message

B2BUA = "/usr/lib/baresip/modules/b2bua.so"


@pytest.fixture(scope="module")
def media_box(make_lab):
    """Two IPv6-only networks; no prefix is configured anywhere."""
    return make_lab(two_box="kamailio", networks=2, no_pref64=True)


@pytest.fixture(scope="module")
def b2bua(make_lab):
    if not os.path.exists(B2BUA):
        pytest.skip("baresip's b2bua module is not installed")
    return make_lab(two_box="b2bua", networks=2, no_pref64=True)


@pytest.mark.parametrize("caller,callee,hangup,transport", [
    ("ue", "ua4", "ue", "udp"), ("ua4", "ue", "ue", "udp"),
    ("ue", "ue2", "ue2", "udp"), ("ua4", "ue2", "ua4", "tcp"),
    ("ue2", "ua4", "ua4", "tcp"), ("ue2", "ue", "ue2", "tcp")])
def test_media_box(media_box, caller, callee, hangup, transport):
    must_pass(call.place(media_box, caller, hangup, transport, 2.0, callee))


@pytest.mark.parametrize("hold", ["ue", "ua4"])
def test_media_box_hold(media_box, hold):
    must_pass(call.place(media_box, "ue", "ua4", "udp", 2.0, "ua4", hold))


def test_media_box_dtls(media_box):
    """Its relay is told to let the phone begin."""
    flow = media_matrix.table().flows["dtls/ue6-ua4"]
    found = kinds.judge(media_matrix.place(media_box, flow, "udp"))
    assert all(p.ok for p in found), "\n".join(p.line() for p in found)


@pytest.mark.parametrize("caller,callee,hangup,transport", [
    ("ue", "ua4", "ue", "udp"), ("ue", "ua4", "ua4", "tcp"),
    ("ua4", "ue", "ue", "tcp"), ("ue", "ue2", "ue", "udp")])
def test_b2bua(b2bua, caller, callee, hangup, transport):
    must_pass(call.place(b2bua, caller, hangup, transport, 2.0, callee))


def _message(text, src, dst):
    return Message(0.0, "udp", src, 5060, dst, 5060,
                   text.replace("\n", "\r\n").encode(), "core")


INVITE = "INVITE sip:bob@192.0.2.30 SIP/2.0\nCSeq: 1 INVITE\n"
HEADER = "PortaSIP-Notify: caller=nat64;callee=ipv4\n"


@pytest.mark.parametrize("told,leaked,good", [
    (HEADER, "", (True, True)), ("", "", (False, True)),
    (HEADER * 2, "", (False, True)), (HEADER, HEADER, (True, False)),
    (HEADER.replace("nat64", "ipv4"), "", (False, True)),
    (HEADER.replace("ipv4", "nat64"), "", (False, True))])
def test_the_proofs_can_fail(told, leaked, good):
    ends = {"ue": End("ue", UE6_ADDR, "IP6"),
            "ua4": End("core", UA4_ADDR, "IP4")}
    case = Case("ue", "ua4", "udp", ends, (), [
        _message(INVITE + told + "\n", PROXY_ADDR, BOX2_ADDR),
        _message(INVITE + leaked + "\n", PROXY_ADDR, UA4_ADDR)],
        two_box="kamailio")
    found = proofs_two_box.judge(case)
    assert tuple(p.ok for p in found) == good, found


def _lab(*words):
    return subprocess.run([os.path.join(TOP, "utils", "lab"), *words],
                          capture_output=True, text=True, timeout=60,
                          check=False)


def test_command_line(permitted):
    plan = new_plan(two_box="kamailio")
    name = ("--name", plan.name)
    try:
        done = _lab("up", *name, "--two-box", "--libdir", plan.libdir)
        assert done.returncode == 0, done.stderr
        assert "box 2" in done.stdout
        done = _lab("call", *name, "--seconds", "2")
        assert done.returncode == 0, done.stdout + done.stderr
        assert "nobody else gets that header" in done.stdout
        assert "box 2" in done.stdout.split("INVITE")[0]
        assert _lab("status", *name).returncode == 0
        done = _lab("up", *name)
        assert done.returncode == 2 and "another" in done.stderr
        assert _lab("down", *name).returncode == 0
        assert not namespaces.existing(plan)
    finally:
        lab.down(plan)
