# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What another version of Kamailio itself writes in another way than 5.6,
which the expected texts are from. Each difference stands here, with its
reason; a test that needs another expectation asks kamailio.version()."""
import re

from . import kamailio

TOP_VIA = re.compile(rb"(SIP/2\.0 [^\r]*\r\nVia: [^\r,]*?;rport=[0-9]+)"
                     rb"(;received=[^\r,;]+)(;[^\r,]*)(\r\n.*)", re.DOTALL)


def received_last(data):
    """6.0, build_res_buf_from_sip_req(): a response of the proxy's own has
    received right behind the rport that was filled in, not at the Via's end.
    The order of parameters means nothing (RFC 3261 7.3.1)."""
    found = TOP_VIA.fullmatch(data)
    return b"".join(found.group(1, 3, 2, 4)) if found else data


def spellings(data):
    """The octets of a message, and as 5.6 would have written them: whether a
    response is the proxy's own cannot be seen"""
    if not kamailio.binary() or kamailio.version() < (6, 0):
        return [data]
    return [data, received_last(data)]


def large_messages():
    """Core settings: 6.0 drops a message of more than msg_recv_max_size
    octets, 32767 by default; 5.6 has no such limit, and no such setting"""
    return "msg_recv_max_size=65535\n" if kamailio.version() >= (6, 0) else ""
