# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""ua_policy: what the operator orders for phones of a certain make."""
import re

import pytest

from sipharness import shapes, texts
from sipharness.shapes import PAIR, PLAIN, STATIC, V4, V6, body, pair, value

NAME = "proxy.example.test"
UE6, UA4 = "IP6 2001:db8:1::2", "IP4 192.0.2.30"
IPV4_PHONE = "192.0.2.1:39859"


def policy(*lines):
    names = ("UA_POLICY", "UA_POLICY_2")
    return [f'{name}="{line}"' for name, line in zip(names, lines)]


def play(lab, lines, *defines, edit=None, **wanted):
    lab.proxy(defines=[STATIC, *policy(*lines), *defines])
    lab.play("one-invite", edit=edit, **shapes.invite(**wanted))


OFF = {"rr": PLAIN, "body_out": body(UE6)}
NO_SDP = {"body_out": body(UE6)}
# of a phone that shows nothing of IPv6
PLAIN_PHONE = {"via": IPV4_PHONE, "contact": IPV4_PHONE,
               "body_in": body("IP4 192.0.2.1")}
FORCED = {**PLAIN_PHONE, "rr": pair(value(V4, "bn"), value(V6, "af"))}

ACTIONS = {  # line, what comes of it
    "off": ("off ^baresip", OFF),
    "no-sdp": ("no-sdp ^baresip", NO_SDP),
    "no-rr": ("no-rr ^baresip", {"rr": PLAIN}),
    "force": ("force ^baresip", FORCED),
    "force-hinted": ("force ^baresip", {}),
    "force-another": ("force ^Grandstream", {**PLAIN_PHONE, "rr": PLAIN}),
    "another": ("off ^Grandstream", {}),
    "case": ("off ^Baresip", {}),
    "any-case": ("OFF (?i)^BARESIP V\\\\d", OFF),
    "blanks": (" \toff \t^baresip", OFF),
}


@pytest.mark.parametrize("case", ACTIONS)
def test_action(lab, case):
    line, wanted = ACTIONS[case]
    play(lab, [line], **wanted)


def test_fqdn(lab):
    """The name, though the PREF64 is known; all others get the address"""
    play(lab, ["fqdn ^baresip"], f'RR_FQDN="{NAME}"',
         rr=pair(value(V4, "bn"), value(NAME, "as")))


def test_fqdn_another(lab):
    play(lab, ["fqdn ^Grandstream"], f'RR_FQDN="{NAME}"')


ORDER = {
    "first": (["no-sdp ^baresip", "off ^baresip"], NO_SDP),
    "other-way-round": (["off ^baresip", "no-sdp ^baresip"], OFF),
    "second": (["off ^Grandstream", "no-sdp ."], NO_SDP),
}


@pytest.mark.parametrize("case", ORDER)
def test_first_line_that_matches_wins(lab, case):
    lines, wanted = ORDER[case]
    play(lab, lines, **wanted)


def test_no_user_agent_is_no_match(lab):
    """Not even of a pattern that matches everything"""
    play(lab, ["off ^"], edit=lambda text: text.replace(
        "User-Agent: baresip v1.0.0 (x86_64/linux)\n", ""))


def sdp(session, addr, length):
    return (f"Content-Length: {length}\n\nv=0\no=- {session} IN {addr}\ns=-\n"
            f"c=IN {addr}\n")


def swap(text, old, new):
    assert old in text
    return text.replace(old, new)


def sdp_untouched(text):
    """What either phone wrote reaches the other one"""
    ue6, ua4 = "2946583446 1678455881", "3895013151 1999723676"
    text = swap(text, sdp(ue6, "IP4 192.0.2.1", 322), sdp(ue6, UE6, 330))
    return swap(text, sdp(ua4, "IP6 2001:db8:64::c000:21e", 330),
                sdp(ua4, UA4, 308))


def untouched(text):
    text = swap(sdp_untouched(text), PAIR, PLAIN)
    route = PLAIN.replace("Record-", "")
    values = re.findall("<.*>", PAIR)
    return swap(text, f"Route: {values[1]}\nRoute: {values[0]}\n", route)


REPLIES = {"off": untouched, "no-sdp": sdp_untouched}


@pytest.mark.parametrize("action", REPLIES)
def test_replies_to_the_phone_obey(lab, action):
    """UA4's 200 says another make: it is UE6's INVITE that counts. The ACK and
    the BYE carry UE6's name themselves."""
    def edit(text):
        return REPLIES[action](
            swap(text, "Server: baresip v1.0.0", "Server: Yealink 66.85"))
    lab.proxy(defines=policy(f"{action} ^baresip"))
    lab.play("ue6-ua4-baresip-udp", edit=edit)


