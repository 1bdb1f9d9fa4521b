# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Every kind of media through a real NAT64, called from either side: the
shipped configuration, nothing configured.

A selection in which each pair of kind, caller and transport is once; all with
N64_FULL=1.
"""

import os
import re
import subprocess
import sys

import pytest
from conftest import TOP, on_another_proxy
from lablib import (kinds, ladder, matrix, media, media_matrix, namespaces,
                    proofs_media)
from lablib.kinds import DIRECTIONS, KINDS

sys.path.insert(0, os.path.join(TOP, "test", "scenarios"))

from sipharness import pairwise  # noqa: E402

LAB = os.path.join(TOP, "utils", "lab")


@pytest.fixture(scope="module")
def plan(make_lab):
    return make_lab(no_pref64=True)


# test_call.py and test_matrix.py play a lot of plain audio; test_no_relay.py,
# and test_table, calls without a relay
SOME = KINDS if pairwise.full() else [k for k in KINDS
                                      if k not in ("audio", "direct")]


@pytest.mark.parametrize("kind,way,transport", pairwise.combinations(
    SOME, DIRECTIONS, matrix.TRANSPORTS))
def test_flow(plan, kind, way, transport):
    flow = media_matrix.table().flows[f"{kind}/{way}"]
    case = media_matrix.place(plan, flow, transport)
    found = kinds.judge(case)
    text = "\n".join(ladder.draw(case) + [p.line() for p in found])
    assert all(p.ok for p in found), text
    keys = {p.key for p in found}
    assert {"answered", "ack", "rtp", "bye", *KINDS[kind].keys[-1:]} <= {
        k for key in keys for k in (key, key.rsplit("-", 1)[0])}
    assert {f"{k}-{p}" for k in ("first", "tone", "sdp")
            for p in ("ue", "ua4")} <= keys
    if kind == "ice" and flow.caller == "ue":
        _offered_again_from_outside(case)


def _offered_again_from_outside(case):
    """The phone offers what its NAT64 made of it, and goes on hearing."""
    again = [m for m in case.sent("ue", case.call())
             if m.method == "INVITE" and ";tag=" in m.header("to")]
    assert again and "c=IN IP4 192.0.2.1\r\n" in again[0].body
    after = [p for p in case.wire["ua4"].got if media.is_rtp(p)
             and p.time > proofs_media.again_at(case, "ua4")]
    assert len(after) >= proofs_media.PACKETS


def _matrix(*words):
    done = subprocess.run([LAB, "matrix", "--media", *words,
                           *on_another_proxy(words)], capture_output=True,
                          text=True, timeout=240, check=False)
    rows = {line.split()[0]: line.split()[2:]
            for line in done.stdout.splitlines() if re.match(r"\S+/\S", line)
            and not line.endswith(":")}
    return done, rows


def test_table(permitted):
    """A lab of its own, and of one row, which are gone afterwards."""
    done, rows = _matrix("--transport", "udp", "--flows", "t38/ue6-*",
                         "direct/ue6-*")
    assert done.returncode == 0, done.stdout + done.stderr
    for kind in ("t38", "direct"):
        cells = dict(zip(media_matrix.table().columns,
                         rows[f"{kind}/ue6-ua4"]))
        assert re.fullmatch(r"\d+/\d+", cells.pop("ms-to-RTP"))
        assert {c for c, v in cells.items() if v == "ok"} == {
            "SIP", "family", "media", "tone", kind}
    assert "2 of 2 calls passed" in done.stdout
    name = re.search(r"lab '(\w+)' is down", done.stdout)[1]
    for one in (name, name + "d"):
        gone = media_matrix.plan_for(one)
        assert not namespaces.existing(gone) and not os.path.exists(gone.dir)


def test_no_such_flow():
    done, _ = _matrix("--flows", "ue6-ua4/bye-caller")
    assert done.returncode == 2 and "no flow" in done.stderr
    assert "t38/ua4-ue6" in done.stderr
