# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The benchmark's arithmetic, on a small profile whose numbers are known."""
import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "bench"))

from benchlib import callgrind, growth, history, memory, tables  # noqa: E402
from benchlib.variants import differences, normal, variants  # noqa: E402

# Kamailio's worker calls a function of the module twice; that one calls another
# of its own, and both allocate. Names are written once, then by number.
SAMPLE = """# callgrind format
version: 1
positions: line
events: Ir
summary: 1000

ob=(1) /usr/sbin/kamailio
fl=(1) udp.c
fn=(1) udp_rcv_loop
16 100
cob=(2) /build/nat64sip.so
cfi=(2) n64_rr.c
cfn=(2) n64_rr_add
calls={calls} 20
+1 800
cfn=(6) fm_malloc
calls=1 0
* 10

ob=(2)
fl=(2)
fn=(2)
20 50
cfi=(4) /src/n64_view.c
cfn=(3) n64_view
calls={calls} 30
* 600
+2 30
cob=(1)
cfi=(3) f_malloc.c
cfn=(6)
calls=3 40
+1 120

fl=(5) n64_tm.c
fn=(10) release
70 2

fl=(4) /src/n64_view.c
fn=(11) release
71 3
fn=(3)
30 300
fi=(6) inlined.h
31 100
fe=(4)
cob=(1)
cfi=(3)
cfn=(7) parse_uri
calls=8 0
0 200

ob=(1)
fl=(3)
fn=(6)
40 130
fn=(7)
5 200
fn=(8) fm_shm_malloc
50 7
cfn=(6)
calls=2 40
51 20
fn=(9) build_cell
60 1
cfn=(8)
calls=2 50
61 27
"""


LOOP = ("kamailio", "udp_rcv_loop", "udp.c")
ADD = ("nat64sip.so", "n64_rr_add", "n64_rr.c")
VIEW = ("nat64sip.so", "n64_view", "n64_view.c")


def profile(calls=2):
    return callgrind.read(SAMPLE.format(calls=calls).splitlines(True))


def test_costs_are_read():
    p = profile()
    assert p.own[ADD] == 80
    assert p.own[LOOP] == 100
    assert p.total() == 100 + 80 + 2 + 3 + 400 + 130 + 200 + 7 + 1
    assert p.called("n64_view") == 2
    assert p.called("fm_malloc") == 1 + 3 + 2


def test_what_a_function_calls_counts_with_it():
    p = profile()
    assert p.inclusive(VIEW) == 600
    assert p.inclusive(ADD) == 80 + 600 + 120


def test_object_of_a_called_function_is_the_callers_unless_named():
    p = profile()
    assert (ADD, VIEW) in p.calls
    assert (VIEW, ("kamailio", "parse_uri", "f_malloc.c")) in p.calls


def test_static_functions_of_one_name_are_two():
    p = profile()
    assert p.own["nat64sip.so", "release", "n64_tm.c"] == 2
    assert p.own["nat64sip.so", "release", "n64_view.c"] == 3


def test_less_another_run():
    d = profile(7).minus(profile(2))
    assert d.called("n64_view") == 5
    assert d.called("fm_malloc") == 0
    assert d.total() == 0


def test_shares_are_the_whole():
    parts = callgrind.Shares(profile(), tables.part_of).entered(tables.inside)
    assert parts == {"evidence and decision": 600, "Record-Route": 200}


def test_shares_of_a_function_without_a_part():
    """What two callers share is shared out as they paid for it"""
    p = callgrind.Profile()
    for who, to, own, cost in (("main", "a", 0, 30), ("main", "b", 0, 10),
                               ("a", "help", 10, 20), ("b", "help", 0, 10),
                               ("help", "c", 15, 15)):
        pair = ("x", who, "x.c"), ("x", to, "x.c")
        p.own[pair[0]] += own
        p.calls[pair] = 1
        p.spent[pair] = cost
    p.own["x", "c", "x.c"] = 15
    names = {"a": "A", "b": "B", "c": "C"}
    shares = callgrind.Shares(p, lambda f: names.get(f[1]))
    assert shares.of(("x", "main", "x.c")) == {None: 0, "A": 20, "C": 15, "B": 5}


def test_allocations():
    """Shared ones do not count as private ones too"""
    assert tables.allocations(profile(), "fm", 2) == (2.0, 1.0)
    assert tables.allocations(profile(), "qm", 2) == (0.0, 0.0)


ROWS = [
    {"manager": "fm", "name": "nat64", "ratio": 1.06},
    {"manager": "fm", "name": "stock", "ratio": 1.24},
    {"manager": "fm", "name": "ipv4", "ratio": 1.01},
]


def test_wanted():
    assert list(tables.wanted(ROWS)) == [
        "nat64, fm: 1.060 x bare; wanted: 1.05",
        "ipv4, fm: 1.010 x bare; wanted: 1.01",
        "nat64, fm: adds 0.25 of what stock modules add; wanted: at most half",
    ]


def test_table():
    assert list(tables.table(("name", "n"), [("a", 1234.5), ("bcdef", None)],
                             ("{}", "{:,.1f}"))) == [
        "name         n", "a      1,234.5", "bcdef"]


