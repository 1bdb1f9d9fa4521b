# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What a lab consists of: its name, directory, namespaces and addresses.

One IPv4 network and one to three IPv6-only networks, each of these with a
phone, a NAT64 and a DNS64 of its own; the first may have a second phone. The
addresses are the same in every lab (namespaces keep them apart); the names of
the namespaces carry the lab's name.
"""

import ipaddress
import json
import os
import re
from dataclasses import dataclass

from .errors import LabError

TOP = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))

DOMAIN = "sip.example.test"
PROXY_NAME = "proxy.example.test"  # what the proxy calls itself, where told to
PREF64 = "2001:db8:64::/96"
PREF64_LENGTHS = (32, 40, 48, 56, 64, 96)
# of the first, second and third IPv6-only network, where not said otherwise
PREF64S = (PREF64, "2001:db8:100::/40", "2001:db8:300::/56")
# What their NAT64s make of a phone's port, in the words of iptables: another
# one, the same one where it is free, one out of the blue for each mapping
NAT64_PORTS = (("--random",), (), ("--random-fully",))

PROXY_ADDR = "192.0.2.10"
BOX2_ADDR = "192.0.2.11"  # of a lab with two boxes
RELAY_ADDR = "192.0.2.20"
UA4_ADDR = "192.0.2.30"
DNS_ADDR = "192.0.2.53"
NET4_BITS = 24
SIP_PORT = 5060
NG_PORT = 2223
# A lab with a fleet (etc/fleet) in place of proxy and relay; the edges share
# PROXY_ADDR, which is with one of them
FLEET = {"edge-a": "192.0.2.8", "edge-b": "192.0.2.9",
         "reg-1": "192.0.2.12", "reg-2": "192.0.2.13",
         "media-1": "192.0.2.14", "media-2": "192.0.2.15"}
EDGES, REGISTRARS, MEDIA = (tuple(h for h in FLEET if h.startswith(kind))
                            for kind in ("edge", "reg", "media"))

# Namespaces of every lab; "net" holds the IPv4 network's bridge
SPACES4 = ("net", "proxy", "relay", "ua4", "dns")
# What is behind the proxy, and the proxy's configuration then: the media box
# that is shipped, or a B2BUA that is told by the header and does not read it
TWO_BOXES = {"": "kamailio-nat64.cfg", "kamailio": "kamailio-nat64-box1.cfg",
             "b2bua": "kamailio-nat64.cfg"}
# How the UA4 takes media where there is no relay: it answers where they come
# from, or it goes by the SDP
NO_RELAY = ("", "latching", "strict")
EDGE_CONFIG = "kamailio-nat64-edge.cfg"  # what a fleet's edges include
# the second phone of the first IPv6-only network
NEIGHBOUR = "uen"


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


def _read_pref64(text):
    """The prefix in its usual spelling."""
    try:
        net = ipaddress.IPv6Network(text)
    except ValueError as err:
        raise LabError(f"PREF64 {text}: {err}") from None
    if net.prefixlen not in PREF64_LENGTHS:
        raise LabError(f"PREF64 {text}: length is none of "
                       f"{PREF64_LENGTHS} (RFC 6052 2.2)")
    return str(net)


@dataclass(frozen=True)
class Network:
    """An IPv6-only network: a phone or two, a NAT64 with its DNS64."""
    number: int  # from 1
    pref64: str
    neighbour: bool = False

    @property
    def phone(self):
        """Its phone, and the namespace and the capture of it."""
        return "ue" if self.number == 1 else f"ue{self.number}"

    def named(self, what):
        """One name for each network: tayga, tayga-2, ..."""
        return what if self.number == 1 else f"{what}-{self.number}"

    @property
    def box(self):
        """Namespace of the NAT64."""
        return self.named("nat64")

    @property
    def ue_addr(self):
        return f"2001:db8:{self.number}::2"

    @property
    def phones(self):
        """phone: its address"""
        more = {NEIGHBOUR: f"2001:db8:{self.number}::3"} \
            if self.neighbour else {}
        return {self.phone: self.ue_addr, **more}

    @property
    def gateway(self):
        return f"2001:db8:{self.number}::1"

    @property
    def outside(self):
        """The NAT64's address on the IPv4 network."""
        return f"192.0.2.{self.number}"

    @property
    def ports(self):
        return NAT64_PORTS[self.number - 1]

    @property
    def proxy6(self):
        return synthesize(self.pref64, PROXY_ADDR)

    @property
    def relay6(self):
        return self.synthetic(RELAY_ADDR)

    def synthetic(self, addr4):
        return synthesize(self.pref64, addr4)


ALL_NETWORKS = tuple(Network(n, p) for n, p in enumerate(PREF64S, 1))
UE6_ADDR = ALL_NETWORKS[0].ue_addr
NAT64_ADDR = ALL_NETWORKS[0].outside
UE_PHONES = (*(net.phone for net in ALL_NETWORKS), NEIGHBOUR)
# every namespace that a lab may have
ALL_SPACES = (*SPACES4, "box2", *FLEET, *(n.box for n in ALL_NETWORKS),
              *UE_PHONES)


def make_networks(pref64, count=None, neighbour=False):
    """IPv6-only networks by their prefixes, by their number, or by both."""
    given = [pref64] if isinstance(pref64, str) else list(pref64 or ())
    count = max(1, len(given)) if count is None else count
    if not max(1, len(given)) <= count <= len(PREF64S):
        raise LabError(f"{count} IPv6-only networks and {len(given)} "
                       f"prefixes: there are 1 to {len(PREF64S)} networks "
                       "of one prefix each")
    given += PREF64S[len(given):count]
    return tuple(Network(n, _read_pref64(p), bool(neighbour) and n == 1)
                 for n, p in enumerate(given, 1))


