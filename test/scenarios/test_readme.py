# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The snippet in README.md works as it stands: the shipped configuration with
all that it says of nat64sip taken out, and the snippet put in. No phone is
asked and the prefix is given, so that the wire is that of the other
scenarios."""
import os
import re
import shutil

import pytest
from sipharness.kamailio import ROOT
from sipharness.lab import SHIPPED


def snippet():
    with open(os.path.join(ROOT, "README.md")) as f:
        found = re.search(r"```kamailio\n(.*?)```", f.read(), re.S)
    assert found, "README.md has no snippet"
    lines = [line for line in found.group(1).splitlines() if line.strip()]
    assert len(lines) <= 15, "the snippet is promised to be short"
    return found.group(1)


def cut(text, pattern, put=""):
    text, n = re.subn(pattern, lambda _: put, text, flags=re.S | re.M)
    assert n, f"the shipped configuration has no {pattern}"
    return text


@pytest.fixture
def config(tmp_path):
    with open(SHIPPED) as f:
        text = f.read()
    text = cut(text, r'^loadmodule "nat64sip.so"\n')
    text = cut(text, r'^#!ifdef NAT64_PREF64\nmodparam.*?^#!endif\n')
    text = cut(text, r'^#!ifdef NAT64_NO_PROBE\nmodparam.*?^#!endif\n')
    text = cut(text, r'^modparam\("nat64sip".*?\n')
    text = cut(text, r"^(#[^\n]*\n)*branch_route\[BRANCH\].*\Z")
    text = cut(text, r't_on_branch\("BRANCH"\)', 't_on_branch("NAT64")')
    text = cut(text, r't_on_reply\("REPLY"\)', 't_on_reply("NAT64")')
    text = cut(text, r"\t\tif \(is_method\(\"ACK\"\)\) \{[^}]*MEDIA[^}]*\}\n")
    text = cut(text, r"is_via_nat64\(\)", "is_first_hop()")
    text = cut(text, r"fix_nat64_register\(\)", "fix_nated_register()")
    assert "nat64sip" not in text.split("Modules #")[1].replace(
        "nat64sip.invalid", ""), "not all of it was taken out"
    path = tmp_path / "readme.cfg"
    path.write_text(cut(text, r"^####### Requests", snippet()
                        + '\nmodparam("nat64sip", "probe", 0)\n'
                        + 'modparam("nat64sip", "pref64", '
                        + '"2001:db8:64::/96")\n'
                        + "####### Requests"))
    return str(path)


@pytest.mark.parametrize("call", ["ue6-ua4-baresip-rtp", "ua4-ue6-baresip-rtp"])
def test_call(lab, config, call):
    if not shutil.which("rtpengine"):
        pytest.skip("rtpengine is not installed")
    lab.proxy(config, defines=['SIP_DOMAIN="sip.example.test"', *lab.relay()])
    lab.play(call)
