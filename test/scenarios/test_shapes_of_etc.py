# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each shape that is shipped in etc/: all of its proxies are started, and a call
from a phone behind NAT64 to one on IPv4 goes through each of them."""
import os
import shutil

import pytest

from sipharness import kamailio
from sipharness.branches import ua4, ue6
from sipharness.called import PREF, Called
from sipharness.edge import BEHIND, EDGE, Edge
from sipharness.fleet import Fleet
from sipharness.kamailio import ROOT, Kamailio
from sipharness.twobox import TwoBoxes
from test_fleet_calls import start
from test_twobox import parties

ETC = os.path.join(ROOT, "etc")


def single(lab):
    with Called(lab, f'NAT64_PREF64="{PREF}"', "NAT64_NO_PROBE") as s:
        s.call(ue6(s), ua4(s).register("bob", 101))


def kemi(lab):
    if not kamailio.has_module("app_lua"):
        pytest.skip("Kamailio's module app_lua is not installed")
    lab.kemi = True
    single(lab)


def edge(lab):
    Edge.registrar(lab)
    with Called(lab, *BEHIND, cfg=EDGE) as s:
        one = ue6(s)
        s.asked(one)
        s.call(one, ua4(s).register("bob", 102))


def two_boxes(lab):
    with TwoBoxes(lab) as s:
        call = parties(s, "ue6", "ua4").up()
        call.bye(call.caller)


def fleet(lab):
    with Fleet(lab) as s:
        s.call(*start(s, "ue6-ua4"))


def named(*names):
    return {f"kamailio-nat64{name}.cfg" for name in names}


SHAPES = {  # and the configurations that are in it
    single: named(""), kemi: named("-kemi"),
    edge: named("-edge", "-registrar"), two_boxes: named("-box1", "-box2"),
    fleet: {"fleet/edge.cfg", "fleet/registrar.cfg", "fleet/media.cfg"},
}
RELAYED = (two_boxes, fleet)


def asked(lab):
    """The configurations whose proxies an INVITE came to"""
    to = {m.dst for m in lab.wire.read() if m.data.startswith(b"INVITE ")}
    return {os.path.relpath(one.argv[one.argv.index("-f") + 1], ETC)
            for one in lab.running if isinstance(one, Kamailio)
            and one.probe_to in to}


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_call(lab, shape):
    if shape in RELAYED and not shutil.which("rtpengine"):
        pytest.skip("rtpengine is not installed")
    shape(lab)
    assert asked(lab) == SHAPES[shape]
