# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Pools: the PREF64 of phones that do not show it themselves. Nothing else is
configured, and no phone is asked unless a test says so."""
import re
import time

import pytest

from sipharness import shapes, unseen
from sipharness.lab import call_text
from sipharness.pools import CFG, File, Pools, Table, parameters
from sipharness.shapes import STATIC, V4, V6, pair, synthetic, value

FTAG = "4e9f455618bc23e3"  # of the call to UE6
A, B, C = ("2001:db8:64::/96", "2001:db8:122:344::/64", "3fff:64::/32")
NET = "192.0.2.0/24"  # where UE6 comes from, 192.0.2.1
FOREIGN = f"198.51.100.0/24={B}"
NO_PREFIX = pair(value(V4, "bn"), value(V4, "as"))
LATER = "2001:db8:65::/96"
PAUSE = "the last reload was less than 5 s ago, wait"


def towards(prefix):
    return pair(value(V4, "bn"), value(synthetic(prefix, V4), "as"))


def one_invite(lab, rr):
    lab.play("one-invite", **shapes.invite(rr=rr))


def blocks(text):
    """A call file, block by block"""
    return re.split(r"(?m)^(?==== )", text)[1:]


def other_call(text):
    """The same call once more: nothing that was registered is so again"""
    text = re.sub(r"(?m)^(Call-ID: \S+)", r"\g<1>x", text)
    text = re.sub(r"(branch=z9hG4bK\w+)", r"\g<1>x", text)
    return "".join(b for b in blocks(text) if " REGISTER" not in b)


def call_halves():
    """A whole call until the BYE, and from there"""
    call = blocks(call_text("ue6-ua4-baresip-udp"))
    bye = next(n for n, b in enumerate(call) if "\nBYE " in b)
    return "".join(call[:bye]), "".join(call[bye:])


def test_parameter(lab):
    lab.proxy(CFG, defines=[STATIC, *parameters(FOREIGN, f"{NET}={A}")])
    one_invite(lab, towards(A))


def test_not_in_any_pool(lab):
    """Nothing is guessed. The proxy has the pool: it lists it."""
    with Pools(lab, STATIC, *parameters(FOREIGN)) as s:
        s.play(call_text("one-invite"), **shapes.invite(rr=NO_PREFIX))
        assert s.listed() == [("198.51.100.0/24", B, 'parameter "pool"')]


def test_pool_alone_is_no_evidence(lab):
    """464XLAT and dual-stack phones share the pool: only a hint or a proof
    makes a phone one behind NAT64. The one that hints is."""
    lab.proxy(CFG, defines=[STATIC, *parameters(f"{NET}={A}")])
    one_invite(lab, towards(A))
    lab.play("one-invite", edit=lambda t: t.replace("b6e75f89cf045ce6",
             "b6e75f89cf045ce7"), **shapes.invite(
        via="192.0.2.1:39859", contact="192.0.2.1:39859", rr=shapes.PLAIN,
        body_in=shapes.body("IP4 192.0.2.1")))


def test_before_the_configured_prefix(lab):
    lab.proxy(CFG, defines=[STATIC, f'PREF64="{B}"',
                            *parameters(f"{NET}={A}")])
    one_invite(lab, towards(A))


def test_towards_ue6(lab):
    """The pool of the address that the call goes to"""
    lab.proxy(CFG, defines=[
        'STATIC_CALLEE="sip:alice-0x55a01dade3a0@[2001:db8:1::2]:46546"',
        'STATIC_HOP="sip:192.0.2.1:46546"', *parameters(f"{NET}={A}")])
    lab.play("one-invite-to-ue6", seen="", reply_seen="",
             body_in=shapes.body("IP4 192.0.2.30"),
             body_out=shapes.body("IP6 2001:db8:64::c000:21e"),
             rr=pair(value(V6, "bn", ftag=FTAG), value(V4, "af", ftag=FTAG)))


REPLY = """=== ua4 192.0.2.30:5060 > proxy 192.0.2.10:5060 udp
SIP/2.0 200 OK
Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bKbefore
{rest}{body_in}
=== proxy 192.0.2.10:5060 > ue6 192.0.2.1:39859 udp
SIP/2.0 200 OK
{rest}{body_out}
"""
REST = """Via: SIP/2.0/UDP [2001:db8:1::2]:9;received=192.0.2.1;rport=39859
To: <sip:bob@sip.example.test>;tag=2ba10b12b3d84691
From: <sip:alice@sip.example.test>;tag=509deccb2e2fd74d
Call-ID: b6e75f89cf045ce6
CSeq: 28161 INVITE
"""


def test_reply_of_no_transaction(lab):
    """After a restart: the pool of the address that the reply goes to"""
    text = REPLY.format(rest=REST, body_in=shapes.body("IP4 192.0.2.30"),
                        body_out=shapes.body("IP6 2001:db8:64::c000:21e"))
    with Pools(lab, STATIC, "STATELESS_REPLY",
               *parameters(f"{NET}={A}")) as s:
        s.play(text)


LONGEST = {
    "narrowest-last": ([f"0.0.0.0/0={B}", f"{NET}={C}", f"192.0.2.1={A}"], A),
    "narrowest-first": ([f"192.0.2.1/32={A}", f"0.0.0.0/0={B}",
                         f"{NET}={C}"], A),
    "neighbour": ([f"192.0.2.2/31={A}", f"192.0.2.0/25={B}",
                   f"192.0.0.0/16={C}"], B),
    "all": ([f"192.0.2.128/25={A}", f"0.0.0.0/0={C}", FOREIGN], C),
}


@pytest.mark.parametrize("case", LONGEST)
def test_longest_match(lab, case):
    pools, prefix = LONGEST[case]
    lab.proxy(CFG, defines=[STATIC, *parameters(*pools)])
    one_invite(lab, towards(prefix))


def test_phone_that_never_adds_received(lab):
    """It is asked, and its answer shows nothing. The pool is believed: the
    second call gets the PREF64 as the first did."""
    request, answer = unseen.probe(received="")
    call = blocks(call_text("one-invite"))
    shape = shapes.invite(rr=towards(A))
    with Pools(lab, STATIC, "PROBE=1", *parameters(f"{NET}={A}")) as s:
        s.play(call[0] + request + answer + "".join(call[1:]), **shape)
        s.known.clear()
        s.play(other_call("".join(call)), **shape)
        s.stats(disproofs=0, probes=1)


def test_file(lab):
    """Comments, empty lines, blanks, CRLF, no last line end"""
    pools = File(lab, f"# the mobile network\n\n \t\r\n{NET} = {A} # west\r\n"
                      f"\t198.51.100.0/24={B}")
    with Pools(lab, STATIC, *pools.defines) as s:
        s.play(call_text("one-invite"), **shapes.invite(rr=towards(A)))
        assert s.listed() == [(NET, A, f"{pools.path}:4"),
                              ("198.51.100.0/24", B, f"{pools.path}:5")]


def test_file_and_parameter(lab):
    """Both count; what both say is one pool"""
    pools = File(lab, f"{NET}={C}\n192.0.2.1={A}\n")
    with Pools(lab, STATIC, *pools.defines, *parameters(f"{NET}={C}")) as s:
        s.play(call_text("one-invite"), **shapes.invite(rr=towards(A)))
        assert s.listed() == [(NET, C, 'parameter "pool"'),
                              ("192.0.2.1/32", A, f"{pools.path}:2")]


def test_many(lab):
    """More than fit in one piece of memory; the last one is right"""
    lines = [f"10.{n >> 8}.{n & 255}.0/24={B}\n" for n in range(2000)]
    pools = File(lab, "".join(lines) + f"{NET}={A}\n")
    lab.proxy(CFG, defines=[STATIC, *pools.defines])
    one_invite(lab, towards(A))


def test_empty_file(lab):
    """A file without pools is one that will have some"""
    pools = File(lab, "# none yet\n")
    with Pools(lab, STATIC, *pools.defines) as s:
        assert s.rpc("nat64sip.pools") == ""
        s.play(call_text("one-invite"), **shapes.invite(rr=NO_PREFIX))


def test_table(lab):
    table = Table(lab, (NET, C), ("192.0.2.1/32", A), ("198.51.100.0/24", B))
    with Pools(lab, STATIC, *table.defines) as s:
        s.play(call_text("one-invite"), **shapes.invite(rr=towards(A)))
        assert s.listed() == [
            (NET, C, "table nat64sip_pool, row 1"),
            ("192.0.2.1/32", A, "table nat64sip_pool, row 2"),
            ("198.51.100.0/24", B, "table nat64sip_pool, row 3")]


def test_table_of_another_name(lab):
    table = Table(lab)
    table.execute("ALTER TABLE nat64sip_pool RENAME TO west;"
                  "UPDATE version SET table_name = 'west'"
                  " WHERE table_name = 'nat64sip_pool';"
                  f"INSERT INTO west (network, pref64) VALUES ('{NET}','{A}')")
    lab.proxy(CFG, defines=[STATIC, 'DB_TABLE="west"', *table.defines])
    one_invite(lab, towards(A))


def source(lab, kind):
    """A file or a table with NET=A; a function that writes another prefix"""
    if kind == "file":
        pools = File(lab, f"{NET}={A}\n")
        return pools, lambda prefix: pools.write(f"\n{NET}={prefix}\n")
    table = Table(lab, (NET, A))
    return table, lambda prefix: table.write((NET, prefix))


@pytest.mark.parametrize("kind", ["file", "table"])
def test_reload_while_a_call_is_up(lab, kind):
    """The call ends as it began, by the values that it was given; the next one
    gets the new PREF64. Another reload must wait."""
    pools, write = source(lab, kind)
    before, after = call_halves()
    with Pools(lab, *pools.defines) as s:
        s.play(before)
        write(LATER)
        assert s.rpc("nat64sip.reload") == "{\n\tpools: 1\n}"
        assert [p[:2] for p in s.listed()] == [(NET, LATER)]
        s.play(after)
        again = other_call(before)
        assert V6 in again
        s.known.clear()
        s.play(again.replace("2001:db8:64::", "2001:db8:65::"))
        assert s.rpc("nat64sip.reload") == f"error: 500 - {PAUSE}"
        assert s.logged_lines() == [f"the pools stay as they are: {PAUSE}"]


def test_reload_after_the_pause(lab):
    """The third set takes the place of the first one"""
    pools = File(lab, f"{NET}={A}\n")
    with Pools(lab, STATIC, *pools.defines) as s:
        pools.write(f"{NET}={B}\n{FOREIGN}\n")
        assert s.rpc("nat64sip.reload") == "{\n\tpools: 2\n}"
        start = time.monotonic()
        pools.write(f"{NET}={C}\n")
        while s.rpc("nat64sip.reload") == f"error: 500 - {PAUSE}":
            assert time.monotonic() < start + 10
            time.sleep(0.2)
        assert time.monotonic() > start + 5
        assert set(s.logged_lines()) == {
            f"the pools stay as they are: {PAUSE}"}
        assert [p[:2] for p in s.listed()] == [(NET, C)]
        s.play(call_text("one-invite"), **shapes.invite(rr=towards(C)))


BROKEN = {
    "file": ("2001:db8::/95", '{path}:2, value "192.0.2.0/24=2001:db8::/95": '
             "the length must be 32, 40, 48, 56, 64 or 96"),
    "table": ("2001:db8::/95", "table nat64sip_pool, row 1, column pref64, "
              'value "2001:db8::/95": the length must be 32, 40, 48, 56, 64 '
              "or 96"),
}


@pytest.mark.parametrize("kind", BROKEN)
def test_failed_reload_keeps_the_old_set(lab, kind):
    """And says why. Put right, it can be loaded at once."""
    pools, write = source(lab, kind)
    prefix, why = BROKEN[kind]
    why = why.format(path=pools.path)
    with Pools(lab, STATIC, *pools.defines) as s:
        write(prefix)
        assert s.rpc("nat64sip.reload") == f"error: 500 - {why}"
        assert s.logged_lines() == [f"the pools stay as they are: {why}"]
        assert [p[:2] for p in s.listed()] == [(NET, A)]
        s.play(call_text("one-invite"), **shapes.invite(rr=towards(A)))
        write(C)
        assert s.rpc("nat64sip.reload") == "{\n\tpools: 1\n}"
        assert [p[:2] for p in s.listed()] == [(NET, C)]


def test_nothing_to_reload(lab):
    why = ("there is nothing to load: neither pool_file nor db_url is set")
    with Pools(lab, STATIC, *parameters(f"{NET}={A}")) as s:
        assert s.rpc("nat64sip.reload") == f"error: 500 - {why}"
        assert s.logged_lines() == [f"the pools stay as they are: {why}"]
        assert [p[:2] for p in s.listed()] == [(NET, A)]
