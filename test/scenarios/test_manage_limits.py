# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What cannot work is said at the start, in one line that names it and says
what to do."""
import os
import re

import pytest

from sipharness import shapes
from sipharness.lab import HERE
from sipharness.texts import UE6, Texts, pair, request, values

CFG = os.path.join(HERE, "cfg", "beside.cfg")


def warnings(proxy):
    """Lines of nat64sip at the level of a warning"""
    return re.findall(
        r"WARNING: nat64sip \[[^]]*\]: \w+\(\): (.*)", proxy.log())


def test_topos(lab):
    folder = os.path.join(lab.folder, "topos")
    os.mkdir(folder)
    with open(os.path.join(folder, "version"), "w") as f:
        f.write("table_name(string) table_version(int)\n"
                "topos_d:2\ntopos_t:2\n")
    proxy = lab.proxy(CFG, defines=[f'WITH_TOPOS="text://{folder}"'])
    said = warnings(proxy)
    assert said == [
        "module topos stores and replaces what nat64sip writes in Record-Route"
        " and Contact, and hides what phones say to it: not supported, load"
        " topos on another proxy"]


def test_no_nathelper(lab):
    """The call itself goes through, with the pair and the SDP"""
    with Texts(lab, "NO_NATHELPER", cfg=CFG) as s:
        said = warnings(s.proxy)
        assert said == [
            "nat64_manage() needs the module nathelper to reach phones behind"
            " NAT64 within a dialog: load nathelper.so, or leave the alias to"
            ' the script by nat64_manage("a")']
        got = s.call(UE6, request())
        assert values(got) == pair("4bn", "6as")
        assert got.endswith(shapes.body("IP4 192.0.2.1"))
        assert "alias" not in values(got, "Contact")
        s.drain()


@pytest.mark.parametrize("call", ['nat64_manage("a");', 'add_dual_rr();'])
def test_no_nathelper_wanted(lab, call):
    """Nobody asked for the alias"""
    with Texts(lab, "NO_NATHELPER", "NOT_MANAGED", f"AFTER={call}",
               cfg=CFG) as s:
        assert not warnings(s.proxy)
        assert values(s.call(UE6, request())) == pair("4bn", "6as")
        s.drain()


def test_nothing_to_say(lab):
    """All that is there works"""
    with Texts(lab, "WITH_DIALOG", "WITH_UAC", "WITH_ACC", cfg=CFG) as s:
        assert not warnings(s.proxy)
        assert values(s.call(UE6, request())) == pair("4bn", "6as")
        s.drain()
