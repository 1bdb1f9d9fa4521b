# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What an operator learns from a running proxy: RPC, statistics, debug log."""
import re

import pytest

from sipharness import callfile, ctl, shapes, unseen
from sipharness.lab import call_text
from sipharness.script import Script
from sipharness.shapes import STATIC, V4, V6, pair, value

PREF = "2001:db8:64::/96"
NOBODY = {"state": "unknown", "network": "unknown", "rule": "none",
          "strength": "none"}


def answer(got, **want):
    """Those members of an answer"""
    assert {name: got.get(name) for name in want} == want, got


def test_status(lab):
    _, ask = ctl.proxy(
        lab, STATIC, "FLOWS=1000", "PROBE=0", 'DETECT="via,sdp"', 'MODE="off"',
        listen=["tcp:192.0.2.10:5060", "udp:192.0.2.10:5060",
                "udp:192.0.2.11:5062/198.51.100.10:5070"])
    own = re.search(r"own: \{\n(.*?)\}", ask.ask("nat64sip.status"), re.S)[1]
    assert own.split() == ["udp:192.0.2.10:5060", "udp:198.51.100.10:5070",
                           "tcp:192.0.2.10:5060"]
    answer(ask.fields("status"), mode="off", pref64=PREF, detect="via,sdp",
           believe="shown", probe="0", room="1000", hint="0", nat64="0",
           not_nat64="0", hints_waiting="0", probes="0")
    assert re.fullmatch(r"\d+\.\d+\.\d+", ask.fields("status")["version"])


MALFORMED = {
    "lookup": [
        ([], 'address "": must be an IPv4 address, and :PORT or not'),
        (["192.0.2.300"], 'address "192.0.2.300": must be an IPv4 address,'
                          ' and :PORT or not'),
        (["192.0.2"], 'address "192.0.2": must be an IPv4 address, and :PORT'
                      ' or not'),
        (["7"], 'address "7": must be an IPv4 address, and :PORT or not'),
        (["192.0.2.1:"], 'address "192.0.2.1:": must be an IPv4 address, and'
                         ' :PORT or not'),
        (["192.0.2.1:0"], 'address "192.0.2.1:0": must be an IPv4 address,'
                          ' and :PORT or not'),
        (["192.0.2.1:65536"], 'address "192.0.2.1:65536": must be an IPv4'
                              ' address, and :PORT or not'),
        (["192.0.2.1:5060x"], 'address "192.0.2.1:5060x": must be an IPv4'
                              ' address, and :PORT or not'),
        (["2001:db8::1"], 'address "2001:db8::1": must be an IPv4 address,'
                          ' and :PORT or not'),
        (["192.0.2.1:1", "icmp"], 'transport "icmp": must be udp, tcp, tls,'
                                  ' sctp, ws or wss'),
        (["192.0.2.1:1", "udp", "x"], 'argument "x": is one too many'),
    ],
    "mode": [
        (["maybe"], 'mode "maybe": must be on, dryrun or off'),
        (["1"], 'mode "1": must be on, dryrun or off'),
        (["off", "now"], 'argument "now": is one too many'),
    ],
    "flows": [
        (["0"], 'limit "0": must be 1 to 200'),
        (["201"], 'limit "201": must be 1 to 200'),
        (["many"], 'limit "many": must be 1 to 200'),
        (["s:99999999999"], 'limit "99999999999": must be 1 to 200'),
        (["10", "32"], 'cursor "32": must be 0 to 31'),
        (["10", "end"], 'cursor "end": must be 0 to 31'),
        (["10", "0", "0"], 'argument "0": is one too many'),
    ],
    "status": [(["x"], 'argument "x": is one too many')],
    "pools": [(["x"], 'argument "x": is one too many')],
    "reload": [(["x"], 'argument "x": is one too many')],
}


@pytest.mark.parametrize("method", MALFORMED)
def test_malformed_arguments(lab, method):
    """Each gets its message, and nothing is done"""
    proxy, ask = ctl.proxy(lab, STATIC, "FLOWS=16")
    for args, why in MALFORMED[method]:
        with pytest.raises(ctl.Fault) as fault:
            ask.ask(f"nat64sip.{method}", *args)
        assert str(fault.value) == f"400 - {why}", args
    assert ask.mode() == "on"
    assert not proxy.complaints()