def test_history_has_the_latest_of_each(tmp_path):
    kept = history.History(tmp_path / "history", "calls")
    assert kept.last_ratios() == {}
    kept.add([dict(row, before=None) for row in ROWS], {"calls": 500})
    kept.add([dict(ROWS[0], ratio=1.05)], {"calls": 500})
    assert history.History(tmp_path / "history", "calls").last_ratios() == {
        ("fm", "nat64"): 1.05, ("fm", "stock"): 1.24, ("fm", "ipv4"): 1.01}


def test_limits(tmp_path):
    path = tmp_path / "ratchet.list"
    path.write_text("# a comment\n\nfm nat64 1.050  # another\nqm ipv4 1.2\n")
    assert history.limits(path) == {("fm", "nat64"): 1.05, ("qm", "ipv4"): 1.2}


def test_ratchet_names_what_there_is():
    ratchet = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..",
                           "bench", "ratchet.list")
    names = {v.name for v in variants(True)}
    held = history.limits(Path(ratchet))
    assert {("fm", "nat64"), ("fm", "ipv4")} <= set(held)
    assert {name for _, name in held} <= names


MESSAGE = """INVITE sip:bob@192.0.2.30 SIP/2.0
Record-Route: <sip:192.0.2.10:5060;r2=on{label};ftag=1;lr>
Via: SIP/2.0/UDP 192.0.2.10;branch=z9hG4bK{branch}
Content-Length: {length}

v=0
c=IN IP4 {address}
"""


def message(label="", branch="1", address="192.0.2.1", length=9):
    return MESSAGE.format(label=label, branch=branch, address=address,
                          length=length)


def test_label_and_branch_may_differ():
    assert normal(message(";n64=bn", "2")) == normal(message())
    assert not list(differences("x", {"callee": [message(";n64=as", "3")]},
                                {"callee": [message()]}))


@pytest.mark.parametrize("mine", [
    [message(address="192.0.2.2")], [message().replace("r2=on", "r2=no")],
    [message(";x=bn")], [], [message(), message()]])
def test_nothing_else_may_differ(mine):
    assert list(differences("x", {"callee": mine}, {"callee": [message()]}))


def test_the_body_may_be_left_out():
    mine = {"callee": [message(address="192.0.2.222", length=11)]}
    theirs = {"callee": [message()]}
    assert list(differences("x", mine, theirs))
    assert not list(differences("x", mine, theirs, body=False))
    assert list(differences("x", {"callee": [message().replace("ftag=1", "")]},
                            theirs, body=False))


def test_every_variant_has_a_bare_one_that_is_its_own_measure():
    every = {v.name: v for v in variants(True)}
    for v in every.values():
        assert every[v.base].base == v.base
        assert every[v.base].cfg == "bare.cfg" and every[v.base].ue6 == v.ue6
        assert not v.same_as or v.same_as in every


GROWS = [("sdp64 4K ICE: scan", 4000, 8000), ("sdp64 64K ICE: scan", 64000,
                                              100000),
         ("sdp64 64K ICE: memchr, each line", 64000, 1),
         ("ua_policy: none matches", 1, 400), ("ua_policy: none matches", 64,
                                               23000),
         ("flow cache: found", 1000, 230), ("flow cache: found", 1000000, 224),
         ("pool: found", 10, 80), ("pool: found", 100, 120),
         ("pool: found", 1000, 160)]


def test_growth_as_it_may_be():
    assert not list(growth.faults(GROWS))


@pytest.mark.parametrize("row,how", [
    (("sdp64 64K ICE: scan", 64000, 150000), "linear"),
    (("ua_policy: none matches", 64, 30000), "linear"),
    (("flow cache: found", 1000000, 260), "constant"),
    (("pool: found", 1000, 170), "logarithmic")])
def test_growth_is_judged(row, how):
    rows = [row if r[:2] == row[:2] else r for r in GROWS]
    (fault,) = growth.faults(rows)
    assert f"grows more than {how}" in fault


def test_growth_that_was_not_measured():
    assert len(list(growth.faults(GROWS[:7]))) == 1
    assert len(list(growth.faults(GROWS[1:]))) == 1


def test_limits_of_ratios():
    limits = {"a": 2.0, "b": 4.0, "c": 1.0}
    bad, told = growth.exceeded({"a": 2.1, "b": 3.5}, limits, 3.0)
    assert bad == ["a: 2.10 x memchr, above the ratchet's 2.00",
                   "c: not measured"]
    assert told == ["Nothing to do, within 3 x memchr: 1 of 3.",
                    "  not yet: b, 3.50"]


def test_slope():
    assert memory.slope([(0, 5), (10, 25), (20, 45)]) == 2.0
    assert memory.slope([(3, 7)]) == 0.0
    assert memory.rise([(0, 90), (10, 110)]) == 0.2


class Rest:
    def __init__(self, shared, **private):
        self.shared = shared
        self.private = {("1", what): n for what, n in private.items()}

    grown = memory.AtRest.grown


def test_growth_at_rest():
    assert Rest(10, udp=5).grown(Rest(10, udp=5)) == []
    assert Rest(12, udp=5, tcp=9).grown(Rest(10, udp=8, tcp=9)) == [
        ("shared memory", 2), ("udp (1)", -3)]
