# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The shipped configuration WITH_METRICS, scraped by a real Prometheus that
runs what is shipped for it."""
import json
import os
import re

import prom
from metered import Metered
from sipharness.dialogs import UA4, UE6, UE6_SAME
from sipharness.secure import Asked
from sipharness.texts import NONE, request

CALLS = 5
REGISTERED = {  # one phone, asked, that answered
    "found{via}": 1, "probes": 1, "proofs": 1, "flows{nat64}": 1}
CALL = {  # from UE6 to UA4, hung up by UE6
    "pairs": 1,               # the INVITE's Record-Routes
    "sdp_rewritten": 2,       # offer and answer
    "found{flow}": 2,         # UE6 where it sends: INVITE, ACK and BYE are
    "found{pair}": 2,         # told by their Routes where they have them
    "found{transaction}": 2}  # 180 and 200 to the INVITE
SILENT = {  # one phone that hints and says nothing, with a header of a peer's
    "found{via}": 1, "probes": 1, "flows{hint}": 1, "notify_removed": 1}


def difference(before, after):
    return {name: int(n - before.get(name, 0)) for name, n in after.items()
            if n != before.get(name, 0)}


def silent(s):
    """UE6_SAME registers and does not answer its probe"""
    phone = s.phone(UE6_SAME.addr)
    phone.send(request(
        UE6_SAME.host, "REGISTER", "sip:sip.example.test", body=NONE,
        extra="PortaSIP-Notify: caller=ipv4;callee=ipv4\n"))
    s.proxy.settle()


def test_counters_move_by_what_was_sent(lab):
    with Metered(lab) as s, prom.Prometheus(lab.folder) as p:
        zero = p.counters()
        assert not [n for name, n in zero.items() if n and "room" not in name]
        d = Asked(s, UE6, UA4, {UE6: "udp", UA4: "udp"})
        known = p.counters()
        assert difference(zero, known) == REGISTERED
        for n in range(CALLS):
            d.afresh(f"call{n}")
            d.call()
            d.bye(d.caller)
        called = p.counters()
        assert difference(known, called) == {
            name: CALLS * n for name, n in CALL.items()}
        silent(s)
        asked = p.counters()
        assert difference(called, asked) == SILENT
        p.until(f"{prom.GROUP}probes_unanswered == 1")
        # and an alert, from the message on the wire to Prometheus
        p.until('ALERTS{alertname="Nat64sipSpoofedHeader",'
                'alertstate="firing",instance="127.0.0.1:9494"}')
        firing = {labels["alertname"] for labels, _ in p.query("ALERTS")}
        assert firing == {"Nat64sipSpoofedHeader"}
        for phone in s.phones.values():
            phone.rest()  # keepalives, and the probe again


def queries():
    """(title, expression) of all that the dashboard asks"""
    with open(prom.BOARD) as f:
        board = json.load(f)
    out = [(panel["title"], target["expr"]) for panel in board["panels"]
           for target in panel["targets"]]
    for one in board["templating"]["list"]:
        found = re.fullmatch(r"label_values\((\w+), (\w+)\)", one["query"])
        if one["type"] == "query":
            out.append((one["name"], f'{found[1]}{{{found[2]}!=""}}'))
    return [(title, expr.replace("$instance", ".+").replace(
        "$__rate_interval", "1m")) for title, expr in out]


def rules():
    with open(os.path.join(prom.FOLDER, "nat64sip.rules.yml")) as f:
        return f.read()


def test_every_query_and_every_name_has_a_series(lab):
    """Those of the dashboard, and what the rules read: promtool's tests would
    not notice a metric that there is not"""
    with Metered(lab), prom.Prometheus(lab.folder) as p:
        p.fresh()
        p.fresh()  # two, for a rate
        asked = queries()
        assert len(asked) > 30
        assert not [q for q in asked if "$" in q[1]]
        bad = [q for q in asked if not p.query(q[1])]
        assert not bad, bad
        names = set(re.findall(r"\bkamailio_\w+", rules()))
        names.discard("kamailio_nat64sip_rule_flow")
        assert len(names) > 15
        bad = [name for name in names if not p.query(name)]
        assert not bad, bad
        reasons = set(re.findall(r'reason=~?"([\w|]+)"', rules()))
        there = {labels["reason"] for labels, _ in
                 p.query(f"{prom.GROUP}sdp_left_because")}
        assert reasons and set("|".join(reasons).split("|")) <= there, there
        loaded = [rule for group in p.api("rules")["groups"]
                  for rule in group["rules"]]
        assert len(loaded) == len(re.findall(r"- (?:alert|record): ", rules()))
        bad = [rule for rule in loaded if rule["health"] == "err"]
        assert not bad, bad
        assert not p.log(), p.log()
