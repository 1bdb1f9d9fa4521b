# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A private network stack per test.

The loopback of a fresh network namespace carries the addresses that the
captures show, on their own ports. So messages are octet-true without any
variable, tests run beside each other, and nothing reaches the host's network.
"""
import ctypes
import errno
import os
import subprocess

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000

LIBC = ctypes.CDLL(None, use_errno=True)

# names as the call files use them
HOSTS = {
    "ue6": "192.0.2.1",      # the NAT64's outside, where UE6 comes from
    "ue6b": "192.0.2.2",     # another NAT64's outside
    "proxy": "192.0.2.10",
    "relay": "192.0.2.20",
    "ua4": "192.0.2.30",
    "peer": "192.0.2.40",    # a B2BUA, a notify_peer where a test says so
    "proxy2": "192.0.2.11",  # second socket of the proxy
    "public": "198.51.100.10",  # advertised address of a proxy behind 1:1 NAT
    "probe": "192.0.2.99",   # the harness's own OPTIONS, never compared
    "ue6v6": "2001:db8:1::2",    # a phone on native IPv6
    "proxyv6": "2001:db8:10::10",
}


class NoNamespace(Exception):
    """This process may not make a network namespace."""


def _unshare(flags):
    if LIBC.unshare(flags):
        err = ctypes.get_errno()
        raise NoNamespace(os.strerror(err))


def become_root_of_own_user_namespace():
    """Without root: a user namespace, so that _unshare(CLONE_NEWNET) works.

    Only while the process has one thread (unshare(2)).
    """
    uid, gid = os.getuid(), os.getgid()
    _unshare(CLONE_NEWUSER)
    with open("/proc/self/setgroups", "w") as f:
        f.write("deny")
    with open("/proc/self/uid_map", "w") as f:
        f.write(f"0 {uid} 1")
    with open("/proc/self/gid_map", "w") as f:
        f.write(f"0 {gid} 1")


class Netns:
    """Puts the calling thread, and what it starts, into a fresh namespace."""

    def __init__(self):
        self.home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)

    def enter(self):
        _unshare(CLONE_NEWNET)
        lines = ["link set lo up"]
        for addr in HOSTS.values():
            tail = "/128 dev lo nodad" if ":" in addr else "/32 dev lo"
            lines.append(f"addr add {addr}{tail}")
        # SIPp's connections come from the same port again and again
        with open("/proc/sys/net/ipv4/tcp_max_tw_buckets", "w") as f:
            f.write("0")
        subprocess.run(["ip", "-batch", "-"], input="\n".join(lines) + "\n",
                       text=True, check=True, capture_output=True)

    def leave(self):
        if not LIBC.setns(self.home, CLONE_NEWNET):
            return
        err = ctypes.get_errno()
        # in a user namespace of our own there is no way back to the host's
        # network; the next test goes on to a fresh one from here
        if err != errno.EPERM:
            raise OSError(err, os.strerror(err))

    def close(self):
        os.close(self.home)


def add(address):
    """One more that this namespace has"""
    subprocess.run(["ip", "addr", "add", f"{address}/32", "dev", "lo"],
                   check=True)


def bound(proto, addr, port):
    """Is this IPv4 socket bound (udp) or listening (tcp) in this namespace?"""
    want = "%08X:%04X" % (
        int.from_bytes(bytes(map(int, addr.split("."))), "little"), port)
    with open(f"/proc/thread-self/net/{proto}") as f:
        rows = [line.split() for line in f][1:]
    state = {"udp": "07", "tcp": "0A"}[proto]
    return any(r[1] == want and r[3] == state for r in rows)
