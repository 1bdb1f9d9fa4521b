# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""nat64_manage() in each route, once or more often: the same octets for all
of them. And what its flags leave out."""
import pytest

from sipharness.branches import (ELSEWHERE, MANAGE, Calls, Party, forwarded,
                                 give_way, hang_up, passed_back, refuse, ua4,
                                 ue6, ue6_b, within)
from sipharness.pairwise import combinations
from sipharness.texts import NONE

WHERE = {
    "request": ["IN_REQUEST"],
    "branch": ["IN_BRANCH"],
    "request+reply": ["IN_REQUEST", "IN_REPLY"],
    "branch+reply": ["IN_BRANCH", "IN_REPLY"],
    "request-thrice": ["IN_REQUEST", "THRICE"],
    "branch-thrice": ["IN_BRANCH", "THRICE"],
    "everywhere": ["IN_REQUEST", "IN_BRANCH", "IN_REPLY"],
    "everywhere-thrice": ["IN_REQUEST", "IN_BRANCH", "IN_REPLY", "THRICE"],
}
PAIRS = ["ue6-ua4", "ua4-ue6", "ue6-ue6b", "ua4-ua4b"]
CALLEES = {"ue6": ue6, "ue6b": ue6_b, "ua4": ua4,
           "ua4b": lambda s, **c: ua4(s, 5062, **c)}
CALLERS = {"ue6": lambda s, **c: ue6(s, 40009, **c),
           "ua4": lambda s, **c: ua4(s, 5069, **c)}


def invite(s, caller, callees, seen=None, **changed):
    """They are bob's: the INVITE that each gets"""
    for n, phone in enumerate(callees, 101):
        phone.register("bob", n)
    sent = caller.text(**changed)
    caller.send(sent)
    return [phone.expect(forwarded(sent, caller, phone, phone.uri("bob"),
                                   **(seen or {}))) for phone in callees]


@pytest.mark.parametrize("where, caller, pair, way", combinations(
    list(WHERE), ["ue6", "ua4"], PAIRS, ["udp", "tcp"]))
def test_where_it_is_called(lab, where, caller, pair, way):
    """A call to two phones, and all of it with the second one"""
    with Calls(lab, *WHERE[where]) as s:
        who = CALLERS[caller](s)
        first, second = (CALLEES[kind](s, proto=way)
                         for kind in pair.split("-"))
        got = invite(s, who, (first, second))
        for tag, phone, text in zip("12", (first, second), got):
            back = phone.answer(text, "183 Progress", tag=tag)
            who.expect(passed_back(back, phone, who))
        back = second.answer(got[1], tag="2")
        told = who.expect(passed_back(back, second, who))
        give_way(first, got[0], ELSEWHERE)
        within("ACK", who, second, told, 2)
        info = within("INFO", who, second, told, 3)
        second.answer(info, body=NONE, contact="x")
        who.receive("SIP/2.0 200 ")
        hang_up(second, who, got[1], "2")


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("caller", CALLERS)
def test_refusal(lab, where, caller):
    """Nothing is added to it, and nothing to its ACK"""
    with Calls(lab, *WHERE[where]) as s:
        who, phone = CALLERS[caller](s), ue6(s)
        got = invite(s, who, [phone])
        refuse(phone, got[0])
        who.receive("SIP/2.0 486 ")


PEER = "192.0.2.40"
NET = f'NOTIFY_PEER="{PEER}/32"'
TOLD = 'PortaSIP-Notify: caller=nat64;caller-pref64="2001:db8:64::/96";' \
    "callee=ipv4\n"
THEIRS = 'PortaSIP-Notify: caller=ipv4;callee=nat64;' \
    'callee-pref64="2001:db8:64::/96"\n'
LEFT_OUT = ["", "a", "r", "n", "s", "A", "rs", "NaRS"]


def with_header(text, header=TOLD):
    """Behind the last one"""
    return text.replace("\n\n", f"\n{header}\n", 1)


@pytest.mark.parametrize("where", ["request", "branch", "everywhere-thrice"])
@pytest.mark.parametrize("flags", LEFT_OUT)
def test_flags(lab, flags, where):
    """UE6 calls a notify_peer: each part that is named is left out, and all
    others are there"""
    left = flags.lower()
    defines = [NET, f'FLAGS="{flags}"'] + [
        d for d in WHERE[where] if d != "THRICE"]
    with Calls(lab, *defines) as s:
        who, phone = ue6(s, 40009), Party(s, (PEER, 5060))
        phone.register("bob", 101)
        sent = who.text()
        who.send(sent)
        seen = {}
        if "a" in left:
            seen["alias"] = ""
        if "r" in left:
            seen["rr"] = ""
        if "s" in left:
            seen["sdp"] = who.inside
        want = forwarded(sent, who, phone, phone.uri("bob"), **seen)
        got = phone.expect(want if "n" in left else with_header(want))
        back = phone.answer(got)
        told = passed_back(back, phone, who, **(
            {"sdp": phone.inside} if "s" in left else {}))
        assert told.count("n64=") == (0 if "r" in left else 2)
        who.expect(told)
        s.families = "s" not in left


@pytest.mark.parametrize("flags", ["", "a", "r", "n", "s"])
def test_flags_for_a_reply(lab, flags):
    """A notify_peer calls UE6: what is left out for the INVITE is for its 200;
    no phone sees the header unless 'n' says so"""
    with Calls(lab, NET, f'FLAGS="{flags}"', "IN_REQUEST") as s:
        s.families = flags != "s"
        who, phone = Party(s, (PEER, 5060)), ue6(s)
        phone.register("bob", 101)
        sent = who.text()
        who.send(with_header(sent, THEIRS))
        seen = {"r": {"rr": ""}, "s": {"sdp": who.inside}}.get(flags, {})
        want = forwarded(sent, who, phone, phone.uri("bob"), **seen)
        if flags == "n":  # where it stood
            head, _, body = want.partition("\n\n")
            want = f"{head}\n{THEIRS}\n{body}"
        got = phone.expect(want)
        back = phone.answer(got)
        seen = {"a": {"alias": ""}, "s": {"sdp": phone.inside}}.get(flags, {})
        told = passed_back(back, phone, who, **seen)
        assert told.count("n64=") == (0 if flags == "r" else 2)
        who.expect(told)


@pytest.mark.parametrize("flags, bad", [
    ("x", "x"), ("arnsx", "x"), ("a r", " "), ("a,r", ","), ("s1", "1")])
def test_wrong_flag(lab, flags, bad):
    """It stops the start, with one line that names it"""
    log = lab.refused(MANAGE, defines=["IN_REQUEST", f'FLAGS="{flags}"'])
    lines = [line for line in log.splitlines() if "nat64sip" in line
             and "ERROR" in line]
    assert [line.partition("fixup_manage(): ")[2] for line in lines] == [
        f"nat64_manage(\"{flags}\"): '{bad}' is none of the flags a, r, n, s"]
