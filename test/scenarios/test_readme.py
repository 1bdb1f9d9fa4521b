# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The snippet in README.md works as it stands: the shipped configuration with
all that it says of nat64sip taken out, and the snippet put in. No phone is
asked and the prefix is given, so that the wire is that of the other
scenarios."""
import os
import re

import pytest
from sipharness.kamailio import ROOT
from sipharness.lab import SHIPPED

ROUTE = r"^{}(\[{}\])? \{{$.*?^\}}$"  # of one kind, of one name
ALIAS = 't_on_reply("REPLY"); route(NAT44); route(RELAY);'
SET = """
modparam("nat64sip", "probe", 0)
modparam("nat64sip", "pref64", "2001:db8:64::/96")
"""


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
    text = cut(text, r"^#(?!!)[^\n]*\n")
    text = cut(text, r'^loadmodule "nat64sip.so"\n')
    for name in "metrics", "emergency":
        text = cut(text, rf'^include_file "kamailio-nat64-{name}.inc"\n')
    text = cut(text, r'^#!ifdef \w+\nmodparam\("nat64sip"[^\n]*\n#!endif\n')
    text = cut(text, ROUTE.format("route", "RELAY"))
    text = cut(text, ROUTE.format("reply_route", ""))
    # the alias that an operator gives each phone already
    text = cut(text, r' && \$nat64\(source\) != "nat64"')
    text = cut(text, r'^\tif \([^\n]*\$nat64\(sdp\).*?^\t\}\n')
    # the flags that the text below the snippet names
    text = cut(text, r" \$nat64\(rtpengine\)")
    text = cut(text, r"\broute\(RELAY\);", ALIAS)
    left = set(re.findall(r"\w*nat64\w*", text))
    assert left == {"fix_nat64_register", "nat64sip"}, "it says more of it"
    path = tmp_path / "readme.cfg"
    path.write_text(cut(text, "^request_route", snippet().replace(
        '"nat64sip.so"\n', '"nat64sip.so"\n' + SET) + "request_route"))
    return str(path)


@pytest.mark.parametrize("call", ["ue6-ua4-baresip-udp", "ua4-ue6-baresip-udp",
                                  "ue6-ua4-late-offer"])
def test_call(lab, config, call):
    lab.proxy(config, defines=['SIP_DOMAIN="sip.example.test"'])
    lab.play(call)