class Plan:
    """Names and paths of one lab; nothing here touches the system.

    pref64: of the first network, or of several, one each; networks: how many
    there are. no_pref64: the proxy is told none (else the first one's).
    unregistered: phones that never register. fqdn: the proxy is told its name.
    pools: it reads pools from the file pool_path, these lines at first; None
    for no such file. neighbour: the first network has a second phone.
    two_box: what is behind the proxy, one of TWO_BOXES; "" for nothing.
    bridges: rtpengine has an interface for each IPv6-only network, of the name
    of its NAT64, that advertises the relay's synthetic address. fleet: FLEET in
    place of proxy and relay, its media boxes as shipped ("kamailio") or B2BUAs
    ("b2bua"). no_relay: media take the direct way, and the UA4 is such a phone,
    one of NO_RELAY; "" where there is a relay.
    """

    def __init__(self, name="demo", pref64=None, config=None, libdir=None,
                 top=TOP, *, networks=None, no_pref64=False, unregistered=(),
                 fqdn=False, pools=None, neighbour=False, two_box="",
                 bridges=False, no_relay="", fleet=""):
        if not re.fullmatch(r"[a-z0-9]{1,20}", name):
            raise LabError(f"lab name '{name}': 1 to 20 of a-z and 0-9")
        self.name = name
        self.networks = make_networks(pref64, networks, neighbour)
        self.no_pref64 = bool(no_pref64)
        self.fqdn = bool(fqdn)
        self.pools = None if pools is None else list(pools)
        self.unregistered = tuple(sorted(set(unregistered)))
        for phone in self.unregistered:
            self.must_have(phone)
        self.top = top
        self.two_box = two_box or ""
        self.bridges = bool(bridges)
        self.no_relay, self.fleet = no_relay or "", fleet or ""
        if self.no_relay and (self.two_box or self.bridges or self.fleet):
            raise LabError("box 2, bridges and a fleet need a media relay")
        if self.fleet and (two_box or bridges or fqdn or pools or config):
            raise LabError("a fleet has its own configuration and boxes")
        self.config = os.path.abspath(config or os.path.join(
            top, "etc", EDGE_CONFIG if fleet else TWO_BOXES[self.two_box]))
        self.libdir = os.path.abspath(libdir or os.path.join(top, "build"))
        self.base = os.path.join(top, "build", "lab")
        self.dir = os.path.join(self.base, name)

    def space(self, short):
        """Full name of the namespace 'ue', 'nat64', ..."""
        return f"n64-{self.name}-{short}"

    @property
    def spaces(self):
        """Short names of this lab's namespaces."""
        gone = {"proxy", "relay"} if self.fleet \
            else {"relay"} if self.no_relay else set()
        here = [s for s in SPACES4 if s not in gone]
        here += FLEET if self.fleet else ["box2"] if self.two_box else []
        return (*here, *(s for n in self.networks
                         for s in (n.box, *n.phones)))

    @property
    def relays(self):
        """Addresses of the media relays."""
        return tuple(FLEET[h] for h in MEDIA) if self.fleet \
            else (RELAY_ADDR,)

    @property
    def phones(self):
        return tuple(p for n in self.networks for p in n.phones) + ("ua4",)

    def must_have(self, phone):
        if phone not in self.phones:
            raise LabError(f"no phone '{phone}' in this lab: there are "
                           + ", ".join(self.phones))

    def network_of(self, phone):
        """The IPv6-only network that a phone is in, None for the UA4."""
        for net in self.networks:
            if phone in net.phones:
                return net
        return None

    def address(self, phone):
        """Where a phone is in its own network."""
        net = self.network_of(phone)
        return net.phones[phone] if net else UA4_ADDR

    def on_ipv4(self, phone):
        """The IPv4 address that a phone's packets come from."""
        net = self.network_of(phone)
        return net.outside if net else UA4_ADDR

    def path(self, *parts):
        return os.path.join(self.dir, *parts)

    @property
    def pref64(self):
        """Of the first network."""
        return self.networks[0].pref64

    @property
    def proxy6(self):
        return self.networks[0].proxy6

    @property
    def told_pref64(self):
        """What the proxy is configured with, or None."""
        return None if self.no_pref64 else self.pref64

    @property
    def pool_path(self):
        return self.path("etc", "pools.txt")

    def options(self):
        """What two 'up' of one name must agree on."""
        return {"pref64": [n.pref64 for n in self.networks],
                "config": self.config, "libdir": self.libdir,
                "no_pref64": self.no_pref64, "fqdn": self.fqdn,
                "pools": self.pools,
                "neighbour": self.networks[0].neighbour,
                "two_box": self.two_box, "bridges": self.bridges,
                "no_relay": self.no_relay, "fleet": self.fleet,
                "unregistered": list(self.unregistered)}

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
        fleet = data.get("fleet", "")
        return Plan(self.name, data["pref64"],
                    None if fleet else data["config"],
                    data["libdir"], self.top, fleet=fleet,
                    no_pref64=data.get("no_pref64", False),
                    unregistered=data.get("unregistered", ()),
                    fqdn=data.get("fqdn", False),
                    pools=data.get("pools"),
                    neighbour=data.get("neighbour", False),
                    two_box=data.get("two_box", ""),
                    bridges=data.get("bridges", False),
                    no_relay=data.get("no_relay", ""))
