# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What a lab consists of: its name, directory, namespaces and addresses.

The addresses are the same in every lab (namespaces keep them apart); the names
of the namespaces carry the lab's name.
"""

import ipaddress
import json
import os
import re

from .errors import LabError

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

DOMAIN = "sip.example.test"
PREF64 = "2001:db8:64::/96"
PREF64_LENGTHS = (32, 40, 48, 56, 64, 96)

UE6_ADDR = "2001:db8:1::2"
UE6_NET = "2001:db8:1::/64"
GATEWAY_ADDR = "2001:db8:1::1"
POOL4 = "100.64.0.0/16"
POOL4_TAYGA = "100.64.0.1"
NAT64_ADDR = "192.0.2.1"
PROXY_ADDR = "192.0.2.10"
RELAY_ADDR = "192.0.2.20"
UA4_ADDR = "192.0.2.30"
DNS_ADDR = "192.0.2.53"
NET4_BITS = 24
SIP_PORT = 5060
NG_PORT = 2223

# Where each namespace's interface sits; "net" holds the IPv4 network's bridge.
SPACES = ("net", "nat64", "ue", "proxy", "relay", "ua4", "dns")


def synthesize(pref64, addr4):
    """The IPv6 address that stands for addr4 under pref64 (RFC 6052 2.2)."""
    net = ipaddress.IPv6Network(pref64)
    octets = bytearray(net.network_address.packed)
    pos = net.prefixlen // 8
    for octet in ipaddress.IPv4Address(addr4).packed:
        if pos == 8:  # bits 64..71 stay zero
            pos += 1
        octets[pos] = octet
        pos += 1
    return str(ipaddress.IPv6Address(bytes(octets)))


class Plan:
    """Names and paths of one lab; nothing here touches the system."""

    def __init__(self, name="demo", pref64=PREF64, config=None, libdir=None,
                 top=TOP):
        if not re.fullmatch(r"[a-z0-9]{1,20}", name):
            raise LabError(f"lab name '{name}': 1 to 20 of a-z and 0-9")
        try:
            net = ipaddress.IPv6Network(pref64)
        except ValueError as err:
            raise LabError(f"PREF64 {pref64}: {err}") from None
        if net.prefixlen not in PREF64_LENGTHS:
            raise LabError(f"PREF64 {pref64}: length is none of "
                           f"{PREF64_LENGTHS} (RFC 6052 2.2)")
        self.name = name
        self.pref64 = str(net)
        self.top = top
        self.config = os.path.abspath(
            config or os.path.join(top, "etc", "kamailio-nat64.cfg"))
        self.libdir = os.path.abspath(libdir or os.path.join(top, "build"))
        self.base = os.path.join(top, "build", "lab")
        self.dir = os.path.join(self.base, name)

    def space(self, short):
        """Full name of the namespace 'ue', 'nat64', ..."""
        return f"n64-{self.name}-{short}"

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    @property
    def proxy6(self):
        return synthesize(self.pref64, PROXY_ADDR)

    @property
    def relay6(self):
        return synthesize(self.pref64, RELAY_ADDR)

    def options(self):
        """What two 'up' of one name must agree on."""
        return {"pref64": self.pref64, "config": self.config,
                "libdir": self.libdir}

    def save(self, **more):
        data = {"name": self.name, **self.options(), **more}
        with open(self.path("lab.json"), "w", encoding="utf-8") as out:
            json.dump(data, out, indent=1)

    def saved(self):
        """What save() wrote, or None if there is no such lab."""
        try:
            with open(self.path("lab.json"), encoding="utf-8") as src:
                return json.load(src)
        except FileNotFoundError:
            return None
        except ValueError:
            return {}

    def like_saved(self):
        """This lab with the options that it was brought up with."""
        data = self.saved()
        if not data:
            raise LabError(f"lab '{self.name}' is not up: "
                           f"utils/lab up --name {self.name}")
        return Plan(self.name, data["pref64"], data["config"],
                    data["libdir"], self.top)
