# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The two other ways from the relay's address to the phone's c= line, in the
lab: rtpengine writes it itself. Audio both ways, and every proof of a call."""
import os

import pytest
from conftest import TOP, must_pass
from lablib import call, kinds, media_matrix
from lablib import plan as P

PREFIXES = ["2001:db8:64::/96", "2001:db8:100::/40"]
WAYS = {
    "media-address": [("rtpengine_address", P.RELAY_ADDR)],
    "interface": [("rtpengine_interface", f"{PREFIXES[0]}=nat64"),
                  ("rtpengine_interface", f"{PREFIXES[1]}=nat64-2")],
}


@pytest.fixture(scope="module", params=WAYS)
def plan(request, make_lab, tmp_path_factory):
    path = tmp_path_factory.mktemp("way") / "proxy.cfg"
    with open(os.path.join(TOP, "etc", "kamailio-nat64.cfg"),
              encoding="utf-8") as shipped:
        path.write_text(shipped.read() + "".join(
            f'modparam("nat64sip", "{name}", "{value}")\n'
            for name, value in WAYS[request.param]))
    return make_lab(pref64=PREFIXES, config=str(path),
                    bridges=request.param == "interface")


@pytest.mark.parametrize("transport,caller,callee,hold", [
    ("udp", "ue", "ua4", ""), ("udp", "ua4", "ue", "ua4"),
    ("udp", "ue", "ue2", ""),
    ("tcp", "ue", "ua4", "ue"), ("tcp", "ua4", "ue", "")])
def test_call(plan, transport, caller, callee, hold):
    must_pass(call.place(plan, caller, None, transport, 2.0, callee, hold))


def test_ice(plan):
    """What rtpengine writes by itself names its candidates, too."""
    flow = media_matrix.table().flows["ice/ue6-ua4"]
    found = kinds.judge(media_matrix.place(plan, flow, "udp"))
    assert all(p.ok for p in found), "\n".join(p.line() for p in found)
