# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A fleet (etc/fleet): two edges and an address that keepalived moves, two
registrars, two media boxes, each a host of its own. They run what is shipped;
only what depends on the lab's directory is told them."""

import os

from . import box2, process, proxy, relay
from . import plan as P
from .errors import LabError
from .process import must_live, run, start
from .wait import until

# of each host: Kamailio or a B2BUA, and beside it keepalived or rtpengine
PROCESSES = len(P.FLEET) + len(P.EDGES) + len(P.MEDIA)
# Paths of keepalived.conf, and its lines marked "own"
CTL = "/run/kamailio/kamailio_ctl"
STATE = "/etc/keepalived/edge-state.sh"
OWN = {"edge-a": {}, "edge-b": {
    "priority 100 ": "priority 90 ",
    "unicast_src_ip 192.0.2.8 ": "unicast_src_ip 192.0.2.9 ",
    "unicast_peer {\n        192.0.2.9 ":
        "unicast_peer {\n        192.0.2.8 "}}
ROLE = {"edge": "edge", "reg": "registrar", "media": "media"}


def shipped(plan, *name):
    return os.path.join(plan.top, "etc", "fleet", *name)


def ctl_of(plan, host):
    return plan.path("run", host, "ctl")


def rpc(plan, host, *words):
    """A command to a host's Kamailio; what it answers, or LabError."""
    return run(["kamcmd", "-s", "unix:" + ctl_of(plan, host), *words])


def _listen(host):
    addr = P.PROXY_ADDR if host in P.EDGES else P.FLEET[host]
    ways = ("udp", "tcp") if host in P.EDGES else ("udp",)
    return [f"{way}:{addr}:{P.SIP_PORT}" for way in ways]


def _defines(plan, host):
    """What differs from what is shipped, and between the registrars. Phones are
    pinged more often, so that a test need not wait."""
    told = [f'DISPATCHER_LIST="{shipped(plan, "dispatcher.list")}"',
            f'CTL_SOCKET="unix:{ctl_of(plan, host)}"']
    if host in P.EDGES and plan.fleet == "b2bua":
        # it sends media where the SDP says, which a NAT64 lets nobody do
        relays = " ".join(f"udp:{P.FLEET[m]}:{P.NG_PORT}" for m in P.MEDIA)
        told += ["WITH_RTPENGINE", f'RTPENGINE_SOCK="{relays}"']
    if host in P.REGISTRARS:
        other, = set(P.REGISTRARS) - {host}
        told += [f'DMQ_ADDRESS="sip:{P.FLEET[host]}:{P.SIP_PORT}"',
                 f'DMQ_PEER="sip:{P.FLEET[other]}:{P.SIP_PORT}"',
                 f"SERVER_ID={P.REGISTRARS.index(host) + 1}",
                 "PING_PHONES=2"]
        told += ["WITH_B2BUA"] if plan.fleet == "b2bua" else []
    if host in P.MEDIA:
        told.append(f'RTPENGINE_SOCK="udp:{P.FLEET[host]}:{P.NG_PORT}"')
    return told


def start_kamailio(plan, host):
    folder = plan.path("run", host)
    os.makedirs(folder, exist_ok=True)
    config = shipped(plan, ROLE[host.split("-")[0]] + ".cfg")
    pref64 = plan.told_pref64 if host in P.EDGES else None
    start(plan, host, proxy.argv(plan.libdir, config, _listen(host), "",
                                 pref64, folder, _defines(plan, host)),
          space=host)


def _start_b2bua(plan, host):
    """It finds users at one of the registrars, by its own number."""
    addr = P.FLEET[P.REGISTRARS[P.MEDIA.index(host)]]
    start(plan, host, box2.b2bua(plan, host, P.FLEET[host],
                                 f"sip:{addr}:{P.SIP_PORT}"),
          space=host, env={"HOME": plan.path("phones")})


def _start_media(plan, host):
    _start_rtpengine(plan, host)
    if plan.fleet == "b2bua":
        _start_b2bua(plan, host)
    else:
        start_kamailio(plan, host)


def _start_rtpengine(plan, host):
    name, addr = "rtpengine-" + host, P.FLEET[host]
    start(plan, name, relay.argv(addr, P.NG_PORT), space=host)
    relay.wait_answers(plan, name, host, addr)


