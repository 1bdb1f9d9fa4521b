# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The shipped configuration with a socket for Prometheus, and its reader."""
import http.client
import re

from sipharness.dialogs import Proxy
from sipharness.lab import SHIPPED
from sipharness.script import Script

ADDRESS = ("127.0.0.1", 9494)
LISTEN = ("udp:192.0.2.10:5060", "tcp:192.0.2.10:5060",
          "tcp:%s:%d" % ADDRESS)

NO_SIP = re.compile(r"parse_first_line|message=<HTTP/1.1 |build_sip_msg_from")


class Metered(Proxy):
    """Nothing is configured of any network: phones are asked"""

    def __init__(self, lab, *defines, cfg=SHIPPED):
        Script.__init__(self, lab, 'SIP_DOMAIN="sip.example.test"',
                        "WITH_METRICS", *defines, cfg=cfg, listen=LISTEN)

    def done(self):
        """With a KEMI engine, sl reads each HTTP reply as if it were SIP"""
        complaints = self.proxy.complaints
        if self.lab.kemi:
            self.proxy.complaints = lambda: [
                line for line in complaints() if not NO_SIP.search(line)]
        Script.done(self)


def get(path="/metrics", source="127.0.0.1", to=ADDRESS, method="GET"):
    """(status, text)"""
    link = http.client.HTTPConnection(*to, timeout=5,
                                      source_address=(source, 0))
    try:
        link.request(method, path)
        reply = link.getresponse()
        return reply.status, reply.read().decode()
    finally:
        link.close()
