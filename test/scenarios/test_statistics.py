# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Statistics that no other test sees to count: what it takes, and how much."""
import re
import time

import pytest

from sipharness import ctl, shapes, texts
from sipharness.debugging import configuration, said
from sipharness.shapes import V4, V6, value
from sipharness.texts import (BRANCHES, NONE, PEER, SDP6, UA4, UE6, UE6_B,
                              Texts, request, response)

FROM4 = {"caller": PEER, "body": shapes.body("IP4 192.0.2.40")}
LINK_LOCAL = shapes.body("IP6 fe80::2")
TO_UE6 = "sip:u6@192.0.2.1:40001"


class Counting(Texts):
    """Phones around the proxy of branches.cfg, which can be asked"""

    def __init__(self, lab, *modparams):
        cfg, self.ask = configuration(lab, BRANCHES, *modparams)
        super().__init__(lab, cfg=cfg)

    def count(self, **want):
        self.proxy.settle()
        got = self.ask.stats()
        assert {name: got.get(name, 0) for name in want} == want, got


LEFT = {  # what UE6 sends to UA4, parameters, what counts of it
    "outside-the-prefix": (request(body=LINK_LOCAL), [],
                           {"sdp_left_not_in_pref": 1}),
    "no-prefix": (request(body=LINK_LOCAL), [("pref64", "")],
                  {"sdp_left_no_pref": 1}),
    "other-network": (request(body=shapes.body("IP6 x").replace(
        "IN IP6 x", "ATM E164 2")), [],
        {"sdp_left_not_in": 1}),
    "encoded": (request(extra="Content-Encoding: gzip\n"), [],
                {"sdp_left_encoded": 1}),
    "not-the-session's": (request(extra="Content-Disposition: render\n"), [],
                          {"sdp_left_disposition": 1}),
}


@pytest.mark.parametrize("case", LEFT)
def test_sdp_left_alone(lab, case):
    text, modparams, want = LEFT[case]
    with Counting(lab, *modparams) as s:
        got = s.call(UE6, text)
        assert texts.sdp(got) == texts.sdp(text)
        s.count(**want, sdp_rewritten=0, sdp_left=1)
        s.drain()


def test_sdp_of_the_offer_s_family(lab):
    """RFC 6157 4.1: UE6 offered IP4, it gets IP4"""
    answer = shapes.body("IP4 192.0.2.30")
    with Counting(lab) as s:
        got = s.call(UE6, request(body=shapes.body("IP4 192.0.0.1")))
        back = s.answer(UA4, response(got, body=answer), UE6)
        assert texts.sdp(back) == texts.sdp(answer)
        s.count(sdp_left_offer_family=1, sdp_left=1, sdp_rewritten=0)


def test_sdp_repaired(lab):
    """Type and address disagree, as a relay may write it"""
    with Counting(lab) as s:
        got = s.call(UE6, request())
        back = s.answer(UA4, response(
            got, body=shapes.body("IP4 2001:db8:20::1")), UE6)
        assert texts.sdp(back) == texts.sdp(
            shapes.body("IP6 2001:db8:20::1"))
        s.count(sdp_repaired=1, sdp_rewritten=2, sdp_left=0)


def test_sdp_with_more_lines_than_there_is_room(lab):
    """None of them is rewritten"""
    text = shapes.SDP.format(addr="IP6 2001:db8:1::2") + \
        "a=rtcp:9 IN IP6 fd::2\n" * 2100
    with Counting(lab) as s:
        got = s.call(UE6, request(body=shapes.content("application/sdp",
                                                      text)))
        same = texts.sdp(got) == text  # a diff of it takes a minute
        assert same
        s.count(sdp_left_no_room=1, failed=1, sdp_rewritten=0)
        assert said(s.proxy, "rewrite") == [
            "SDP left as it came: no room or no memory"]
        s.drain()


def test_rule_of_a_pair(lab):
    routes = f"Route: {value(V6, 'as')}\nRoute: {value(V4, 'bn')}\n"
    with Counting(lab, ("pref64", "")) as s:
        s.phone(UA4)
        s.send(UE6, request(method="BYE", to_tag="tt", extra=routes,
                            body=texts.NONE))
        s.get(UA4, "BYE ")
        s.count(rule_pair=1)


