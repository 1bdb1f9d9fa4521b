# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Which way the media of a call take: by the relay, or without one."""


def _other(phone, pair):
    return next(p for p in pair if p != phone)


def by_ipv6(plan, pair):
    """Do the media need no NAT64?"""
    return bool(plan.no_relay) and all(map(plan.network_of, pair))


def far(plan, phone, pair):
    """Where a phone's media come from: the addresses beyond its NAT64, and as
    it sees them."""
    other, net = _other(phone, pair), plan.network_of(phone)
    if by_ipv6(plan, pair):
        return ((plan.address(other),),) * 2
    addrs = (plan.on_ipv4(other),) if plan.no_relay else plan.relays
    return addrs, tuple(map(net.synthetic, addrs)) if net else addrs


def beyond(plan, phone, pair, seen):
    """The packets of what is beyond a phone's network, and its address there."""
    other = _other(phone, pair)
    if not by_ipv6(plan, pair):
        return seen["core"], plan.on_ipv4(phone)
    same = plan.network_of(phone) == plan.network_of(other)
    return seen[other if same else "core"], plan.address(phone)
