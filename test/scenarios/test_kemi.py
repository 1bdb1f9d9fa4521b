# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The functions under the same names from KEMI."""
import os
import shutil

import pytest

from sipharness import kamailio, shapes
from sipharness.lab import HERE
from sipharness.shapes import PAIR, V4, V6, value
from test_notify import OURS, with_header

CFG = os.path.join(HERE, "cfg", "kemi.cfg")
SCRIPT = os.path.join(HERE, "cfg", "kemi.js")


@pytest.fixture
def proxy(lab):
    stock = kamailio.module_path().split(":")[-1]
    if not shutil.which("app_jsdt.so", os.F_OK, stock):
        pytest.skip("Kamailio's module app_jsdt is not installed")
    return lab.proxy(CFG, defines=[f'SCRIPT="{SCRIPT}"'])


def test_invite(lab, proxy):
    lab.play("one-invite", **shapes.invite(
        rr=PAIR.replace(";ftag", ";svc=a;ftag"),
        out="X-Seen: via=1;before=0;route=-1;notify=-1\n",
        body_out=with_header(OURS)))


def test_bye_to_ue6(lab, proxy):
    lab.play("one-bye-from-ua4", **shapes.bye(
        f"Route: {value(V4, 'bn')}\nRoute: {value(V6, 'as')}\n",
        seen="X-Seen: via=-1;before=1;route=1;notify=-1\n",
        header='PortaSIP-Notify: caller=nat64;'
               'caller-pref64="2001:db8:64::/96";callee=ipv4\n'))