def test_rule_of_a_binding(lab):
    """As lookup() leaves it in the destination"""
    with Counting(lab) as s:
        s.phone(UE6)
        s.send(PEER, request(**FROM4, uri=TO_UE6, extra=(
            "X-Hop: sip:192.0.2.1:40001;pref64=2001:db8:64::/96\n")))
        s.get(UE6, "INVITE ")
        s.count(rule_binding=1)
        s.drain()


def test_rule_of_ua_policy(lab):
    with Counting(lab, ("ua_policy", "force ^plain")) as s:
        s.call(PEER, request(**FROM4, extra="User-Agent: plain\n"))
        s.count(rule_ua_policy=1)
        s.drain()


def showing(reply):
    """What UE6 sees of our packets (RFC 3261 18.2.1)"""
    return reply.replace(
        "Via: SIP/2.0/UDP 192.0.2.10;",
        "Via: SIP/2.0/UDP 192.0.2.10;received=2001:db8:64::c000:20a;", 1)


def test_rule_of_received(lab):
    """UE6 calls, is asked, and answers; then it is called"""
    with Counting(lab, ("pref64", ""), ("probe", 1)) as s:
        s.call(UE6, request())
        asked = s.get(UE6, "OPTIONS ")
        s.send(UE6, showing(response(asked, body=NONE)))
        s.proxy.settle()
        s.send(PEER, request(**FROM4, n=2, uri=TO_UE6, from_tag="other"))
        got = s.get(UE6, "INVITE ")
        # no Record-Route, or its own value would be the first rule
        s.send(UE6, showing(response(got, body=SDP6, record_route=False)))
        s.get(PEER, "SIP/2.0 200 ")
        s.count(rule_received=1, proofs=2)
        s.drain()


def test_probe_unanswered(lab):
    """Given up, after 8 seconds; one that is answered is not, whatever the
    answer says"""
    with Counting(lab, ("pref64", ""), ("probe", 1)) as s:
        s.call(UE6, request())
        s.get(UE6, "OPTIONS ")
        s.call(UE6_B, request(n=2, from_tag="other"))
        s.send(UE6_B, response(s.get(UE6_B, "OPTIONS "), "404 Not Found",
                               body=NONE))
        s.count(probes=2, probes_unanswered=0)
        end = time.monotonic() + 20
        while not s.ask.stats("probes_unanswered"):
            assert time.monotonic() < end, s.ask.stats()
            time.sleep(0.2)
        s.count(probes=2, probes_unanswered=1)
        s.drain()


def flows(s):
    return {name: int(n) for name, n in re.findall(
        r"(?m)^\s*(\w+): (\d+)$",
        s.ask.ask("cnt.grp_get_all", "nat64sip_flows"))}


def test_flows_by_state(lab):
    """As nat64sip.status has them"""
    with Counting(lab, ("pref64", ""), ("probe", 1)) as s:
        none = {"hint": 0, "nat64": 0, "not_nat64": 0,
                "room": int(s.ask.fields("status")["room"])}
        assert flows(s) == none
        s.call(UE6, request())
        asked = s.get(UE6, "OPTIONS ")
        s.proxy.settle()
        assert flows(s) == {**none, "hint": 1}
        s.send(UE6, showing(response(asked, body=NONE)))
        s.proxy.settle()
        assert flows(s) == {**none, "nat64": 1}
        s.drain()


def test_notify_set(lab):
    """The script calls the function three times"""
    _, ask = ctl.proxy(lab, shapes.STATIC, "WITH_NOTIFY")
    lab.play("one-invite", **shapes.invite(
        body_out=shapes.body("IP4 192.0.2.1").replace(
            "\n\n", '\nPortaSIP-Notify: caller=nat64;caller-pref64='
            '"2001:db8:64::/96";callee=ipv4\n\n', 1)))
    assert ask.stats("notify_") == {"notify_set": 3}
