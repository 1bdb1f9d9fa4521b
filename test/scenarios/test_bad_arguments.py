# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Arguments of functions that are wrong: where the function knows it at the
start, that stops; where not, it is an error (-2) when a message comes. Each line
is compared as a whole."""
import os

import pytest

from sipharness import texts
from sipharness.pools import messages
from sipharness.talk import Phone

HEAD = """log_stderror=yes
debug=3
auto_aliases=no
dns=no
rev_dns=no
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "nathelper.so"
loadmodule "nat64sip.so"
modparam("nathelper|registrar", "received_avp", "$avp(received)")
modparam("nat64sip", "notify_peer", "192.0.2.1")
request_route {
	if (method == "OPTIONS") {
		sl_send_reply("200", "Ready");
		exit;
	}
"""
TAIL = """
	$var(rc) = $rc;
	sl_send_reply("200", "rc $var(rc)");
}
"""
LEG = "must be caller or callee"
FLAG = "'{}' is none of the flags a, r, n, s"
TEXT = ("the argument must be a text of no more octets than the core's "
        "pv_buffer_size")
PARAMS = 'must be URI parameters with a ";" before each, such as ";svc=a"'

AT_START = {  # the call, what is said
    "nat64_manage": ('nat64_manage("anx")',
                     f'nat64_manage("anx"): {FLAG.format("x")}'),
    "add_dual_rr": ('add_dual_rr("svc=a b")',
                    f'function "add_dual_rr", value "svc=a b": {PARAMS}'),
    "$nat64": ("$var(x) = $nat64(caller)",
               "$nat64(caller): must be source, target, source_pref64, "
               "target_pref64, why, sdp or rtpengine"),
}
# the call, what is said, as an error; it is -2
AT_RUN_TIME = {
    "is_notify_nat64": ('is_notify_nat64("$rU")',
                        f'is_notify_nat64("bob"): {LEG}'),
    "is_notify_nat64 constant": ('is_notify_nat64("both")',
                                 f'is_notify_nat64("both"): {LEG}'),
    "is_notify_nat64 empty": ('is_notify_nat64("")',
                              f'is_notify_nat64(""): {LEG}'),
    "is_notify_nat64 bare": ("is_notify_nat64($rU)",
                             f'is_notify_nat64("bob"): {LEG}'),
    "is_notify_nat64 null": ('is_notify_nat64("$avp(none)")',
                             f'is_notify_nat64("<null>"): {LEG}'),
    "fix_nat64_sdp": ('fix_nat64_sdp("$rU")', f'fix_nat64_sdp("bob"): {LEG}'),
    "fix_nat64_sdp constant": ('fix_nat64_sdp("b")',
                               f'fix_nat64_sdp("b"): {LEG}'),
    "fix_nat64_sdp null": ('fix_nat64_sdp("$avp(none)")',
                           f'fix_nat64_sdp("<null>"): {LEG}'),
    "fix_nat64_register": (
        'fix_nat64_register("$rU")',
        'fix_nat64_register("bob"): usrloc has no such table'),
}


def config(lab, call, head=HEAD):
    path = os.path.join(lab.folder, "bad.cfg")
    with open(path, "w") as f:
        f.write(f"{head}\t{call};{TAIL}")
    return path


def ask(proxy, method, extra=""):
    """What the script's function gave, and what nat64sip said of it"""
    with Phone(40001) as phone:
        answer = phone.ask(texts.request(
            method=method, uri="sip:bob@192.0.2.10:5060", n=7, extra=extra,
            body=texts.NONE))
    proxy.settle()
    return (answer.partition("\n")[0],
            messages(proxy.log(proxy.mark)))


@pytest.mark.parametrize("case", AT_START)
def test_at_start(lab, case):
    call, said = AT_START[case]
    assert messages(lab.refused(config(lab, call))) == [said]


@pytest.mark.parametrize("case", AT_RUN_TIME)
def test_at_run_time(lab, case):
    call, said = AT_RUN_TIME[case]
    method = "REGISTER" if "register" in case else "MESSAGE"
    proxy = lab.proxy(config(lab, call))
    assert ask(proxy, method) == ("SIP/2.0 200 rc -2", [said])


@pytest.mark.parametrize("name", ["is_notify_nat64", "fix_nat64_sdp",
                                  "add_dual_rr", "fix_nat64_register"])
def test_longer_than_a_text_may_be(lab, name):
    method = "REGISTER" if "register" in name else "MESSAGE"
    proxy = lab.proxy(config(lab, f'{name}("$hdr(X-Long)")',
                             "pv_buffer_size=1024\n" + HEAD))
    assert ask(proxy, method, f"X-Long: {'x' * 1100}\n") == (
        "SIP/2.0 200 rc -2", [f"{name}(): {TEXT}"])


def test_nathelper_is_missing(lab):
    head = HEAD.replace('loadmodule "nathelper.so"\n', "").replace(
        "nathelper|", "")
    proxy = lab.proxy(config(lab, "fix_nat64_register()", head))
    assert ask(proxy, "REGISTER") == (
        "SIP/2.0 200 rc -2",
        ["fix_nat64_register() needs the module nathelper"])
