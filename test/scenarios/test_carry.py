# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The Well-Known Prefix and an own address that is not global: the operator is
told at start, and again by a reload that brings new ones, once for each."""
import re

import pytest

from sipharness import shapes
from sipharness.pools import File, Pools, Table, parameters

WKP, NSP = "64:ff9b::/96", "2001:db8:64::/96"
MAY_NOT = (" may not carry the own address 192.0.2.10 (RFC 6052 3.1): no"
           " synthetic Record-Route for it unless a phone shows the prefix, or"
           " wkp_strict is 0")


def warned(log):
    """What nat64sip itself says at the level of a warning"""
    return [m[1] for m in re.finditer(
        r"WARNING: nat64sip \[[^]]*\]: \w+\(\): (.*)", log)]


def of_pool(network, place):
    return f"the pool {network}={WKP} ({place}){MAY_NOT}"


def test_configured(lab):
    """One line, though UDP and TCP have the address both"""
    proxy = lab.proxy(defines=[shapes.STATIC, f'PREF64="{WKP}"'])
    assert warned(proxy.log()) == ["the configured pref64" + MAY_NOT]


@pytest.mark.parametrize("define", [f'PREF64="{NSP}"', "WKP_STRICT=0"])
def test_nothing_to_say(lab, define):
    pref = NSP if "PREF64" in define else WKP
    with Pools(lab, *parameters(f"10.0.0.0/8={pref}"), define) as s:
        assert warned(s.proxy.log()) == []
        assert s.listed() == [("10.0.0.0/8", pref, 'parameter "pool"')]


def test_pool_parameters(lab):
    """Only those that have it"""
    with Pools(lab, *parameters(f"10.0.0.0/8={WKP}", f"192.0.2.0/24={NSP}",
                                f"172.16.0.0/12={WKP}")) as s:
        assert sorted(warned(s.proxy.log())) == [
            of_pool("10.0.0.0/8", 'parameter "pool"'),
            of_pool("172.16.0.0/12", 'parameter "pool"')]


def news(s):
    """Warnings since the last time, which may be there"""
    text = s.proxy.log(s.proxy.mark)
    s.logged_lines()
    return warned(text)


def test_file_and_reload(lab):
    """What was there is not said again; what has it now, and what is new in
    or around what was there, is"""
    pools = File(lab, f"10.0.0.0/8={WKP}\n172.16.0.0/12={NSP}\n")
    with Pools(lab, *pools.defines) as s:
        path = pools.path
        assert warned(s.proxy.log()) == [of_pool("10.0.0.0/8", f"{path}:1")]
        pools.write(f"# more\n10.0.0.0/8={WKP}\n172.16.0.0/12={WKP}\n"
                    f"10.1.0.0/16={WKP}\n0.0.0.0/0={WKP}\n")
        assert "pools: 4" in s.rpc("nat64sip.reload")
        assert sorted(news(s)) == [of_pool("0.0.0.0/0", f"{path}:5"),
                                   of_pool("10.1.0.0/16", f"{path}:4"),
                                   of_pool("172.16.0.0/12", f"{path}:3")]


def test_table(lab):
    table = Table(lab, ("10.0.0.0/8", WKP))
    with Pools(lab, *table.defines) as s:
        assert warned(s.proxy.log()) == [
            of_pool("10.0.0.0/8", "table nat64sip_pool, row 1")]
        table.write(("10.0.0.0/8", WKP), ("192.168.0.0/16", WKP))
        assert "pools: 2" in s.rpc("nat64sip.reload")
        assert news(s) == [
            of_pool("192.168.0.0/16", "table nat64sip_pool, row 2")]


def test_reload_that_fails_says_nothing(lab):
    pools = File(lab, f"192.0.2.0/24={NSP}\n")
    with Pools(lab, *pools.defines) as s:
        pools.write(f"10.0.0.0/8={WKP}\nno pool\n")
        assert "error" in s.rpc("nat64sip.reload")
        assert news(s) == []
        assert s.listed() == [("192.0.2.0/24", NSP, f"{pools.path}:1")]


def test_many(lab):
    """Twenty by name, then how many more"""
    pools = File(lab, "".join(f"10.{n}.0.0/16={WKP}\n" for n in range(50)))
    with Pools(lab, *pools.defines) as s:
        lines = warned(s.proxy.log())
        assert lines[:20] == [of_pool(f"10.{n}.0.0/16",
                                      f"{pools.path}:{n + 1}")
                              for n in range(20)]
        assert lines[20:] == ["30 more pools may not carry it either"]