def _keepalived_conf(plan, host):
    """The shipped one with the three lines that are each edge's own."""
    with open(shipped(plan, "keepalived.conf"), encoding="ascii") as src:
        text = src.read()
    changes = {CTL: ctl_of(plan, host),
               STATE: shipped(plan, os.path.basename(STATE)), **OWN[host]}
    for old, new in changes.items():
        if old not in text:
            raise LabError(f"keepalived.conf has no '{old.strip()}'")
        text = text.replace(old, new)
    path = plan.path("etc", f"keepalived-{host}.conf")
    with open(path, "w", encoding="ascii") as out:
        out.write(text)
    return path


def _vrrp_pid(plan, host):
    return plan.path("run", f"vrrp-{host}.own-pid")


def _vrrp_is_gone(plan, host):
    """Killed, keepalived leaves a process that ends by itself."""
    try:
        with open(_vrrp_pid(plan, host), encoding="ascii") as src:
            return not os.path.exists(f"/proc/{src.read().strip()}")
    except FileNotFoundError:
        return True


def start_keepalived(plan, host):
    until(lambda: _vrrp_is_gone(plan, host), "the end of another keepalived")
    start(plan, "keepalived-" + host,
          ["keepalived", "--dont-fork", "--log-console", "--vrrp",
           "--use-file", _keepalived_conf(plan, host),
           "--pid", plan.path("run", f"keepalived-{host}.own-pid"),
           "--vrrp_pid", _vrrp_pid(plan, host)],
          space=host)


def has_address(plan, edge):
    """Is the address that the phones use with this edge?"""
    shown = run(["ip", "-n", plan.space(edge), "-br", "-4", "address", "show",
                 "dev", "eth4", "up"])
    return f" {P.PROXY_ADDR}/" in shown


def holder(plan):
    """The edge that has the address, None where none or both have."""
    found = [edge for edge in P.EDGES if has_address(plan, edge)]
    return found[0] if len(found) == 1 else None


def _answers(plan, host):
    must_live(plan, host)
    try:
        return rpc(plan, host, "core.uptime")
    except LabError:
        return False


def wait_ready(plan, host):
    """A B2BUA is ready when the registrars' probes say so."""
    if host not in P.MEDIA or plan.fleet == "kamailio":
        until(lambda: _answers(plan, host), f"Kamailio of {host}", 15)


def bring_up(plan):
    if not os.path.exists(os.path.join(plan.libdir, "nat64sip.so")):
        raise LabError(f"{plan.libdir}/nat64sip.so is missing: run make")
    for host in P.MEDIA:
        _start_media(plan, host)
    for host in (*P.REGISTRARS, *P.EDGES):
        start_kamailio(plan, host)
    for host in P.FLEET:
        wait_ready(plan, host)
    for host in P.EDGES:
        start_keepalived(plan, host)
    wait_address(plan)


def wait_address(plan, *edges):
    """Until the address is with one of these edges, and the phones' networks
    reach it there."""
    def there():
        for host in P.EDGES:
            if process.pid_of(plan, host):
                must_live(plan, "keepalived-" + host)
        return holder(plan) in (edges or P.EDGES)

    until(there, "keepalived to bring the address", 15)
    for net in plan.networks:
        for phone in net.phones:
            until(lambda phone=phone: proxy.probe_from(plan, phone),
                  "the edge to answer OPTIONS through the NAT64", 15)


def cut_off(plan, host):
    """The whole host is gone: no packet of it is seen any more."""
    run(["ip", "-n", plan.space(host), "link", "set", "eth4", "down"])


def restart(plan, host):
    """A host boots: nothing is left of what it knew, nor an address that moves.
    An edge is ready to take the address, and does not while another has it."""
    for name in ("keepalived-" + host, host):
        process.stop(plan, name)
    if host in P.EDGES:
        run(["ip", "-n", plan.space(host), "address", "delete",
             f"{P.PROXY_ADDR}/{P.NET4_BITS}", "dev", "eth4"], check=False)
    run(["ip", "-n", plan.space(host), "link", "set", "eth4", "up"])
    if host in P.MEDIA:
        process.stop(plan, "rtpengine-" + host)
        _start_media(plan, host)
    else:
        start_kamailio(plan, host)
    wait_ready(plan, host)
    if host in P.EDGES:
        _stand_by(plan, host)


def _stand_by(plan, edge):
    log = plan.path("log", f"keepalived-{edge}.log")
    before = os.path.getsize(log)
    start_keepalived(plan, edge)

    def waits():
        must_live(plan, "keepalived-" + edge)
        with open(log, encoding="ascii") as src:
            src.seek(before)
            return "Entering BACKUP STATE" in src.read()

    until(waits, f"keepalived of {edge} to stand by", 15)
