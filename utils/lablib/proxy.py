# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The proxy: Kamailio, with whatever configuration the lab was given."""

import glob
import os
import socket

from . import plan as P
from .errors import LabError
from .namespaces import open_socket
from .process import must_live, run, start
from .wait import until


def stock_modules():
    """Where the installed Kamailio keeps its modules."""
    named = os.environ.get("KAMAILIO_MODULES")
    if named:
        return named
    found = glob.glob("/usr/lib/*/kamailio/modules") \
        + glob.glob("/usr/lib*/kamailio/modules")
    if not found:
        raise LabError("Kamailio's modules not found: install kamailio, or "
                       "set KAMAILIO_MODULES")
    return found[0]


def argv(libdir, config, listen, rtpengine, pref64, rundir, defines=()):
    """Kamailio in the foreground. listen: "udp:192.0.2.10:5060", ...

    pref64: what it is told of the phones' networks, None for nothing.
    """
    cmd = ["kamailio", "-DD", "-E", "-m", "64", "-M", "8", "-n", "2",
           "-L", f"{libdir}:{stock_modules()}", "-f", config,
           "-Y", rundir, "-w", rundir,
           "-A", f'SIP_DOMAIN="{P.DOMAIN}"']
    if pref64:
        cmd += ["-A", f'NAT64_PREF64="{pref64}"']
    for one in listen:
        cmd += ["-l", one]
    for one in defines:
        cmd += ["-A", one]
    if rtpengine:
        cmd += ["-A", "WITH_RTPENGINE",
                "-A", f'RTPENGINE_SOCK="udp:{rtpengine}"']
    return cmd


def uses_module(plan):
    """Does the configuration load this project's module?"""
    try:
        with open(plan.config, encoding="utf-8") as src:
            return "nat64sip.so" in src.read()
    except FileNotFoundError:
        raise LabError(f"no such configuration: {plan.config}") from None


def must_have_module(plan):
    """Raise if the module is wanted and was not built."""
    if uses_module(plan) and not os.path.exists(
            os.path.join(plan.libdir, "nat64sip.so")):
        raise LabError(f"{plan.libdir}/nat64sip.so is missing: run make")


def _told(plan):
    """Options of what this lab's proxy is told besides a PREF64."""
    words = ["-A", f'NAT64_FQDN="{P.PROXY_NAME}"'] if plan.fqdn else []
    if plan.pools is not None:
        write_pools(plan, plan.pools)
        words += ["-A", f'NAT64_POOL_FILE="{plan.pool_path}"',
                  "-A", f'CTL_SOCKET="{_rpc_socket(plan)}"']
    return words


def _behind(plan):
    """What the proxy is told of box 2."""
    uri, net = f"sip:{P.BOX2_ADDR}:{P.SIP_PORT}", f"{P.BOX2_ADDR}/32"
    return {"": (),
            "kamailio": (f'BOX1_ADDR="{P.PROXY_ADDR}:{P.SIP_PORT}"',
                         f'BOX2_URI="{uri}"', f'BOX2_NET="{net}"'),
            "b2bua": ("WITH_NOTIFY", f'NOTIFY_PEER="{net}"',
                      f'NOTIFY_NEXT_HOP="{uri}"')}[plan.two_box]


def _rpc_socket(plan):
    return "unix:" + plan.path("run", "ctl")


def write_pools(plan, lines):
    """What the proxy finds in its pool file at start, or at a reload."""
    with open(plan.pool_path, "w", encoding="ascii") as out:
        out.write("".join(line + "\n" for line in lines))


def rpc(plan, *words):
    """A command to the proxy; what it answers, or LabError."""
    return run(["kamcmd", "-s", _rpc_socket(plan), *words])


def bring_up(plan):
    must_have_module(plan)
    listen = [f"{t}:{P.PROXY_ADDR}:{P.SIP_PORT}" for t in ("udp", "tcp")]
    start(plan, "kamailio",
          argv(plan.libdir, plan.config, listen,
               "" if plan.two_box == "kamailio" or plan.no_relay
               else f"{P.RELAY_ADDR}:{P.NG_PORT}", plan.told_pref64,
               plan.path("run"), _behind(plan)) + _told(plan),
          space="proxy")


def options(target, via, call_id):
    """A small OPTIONS; any SIP reply to it shows that the proxy works."""
    return (f"OPTIONS sip:{target} SIP/2.0\r\n"
            f"Via: SIP/2.0/UDP {via};branch=z9hG4bK{call_id};rport\r\n"
            f"From: <sip:probe@{P.DOMAIN}>;tag={call_id}\r\n"
            f"To: <sip:probe@{P.DOMAIN}>\r\n"
            f"Call-ID: {call_id}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 70\r\n"
            "Content-Length: 0\r\n\r\n").encode()


def replies(sock, addr, port, via, seconds=0.5):
    """Call-ID of an OPTIONS that was just answered, or None."""
    call_id = "probe" + os.urandom(6).hex()
    sock.settimeout(seconds)
    try:
        sock.sendto(options(P.DOMAIN, via, call_id), (addr, port))
        data = sock.recv(4096)
    except OSError:
        return None
    good = data.startswith(b"SIP/2.0 ") and call_id.encode() in data
    return call_id if good else None


def probe_from(plan, phone, seconds=0.5):
    """OPTIONS from where a UE6 is through its NAT64, see replies()."""
    addr = plan.address(phone)
    sock = open_socket(plan.space(phone), socket.AF_INET6, socket.SOCK_DGRAM)
    with sock:
        sock.bind((addr, 0))
        via = f"[{addr}]:{sock.getsockname()[1]}"
        return replies(sock, plan.network_of(phone).proxy6, P.SIP_PORT, via,
                       seconds)


def wait_ready(plan):
    """Until each phone's network reaches the proxy by way of its NAT64."""
    def living():
        must_live(plan, "kamailio")
        for net in plan.networks:
            must_live(plan, net.named("tayga"))
    for net in plan.networks:
        for phone in net.phones:
            until(lambda phone=phone: probe_from(plan, phone),
                  "Kamailio to answer OPTIONS through the NAT64", 15,
                  alive=living)