def register(s, port=46546, call=0):
    """A phone with IPv6 in Via and Contact registers; the probe that it gets,
    if any"""
    text = callfile.parse(call_text("register-ue6"))[0].text
    phone = s.phone(("192.0.2.1", port))
    phone.send(text.replace("46546", str(port))
               .replace("0d67d9c7a68c3df1", f"0d67d9c7a68c{port:04x}")
               .replace("d39fb", f"{port:04x}{call}"))
    s.proxy.settle()
    got = [phone.recv() for _ in range(2)]
    asked = [m.decode() for m in got if m.startswith(b"OPTIONS ")]
    assert len(asked) == 1, got
    return phone, asked[0]


def reply(s, phone, asked, received):
    via, ids = (re.search(rf"(?m)^{what}: .*$", asked)[0].rstrip()
                for what in ("Via", "Call-ID"))
    rest = "\n".join(re.search(rf"(?m)^{what}: .*$", asked)[0].rstrip()
                     for what in ("From", "To", "CSeq"))
    phone.send(f"SIP/2.0 200 OK\n{via}{received}\n{ids}\n{rest}\n"
               "Content-Length: 0\n\n")
    s.proxy.settle()


def test_lookup(lab):
    """A flow from unknown to hint to proof, another to disproof"""
    with Script(lab) as s:
        ask = ctl.Ctl(s.ctl)
        answer(ask.fields("lookup", "192.0.2.1:46546"), **NOBODY, pref64="",
               pref64_of="none", flow="192.0.2.1:46546", transport="udp")
        phone, asked = register(s)
        answer(ask.fields("lookup", "192.0.2.1:46546"), state="hint",
               network="nat64", rule="hint", strength="hint", pref64="",
               pref64_of="none", why="a request of this flow hinted at NAT64;"
               " its next reply proves or disproves it")
        answer(ask.fields("status"), hint="1", hints_waiting="1", probes="1")
        reply(s, phone, asked, unseen.RECEIVED)
        answer(ask.fields("lookup", "192.0.2.1:46546"), state="nat64",
               network="nat64", rule="flow", strength="proof", pref64=PREF,
               pref64_of="phone",
               why="a reply of this flow showed its PREF64")
        phone, asked = register(s, 46547)
        reply(s, phone, asked, "")
        answer(ask.fields("lookup", "192.0.2.1:46547"), state="not_nat64",
               network="ipv4", rule="flow", strength="proof", pref64="",
               pref64_of="none", why="a reply of this flow showed that it"
               " passed no NAT64")
        answer(ask.fields("status"), hint="0", hints_waiting="0", nat64="1",
               not_nat64="1", probes="2")
        for other in (["192.0.2.1:46546", "tcp"], ["192.0.2.1:46548"],
                      ["192.0.2.2:46546"], ["192.0.2.1"]):
            answer(ask.fields("lookup", *other), **NOBODY)


def test_lookup_names_the_prefix(lab):
    """Of the pool, else the configured one"""
    _, ask = ctl.proxy(lab, STATIC,
                       'POOL="192.0.2.0/24=2001:db8:77::/96"')
    answer(ask.fields("lookup", "192.0.2.7"), **NOBODY,
           pref64="2001:db8:77::/96", pref64_of="pool",
           pool="2001:db8:77::/96", configured=PREF)
    answer(ask.fields("lookup", "198.51.100.7:5060", "TLS"), **NOBODY,
           pref64=PREF, pref64_of="configured", pool="", transport="tls")


def test_flows_in_pages(lab):
    """Each flow once, in pages of any size"""
    ports = range(46500, 46520)  # so many are asked in a second
    with Script(lab) as s:
        ask = ctl.Ctl(s.ctl)
        for port in ports:
            phone, asked = register(s, port)
            if port % 2:
                reply(s, phone, asked, unseen.RECEIVED)
        for limit in (1, 7, 20, 200):
            seen, cursor = [], 0
            while True:
                rows, cursor = ask.flows(limit, cursor)
                assert len(rows) == limit or not cursor
                seen += rows
                if not cursor:
                    break
            assert sorted(r["flow"] for r in seen) == [
                f"192.0.2.1:{port}" for port in ports]
        for row in seen:
            odd = int(row["flow"].split(":")[1]) % 2
            answer(row, transport="udp", state="nat64" if odd else "hint",
                   pref64=PREF if odd else "", probes="1")
            assert 0 <= int(row["age"]) < 60
            assert 0 < int(row["expires"]) <= (3600 if odd else 64)
        assert ask.flows()[1] == 0


HINTS = {  # what the phone shows, and how often that decides
    "via": (shapes.UE6, "192.0.2.1:39859", "IP4 192.0.2.1",
            {"rule_via": 2}),  # of the ACK too
    "contact": ("192.0.2.1:39859", shapes.UE6, "IP4 192.0.2.1",
                {"rule_contact": 1}),
    "sdp": ("192.0.2.1:39859", "192.0.2.1:39859", "IP6 2001:db8:1::2",
            {"rule_sdp": 1}),
}


