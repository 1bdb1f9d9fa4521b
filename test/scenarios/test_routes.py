# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Own Routes as phones send them back: all consumed, however they are spelled,
none reaches a phone, and nothing is logged."""
import pytest

from sipharness import shapes
from sipharness.shapes import V4, V6, value

SYN, IP4 = value(V6, "as"), value(V4, "bn")
UPPER = SYN.replace("2001:db8:64::c000:20a", "2001:DB8:64::C000:20A")
MIXED = SYN.replace("2001:db8:64::c000:20a", "2001:DB8:64::192.0.2.10")
FULL = SYN.replace("2001:db8:64::c000:20a",
                   "2001:0db8:0064:0000:0000:0000:c000:020a")
UGLY = SYN.replace("r2=on;n64=as", "R2=on;N64=AS").replace(";lr", ";LR")


def lr_first(text):
    return text.replace(":5060;r2", ":5060;lr;r2").replace(";lr>", ">")


def headers(*values):
    return "".join(f"Route: {v}\n" for v in values)


FROM_UE6 = {
    "two-headers": headers(SYN, IP4),
    "comma-joined": f"Route: {SYN}, {IP4}\n",
    "comma-without-blank": f"Route: {SYN},{IP4}\n",
    "folded": f"Route: {SYN},\n {IP4}\n",
    "lower-case-name": f"route: {SYN}\nroute: {IP4}\n",
    "upper-case": headers(UPPER, IP4),
    "mixed-notation": headers(MIXED, IP4),
    "full-form": headers(FULL, IP4),
    "lr-first": headers(lr_first(SYN), lr_first(IP4)),
    "lr-first-joined": f"Route: {lr_first(SYN)},{lr_first(IP4)}\n",
    "parameters-upper-case": headers(UGLY, IP4),
    "all-at-once": f"Route: {lr_first(MIXED)}, {lr_first(IP4)}\n",
    "reversed": headers(IP4, SYN),
    "synthetic-only": headers(SYN.replace(";r2=on", "")),
}


@pytest.mark.parametrize("spelling", FROM_UE6)
def test_bye_from_ue6(lab, spelling):
    lab.proxy(defines=[shapes.STATIC])
    lab.play("one-bye", **shapes.bye(FROM_UE6[spelling]))


FROM_UA4 = {
    "two-headers": headers(IP4, SYN),
    "comma-joined": f"Route: {IP4}, {SYN}\n",
    "folded": f"Route: {IP4},\n\t{SYN}\n",
    "upper-case": headers(IP4, UPPER),
    "mixed-notation": headers(IP4, MIXED),
    "full-form": headers(IP4, FULL),
    "lr-first": headers(lr_first(IP4), lr_first(SYN)),
    "all-at-once": f"Route: {lr_first(IP4)}, {lr_first(MIXED)}\n",
}


@pytest.mark.parametrize("spelling", FROM_UA4)
def test_bye_from_ua4(lab, spelling):
    """The synthetic value is the second one: stock rr warns of each such
    request, "no socket found to match second RR" """
    lab.proxy(defines=[shapes.STATIC])
    lab.play("one-bye-from-ua4", **shapes.bye(FROM_UA4[spelling]))


PREFIXES = ["3fff:64::/32", "2001:db8:100::/40", "2001:db8:122::/48",
            "2001:db8:122:300::/56", "2001:db8:122:344::/64",
            "2001:db8:122:344::/96"]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_each_prefix_length(lab, prefix):
    """None of them is configured: the own IPv4 address inside is enough"""
    syn = value(shapes.synthetic(prefix, V4), "as")
    lab.proxy(defines=[shapes.STATIC])
    lab.play("one-bye", **shapes.bye(headers(syn, IP4)))


def test_advertised_address(lab):
    own = "198.51.100.10"
    syn = value(shapes.synthetic("2001:db8:64::/96", own), "as")
    lab.proxy(defines=[shapes.STATIC],
              listen=["udp:192.0.2.10:5060/198.51.100.10:5060"])
    lab.play("one-bye", **shapes.bye(headers(syn, value(own, "bn")),
                                     sent_by=f"{own}:5060"))


FOREIGN = {
    "address": value("[2001:db8:64::c000:214]", "as"),
    "port": value(V6, "as", port=5070),
    "loopback": value("[2001:db8:64::7f00:1]", "as"),
}
CORE_SAYS = r"(resolve|forward|t_fwd|tm .ut\.h)"


@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_synthetic_route_is_not_ours(lab, kind):
    """Not consumed and not sent to the IPv4 address inside. Beside it an own
    one, which is: the proxy knows one from the other."""
    lab.proxy(defines=[shapes.STATIC])
    lab.play("one-bye", **shapes.bye(headers(SYN, IP4)))
    lab.play("one-bye-refused", logged=CORE_SAYS,
             routes=headers(FOREIGN[kind], IP4))


@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_synthetic_route_shipped(lab, kind):
    """The alias in the Request-URI must not lead past a Route that is not
    ours, nor may the sender get more than one final reply"""
    lab.shipped()
    lab.play("one-bye", **shapes.bye(headers(SYN, IP4)))
    lab.play("one-bye-refused", logged=CORE_SAYS,
             routes=headers(FOREIGN[kind], IP4))