def test_reply_tells_the_make_by_server(lab):
    """UE6 is called: its 200 reaches UA4 as it is"""
    session = "1468103247 1987793162"

    def edit(text):
        text = swap(text, "Server: baresip v1.0.0", "Server: Yealink 66.85")
        return swap(text, sdp(session, "IP4 192.0.2.1", 308),
                    sdp(session, UE6, 316))
    lab.proxy(defines=policy("no-sdp ^Yealink"))
    lab.play("ua4-ue6-late-offer", edit=edit)


ENDLESS = "^(a+)+$"
LONG = "a" * 60 + "-"


def name(text):
    return lambda call: call.replace("baresip v1.0.0 (x86_64/linux)", text)


@pytest.mark.parametrize("no_jit", ["", "(*NO_JIT)"], ids=["jit", "no-jit"])
def test_limit_is_no_match_and_counts(lab, no_jit):
    """2^60 steps would be some years. Once for the message, however many of our
    functions ask; the next line is tried."""
    play(lab, [f"off {no_jit}{ENDLESS}", "no-sdp ^aaa"], "ASK_LIMIT",
         edit=name(LONG), out="X-Limit: 1\n", **NO_SDP)


def test_nothing_is_matched_for_ipv4(lab):
    play(lab, [f"off {ENDLESS}"], "ASK_LIMIT", edit=name(LONG),
         **PLAIN_PHONE, rr=PLAIN, out="X-Limit: 0\n")


def test_force_makes_ipv4_matched(lab):
    play(lab, [f"off {ENDLESS}", "force ^a"], "ASK_LIMIT", edit=name(LONG),
         **FORCED, out="X-Limit: 1\n")


def test_failure_route_is_no_other_message(lab):
    """tm gives the request in a failure_route the id of the message before it:
    what was ordered for that one's phone is not ordered for this one's"""
    def named(text, make):
        return text.replace("Contact: ", f"User-Agent: {make}\nContact: ", 1)

    def to(target, uri, hop):
        return f'{target}="sip:{uri}"', f'{target}_HOP="sip:{hop}"'
    with texts.Texts(lab, "SERIAL", *policy("no-sdp ^baresip"),
                     *to("FIRST", "first@192.0.2.30:5060", "192.0.2.30:5060"),
                     *to("SECOND", "second@[2001:db8:1::2]:5062",
                         "192.0.2.1:40001")) as s:
        caller = texts.request(texts.CALLER4, body=texts.SDP4)
        before = texts.request(
            method="INFO", n=2, to_tag="tt",
            extra=f"Route: {value(V6, 'as')}\nRoute: {value(V4, 'bn')}\n")
        s.phone(texts.UA4)
        s.phone(texts.CALLER4)
        s.phone(texts.UE6).send(named(before, "baresip"))
        s.phone(texts.CALLER4).send(named(caller, "Yealink"))
        assert UE6 in s.get(texts.UA4, "INFO ")
        got = s.get(texts.UA4, "INVITE ")
        s.send(texts.UA4, texts.response(got, "486 Busy Here",
                                         body=texts.NONE))
        s.get(texts.UA4, "ACK ")
        got = s.get(texts.UE6, "INVITE ")
        assert got.endswith(body("IP6 2001:db8:64::c000:21e")), got
        s.drain()


FORM = "must be off, no-sdp, no-rr, fqdn or force, a blank and a pattern"
STOPPED = "PCRE2 stopped at offset {} of the pattern: {}"
BAD = {  # value, what is said of it
    "empty": ("", FORM),
    "action-only": ("no-sdp", FORM),
    "action-and-blank": ("off ", FORM),
    "pattern-only": ("^Grandstream HT8", FORM),
    "unknown-action": ("on ^Grandstream", FORM),
    "equals": ("off=^Grandstream", FORM),
    "parenthesis": ("off ^Grand(stream",
                    STOPPED.format(13, "missing closing parenthesis")),
    "class": ("no-rr HT[8", STOPPED.format(
        4, "missing terminating ] for character class")),
    "quantifier": ("force *", STOPPED.format(
        0, "quantifier does not follow a repeatable item")),
    "utf": ("off (*UTF)a", STOPPED.format(
        6, "using UTF is disabled by the application")),
    "fqdn-without-name": ("fqdn ^baresip", "needs the parameter rr_fqdn"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_value(lab, case):
    text, said = BAD[case]
    log = lab.refused(defines=[STATIC, *policy(text)])
    lines = [line for line in log.splitlines()
             if re.search(r"(ERROR|CRITICAL): nat64sip ", line)]
    assert len(lines) == 1, lines
    assert lines[0].endswith(
        f': parameter "ua_policy", value "{text}": {said}'), lines


def test_second_line_is_checked(lab):
    log = lab.refused(defines=[STATIC, *policy("off ^a", "off (")])
    assert 'parameter "ua_policy", value "off (": PCRE2 stopped' in log
