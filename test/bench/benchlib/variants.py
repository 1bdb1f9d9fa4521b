# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The scripts that are compared, and whether they do the same."""
import re
from dataclasses import dataclass

NOTIFY = 'NOTIFY="192.0.2.30/32"'


@dataclass(frozen=True)
class Variant:
    name: str
    what: str
    cfg: str
    ue6: bool          # the caller is behind NAT64
    base: str          # its bare proxy, for the ratio
    defines: tuple = ()
    same_as: str = ""  # whose messages it must produce
    body: bool = True  # of which the body counts


def variants(manage):
    """manage: the module has nat64_manage()"""
    how = ("BY_MANAGE",) if manage else ()
    name = "nat64_manage()" if manage else "function by function"
    return (
        Variant("bare", "(a) bare proxy, the caller is UE6", "bare.cfg", True,
                "bare"),
        Variant("nat64", f"(b) NAT64 call, {name}", "nat64.cfg", True, "bare",
                (*how, NOTIFY)),
        Variant("stock", "(c) the same by stock modules", "stock.cfg", True,
                "bare", (), "nat64"),
        Variant("stock-apply", "(c) with msg_apply_changes()", "stock.cfg",
                True, "bare", ("APPLY",), "nat64"),
        Variant("stock-relay", "(c) c= left to a media relay", "stock.cfg",
                True, "bare", ("RELAY",), "nat64", False),
        Variant("bare-ipv4", "(a) bare proxy, both phones on IPv4", "bare.cfg",
                False, "bare-ipv4"),
        Variant("ipv4", f"(d) plain IPv4 call, {name}", "nat64.cfg", False,
                "bare-ipv4", how, "bare-ipv4"),
    )


def normal(text, body=True):
    """A message without what may differ: the label, and the branch that the
    proxy made of the message as it was"""
    text = re.sub(r";n64=[a-z]+", "", text)
    text = re.sub(r"(?m)^(Via: SIP/2\.0/UDP 192\.0\.2\.10)[:;].*", r"\1", text)
    if body:
        return text
    return re.sub(r"(?m)^Content-Length: .*\n", "",
                  text.partition("\n\n")[0] + "\n")


def differences(name, mine, theirs, body=True):
    """Messages that reached a phone and are not those of the other variant"""
    for who in sorted(set(mine) | set(theirs)):
        pair = mine.get(who, []), theirs.get(who, [])
        if len(pair[0]) != len(pair[1]):
            yield (f"{name}: {len(pair[0])} messages reached the {who}, not "
                   f"{len(pair[1])}")
        for one, other in zip(*pair):
            if normal(one, body) != normal(other, body):
                yield (f"{name}: the {who} got\n{one}\n{name}: it should be, "
                       f"but for the label\n{other}")