@pytest.mark.parametrize("hint", HINTS)
def test_statistics_of_rules(lab, hint):
    """However many functions the script calls: once for the INVITE, once for
    its reply"""
    via, contact, addr, want = HINTS[hint]
    _, ask = ctl.proxy(lab, STATIC, f'DETECT="{hint}"', "RR_THRICE")
    lab.play("one-invite", **shapes.invite(
        via=via, contact=contact, body_in=shapes.body(addr),
        rr=pair(value(V4, "bn"), value(
            V6, "as" if addr.startswith("IP6") else "af"))))
    assert ask.stats("rule_") == {"rule_transaction": 1, **want}


def test_statistics_of_proofs(lab):
    with Script(lab) as s:
        ask = ctl.Ctl(s.ctl)
        phone, asked = register(s)
        assert ask.stats("rule_") == {"rule_via": 1}
        reply(s, phone, asked, unseen.RECEIVED)
        phone.send(callfile.parse(call_text("register-ue6"))[0].text
                   .replace("CSeq: 5580", "CSeq: 5581")
                   .replace("d39fb", "d39fc"))
        assert phone.recv().startswith(b"SIP/2.0 200 ")
        assert ask.stats("rule_") == {"rule_via": 1, "rule_flow": 1}


def test_statistics_of_notify(lab):
    _, ask = ctl.proxy(lab, STATIC, 'NOTIFY_PEER="192.0.2.1"')
    header = (f'PortaSIP-Notify: caller=nat64;caller-pref64="{PREF}"'
              ';callee=ipv4\n')
    lab.play("one-invite", **shapes.invite(**{"in": header, "out": header}))
    # of the reply too; the ACK has no header: by Via
    assert ask.stats("rule_") == {"rule_notify": 2, "rule_via": 1}


LEFT = {  # SDP's address, as it leaves, label of UA4's value, counted
    "name": ("IP4 media.example.test", "IP6 media.example.test", "af", {}),
    "bad_line": ("IP4 192.0.2.300", "IP4 192.0.2.300", "an",
                 {"bad_line": 1}),
    "multicast": ("IP4 233.252.0.1/127", "IP4 233.252.0.1/127", "af",
                  {"multicast": 1}),
    "not_carried": ("IP4 192.0.2.30", "IP4 192.0.2.30", "af",
                    {"not_carried": 1}),
}


@pytest.mark.parametrize("reason", LEFT)
def test_statistics_of_bodies_left_alone(lab, reason):
    """By reason, however many of their lines, and their sum"""
    body_in, body_out, label, want = LEFT[reason]
    ftag = "4e9f455618bc23e3"
    pref = "64:ff9b::/96" if reason == "not_carried" else PREF
    own = V4 if reason == "not_carried" else V6
    _, ask = ctl.proxy(
        lab, 'STATIC_CALLEE="sip:alice-0x55a01dade3a0@[2001:db8:1::2]:46546"',
        'STATIC_HOP="sip:192.0.2.1:46546"', f'PREF64="{pref}"')
    lab.play("one-invite-to-ue6", seen="", reply_seen="",
             body_in=shapes.body(body_in), body_out=shapes.body(body_out),
             rr=pair(value(own, "bn", ftag=ftag),
                     value(V4, label, ftag=ftag)))
    counted = {f"sdp_left_{name}": n for name, n in want.items()}
    if want:
        counted["sdp_left"] = 1
    assert ask.stats("sdp_left") == counted
    assert ask.stats("rule_contact") == {"rule_contact": 1}


def decisions(proxy):
    return re.findall(r"(?m)^.*DEBUG: nat64sip .*?: (decision .*)$",
                      proxy.log())


def test_one_debug_line_for_each_decision(lab):
    proxy, _ = ctl.proxy(lab, STATIC, "DEBUG=3", "RR_THRICE")
    lab.play("one-invite", **shapes.invite())
    assert decisions(proxy) == [
        f"decision b6e75f89cf045ce6 source {source}, target {target}"
        for source, target in (
            (f"nat64 {PREF} by via (hint)", "ipv4 by packet4 (hint)"),
            ("ipv4 by packet4 (hint)",
             f"nat64 {PREF} by transaction (hint)"),
            (f"nat64 {PREF} by via (hint)", "unknown by none (none)"))]


def test_no_debug_line_otherwise(lab):
    proxy, ask = ctl.proxy(lab, STATIC)
    lab.play("one-invite", **shapes.invite())
    assert decisions(proxy) == [] and ask.stats("rule_via")
