# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The networks: namespaces, veth pairs, the IPv4 network's bridge.

Every interface is born inside a namespace, so none is ever seen among the
host's own.
"""

import ctypes
import os
import socket
import threading

from . import plan as P
from .errors import LabError
from .process import run

CLONE_NEWNET = 0x40000000
BRIDGE = "br4"

# namespace, its address on the IPv4 network
ON_NET4 = (("proxy", P.PROXY_ADDR), ("box2", P.BOX2_ADDR),
           ("relay", P.RELAY_ADDR),
           ("ua4", P.UA4_ADDR), ("dns", P.DNS_ADDR), *P.FLEET.items())


def _ip(space, *args):
    run(["ip", "-n", space, *args])


def _sysctl(space, *settings):
    run(["sysctl", "-q", "-w", *settings], space)


def existing(plan):
    """Those of the lab's namespaces that exist.

    Of all that a lab of this name may have, not only of this plan's: 'down'
    must find what another 'up' made.
    """
    if os.geteuid():  # nobody else can have made any
        return []
    have = {line.split()[0] for line in run(["ip", "netns", "list"])
            .splitlines() if line.strip()}
    return [s for s in P.ALL_SPACES if plan.space(s) in have]


def create(plan):
    for short in plan.spaces:
        run(["ip", "netns", "add", plan.space(short)])
        _ip(plan.space(short), "link", "set", "lo", "up")
    _ip(plan.space("net"), "link", "add", BRIDGE, "type", "bridge",
        "stp_state", "0", "forward_delay", "0")
    _ip(plan.space("net"), "link", "set", BRIDGE, "up")
    for short, addr in ON_NET4:
        if short in plan.spaces:
            _plug(plan, short, addr)
    for net in plan.networks:
        _plug(plan, net.box, net.outside)
        _ue_network(plan, net)
        if plan.no_relay:
            _join(plan, net)


def _plug(plan, short, addr):
    """One host on the IPv4 network: eth4, its other end in the bridge."""
    net, host = plan.space("net"), plan.space(short)
    _ip(net, "link", "add", short, "type", "veth",
        "peer", "name", "eth4", "netns", host)
    _ip(net, "link", "set", short, "master", BRIDGE, "up")
    _ip(host, "link", "set", "eth4", "up")
    _ip(host, "address", "add", f"{addr}/{P.NET4_BITS}", "dev", "eth4")


def _ue_network(plan, network):
    """An IPv6-only network: phones and the NAT64 box, nothing else.

    In the box, eth6 is the bridge that the phones are plugged in.
    """
    box = plan.space(network.box)
    _ip(box, "link", "add", "eth6", "type", "bridge", "stp_state", "0",
        "forward_delay", "0")
    for phone in network.phones:
        _ip(box, "link", "add", phone, "type", "veth",
            "peer", "name", "eth6", "netns", plan.space(phone))
        _ip(box, "link", "set", phone, "master", "eth6", "up")
    for short, addr in (*network.phones.items(), (network.box,
                                                  network.gateway)):
        space = plan.space(short)
        _ip(space, "link", "set", "eth6", "up")
        # nodad: usable at once, nobody else can have it
        _ip(space, "address", "add", f"{addr}/64", "dev", "eth6", "nodad")
    for phone in network.phones:
        _ip(plan.space(phone), "-6", "route", "add", "default", "via",
            network.gateway)
    _sysctl(box, "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1",
            "net.ipv4.conf.all.rp_filter=0",
            "net.ipv4.conf.default.rp_filter=0")


def _join(plan, network):
    """To the other IPv6-only networks, as the Internet joins them. Nothing
    comes in that nobody asked for (RFC 6092), as through the NAT64."""
    box, out = plan.space(network.box), "2001:db8:ffff::"
    _ip(box, "address", "add", f"{out}{network.number}/64", "dev", "eth4",
        "nodad")
    for other in plan.networks:
        if other != network:
            _ip(box, "route", "add", f"2001:db8:{other.number}::/64", "via",
                f"{out}{other.number}")
    for rule in (("-m", "conntrack", "--ctstate", "ESTABLISHED,RELATED",
                  "-j", "ACCEPT"), ("-j", "DROP")):
        run(["ip6tables", "-A", "FORWARD", "-i", "eth4", *rule], box)


def delete(plan):
    for short in existing(plan):
        run(["ip", "netns", "delete", plan.space(short)])


def open_socket(space, family, kind):
    """A socket that lives in a namespace; its user stays outside.

    setns(2) is per thread, hence a thread of its own for it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    got = []

    def work():
        try:
            fd = os.open(f"/run/netns/{space}", os.O_RDONLY)
        except OSError as err:
            got.append(err)
            return
        try:
            if libc.setns(fd, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), f"setns {space}")
            got.append(socket.socket(family, kind))
        except OSError as err:
            got.append(err)
        finally:
            os.close(fd)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    if isinstance(got[0], OSError):
        raise LabError(f"namespace {space}: {got[0]}")
    return got[0]


def permitted():
    """None if labs can be made here, else what is missing in plain words."""
    if os.geteuid():
        return "not root"
    if not os.path.exists("/dev/net/tun"):
        return "no /dev/net/tun"
    try:
        os.close(os.open("/dev/net/tun", os.O_RDWR))
    except OSError as err:
        return f"/dev/net/tun can't be opened ({err.strerror})"
    probe = f"n64-probe-{os.getpid()}"
    try:
        run(["ip", "netns", "add", probe])
        run(["ip", "netns", "delete", probe])
    except LabError as err:
        return f"no network namespaces ({err})"
    return None
