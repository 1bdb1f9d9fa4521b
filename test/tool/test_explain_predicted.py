# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""nat64sip explain: what it says that it does not predict."""
import json

import pytest

from explaining import OWN, SDP, SEEN6, VIA6, message

PROXY = ("--own", "192.0.2.10", "--from", "203.0.113.7:40001")
LINE = "  predicted without the alias in Contact"
SIX = "Contact: <sip:alice@[2001:db8:1::2]:5062>"
FOUR = "Contact: <sip:alice@203.0.113.7:5062>"


def request(method, *headers, via=VIA6):
    return message(f"{method} sip:bob@192.0.2.30 SIP/2.0", [via.format(n=1)],
                   *headers, cseq=f"1 {method}",
                   body=SDP if method == "INVITE" else "")


def reply(status, method, *headers):
    return message(f"SIP/2.0 {status} Said", [OWN.format(n=1),
                                              SEEN6.format(n=1)],
                   *headers, cseq=f"1 {method}")


VIA4 = "203.0.113.7:5062;branch=z9hG4bKp{n};rport"
BEHIND = "192.0.2.77;branch=z9hG4bKq1\r\nVia: SIP/2.0/UDP " + SEEN6
NO_HELPER = "request_route { nat64_manage(); }\n"
HELPER = 'loadmodule "nathelper.so"\n' + NO_HELPER


@pytest.mark.parametrize("text, cfg, alias", [
    (request("INVITE", SIX), None, True),
    (request("INVITE", SIX, via=VIA4), None, True),
    (request("INVITE", FOUR), None, True),
    (request("MESSAGE", SIX), None, True),
    (request("INVITE", SIX), HELPER, True),
    (request("INVITE", SIX), NO_HELPER, False),
    (request("INVITE", SIX), "request_route { }\n", False),
    (request("INVITE"), None, False),
    (request("MESSAGE", FOUR, via=VIA4), None, False),
    (request("INVITE", SIX, via=BEHIND), None, False),
    (request("BYE", SIX), None, False),
    (request("ACK", SIX), None, False),
    (request("REGISTER", SIX), None, False),
    (reply(200, "INVITE", SIX), None, True),
    (reply(302, "INVITE", SIX), None, False),
    (reply(200, "REGISTER", SIX), None, False)], ids=map(str, range(16)))
def test_alias(tool, tmp_path, text, cfg, alias):
    """As nat64_manage() adds it (needs_alias())"""
    words = PROXY
    if cfg is not None:
        file = tmp_path / "kamailio.cfg"
        file.write_text(cfg)
        words += ("-f", file)
    assert (LINE in tool.yes("explain", *words, "-", stdin=text)) == alias
    one, = tool.yes("explain", *words, "--json", "-", stdin=text)
    assert (json.loads(one).get("unpredicted") == "the alias in Contact") \
        == alias


def test_no_alias_without_changes(tool):
    assert LINE not in tool.yes("explain", *PROXY, "--no-diff", "-",
                                stdin=request("INVITE", SIX))
