# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""X-2: any host can claim an IPv6 address in its Via. That changes how it is
spoken to itself, and nothing for anybody else."""
import pytest

from sipharness import shapes
from sipharness.attacks import (ALICE, BOB, GOOD, KNOWN, LITERAL, MALLORY,
                                NONE, Attack, response)
from sipharness.debugging import configuration
from sipharness.script import LEARN
from sipharness.shapes import V4, V6, synthetic, value
from sipharness.texts import SDP4, SDP6, pair, values
from test_security_x4 import shown

FTAG = "m1"
FORGED = {  # in Via and Contact, in the SDP
    "of-another-phone": (LITERAL, SDP6),
    "of-nobody": ("[2001:db8:6::6]:5060", shapes.body("IP6 2001:db8:6::6")),
    "of-the-proxy": ("[2001:db8:64::c000:20a]:5060",
                     shapes.body("IP6 2001:db8:64::c000:20a")),
}


@pytest.mark.parametrize("name", FORGED)
def test_own_leg_only(lab, name):
    """Who calls from IPv4 with such a Via gets an IPv6 value and IPv6 media,
    which it cannot use; the callee gets what any IPv4 caller gives"""
    via, body = FORGED[name]
    with Attack(lab).both() as s:
        got = s.invite(MALLORY, caller=via, body=body)
        assert values(got).startswith(f"Record-Route: {value(V4, 'bn')}\n")
        assert f"Record-Route: {value(V6, 'as')}\n" in values(got)
        media = got.partition("\n\n")[2]
        # its own source, or what it may not have: never another's network
        assert "IP6" not in media and "192.0.2.1\n" not in media, media
        back = s.answer(BOB, response(got, body=SDP4), MALLORY)
        assert "c=IN IP6 2001:db8:64::c000:21e\n" in back
        # the phone whose address it was is called as before
        s.drain()
        got = s.invite(BOB, "sip:alice@sip.example.test", ALICE, caller=BOB,
                       body=SDP4)
        assert values(got) == pair("6bn", "4af")
        s.busy(got, BOB, ALICE)


def test_a_call_to_a_phone_behind_nat64(lab):
    """The value that faces the phone is the phone's own, whatever the Via of
    who calls it claims"""
    with Attack(lab, 'NAT64_POOL_FILE="%s"' % pools(lab)).both() as s:
        got = s.invite(MALLORY, "sip:alice@sip.example.test", ALICE,
                       caller=LITERAL)
        top, below = values(got).splitlines()
        assert f"[{V6[1:-1]}]" in top and "[2001:db8:77::c000:20a]" in below
        s.busy(got, MALLORY, ALICE)


def pools(lab):
    path = f"{lab.folder}/pools.txt"
    with open(path, "w") as f:
        f.write("192.0.2.40/32=2001:db8:77::/96\n")
    return path


def test_no_trust(lab):
    """A peer's address in Via does not make a peer"""
    cfg, ask = configuration(lab, LEARN)
    lie = 'PortaSIP-Notify: caller=nat64;caller-pref64="2001:db8:bad::/96"\n'
    with Attack(lab, 'CTL_SOCKET="unix:%s"' % ask.path, "WITH_NOTIFY",
                'NOTIFY_PEER="192.0.2.40/32"', 'SIP_DOMAIN="sip.example.test"',
                'NOTIFY_NEXT_HOP="sip:192.0.2.40:5060"', cfg=cfg).both() as s:
        got = s.invite(ALICE, to=MALLORY, caller="192.0.2.40:5060",
                       body=shapes.body("IP4 192.0.2.40"), extra=lie)
        assert "2001:db8:bad" not in got
        assert got.count("PortaSIP-Notify: ") == 1
        s.send(MALLORY, response(got, "486 Busy Here", body=NONE))
        s.get(MALLORY, "ACK ")
        s.get(ALICE, "SIP/2.0 486 ")
        assert ask.stats("notify_removed") == {"notify_removed": 1}


BAD = synthetic("2001:db8:bad::/96", V4)
LABELS = {  # the Routes of who is on IPv4, in a dialog with a phone behind NAT64
    "other-leg": (value(BAD, "bs"), value(V4, "an")),
    "other-leg-second": (value(V4, "an"), value(BAD, "bs")),
    "both-legs": (value(BAD, "bs"), value(BAD, "as")),
    "swapped": (value(BAD, "as"), value(V4, "bn")),
    "one-for-both": (value(BAD, "xs").replace(";r2=on", ""),),
    "of-another-dialog": (value(BAD, "bs", ftag="another"),
                          value(V4, "an", ftag="another")),
    "no-label": (value(BAD, "bs").replace(";n64=bs", ""), value(V4, "an")),
}


KNOWN_BY = {"shown": (), "configured": (KNOWN[0], 'BELIEVE="configured"')}


def relabelled(s, kind):
    """A call of who lies, and its re-INVITE, as the phone gets that"""
    got = s.invite(MALLORY, "sip:alice@sip.example.test", ALICE,
                   caller=MALLORY, body=shapes.body("IP4 192.0.2.40"))
    assert values(got) == pair("6bn", "4af")
    s.busy(got, MALLORY, ALICE)
    s.say(MALLORY, caller=MALLORY, to_tag="tt",
          extra="".join(f"Route: {v}\n" for v in LABELS[kind]),
          uri=f"sip:alice@{LITERAL};alias=192.0.2.1~40001~1",
          body=shapes.body("IP4 192.0.2.40"))
    got = s.get(ALICE, "INVITE ")
    s.busy(got, MALLORY, ALICE)
    # the value below faces the liar
    return values(got).split("\n")[0] + got.partition("\n\n")[2]


@pytest.mark.parametrize("known", KNOWN_BY)
@pytest.mark.parametrize("kind", LABELS)
def test_labels_of_another(lab, kind, known):
    """A re-INVITE to a phone behind NAT64 whose prefix the Routes lie about:
    the phone gets its own, as it showed it or as it is configured"""
    with Attack(lab, *KNOWN_BY[known], known=False) as s:
        asked = s.register("alice", ALICE, LITERAL)
        s.send(ALICE, shown(asked, GOOD))
        s.proxy.settle()
        assert "2001:db8:bad" not in relabelled(s, kind)


@pytest.mark.parametrize("kind", LABELS)
def test_labels_lie_for_their_own_dialog_only(lab, kind):
    """Where nobody showed anything, who is in a call with the phone can tell
    what that call's other leg uses. No other call does."""
    with Attack(lab) as s:
        s.both()
        relabelled(s, kind)
        got = s.invite(BOB, "sip:alice@sip.example.test", ALICE, caller=BOB,
                       body=SDP4)
        assert values(got) == pair("6bn", "4af")
        assert got.endswith(shapes.body("IP6 2001:db8:64::c000:21e"))
        s.busy(got, BOB, ALICE)
