# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""check: nothing to say of what is shipped, and each finding where it is."""
import os
import re
import shutil
import subprocess
import sys

import pytest

from tooling import BUILD, ROOT

sys.path.insert(0, str(ROOT / "test/build"))

import making  # noqa: E402
from test_etc import CASES, entries, together  # noqa: E402

KAMAILIO = making.kamailio()
SHIPPED = "etc/kamailio-nat64.cfg"
LISTEN = "listen=udp:127.0.0.1:5060\n"
LOAD = 'loadmodule "nat64sip.so"\n'
POOL = "/etc/kamailio/pools.txt"


@pytest.fixture(scope="session")
def check(tool):
    if not os.access(KAMAILIO, os.X_OK):
        pytest.skip(f"{KAMAILIO} is not installed")
    libdir = f"{BUILD}:{making.search_path()}"

    def run(cfg, *words):
        return tool("check", "--kamailio", KAMAILIO, "-L", libdir, *words, cfg)
    return run


@pytest.fixture
def doctored(check, tmp_path):
    """Of the shipped configuration with a relay: each (old, new) in it, then
    check's findings as [(line's text, severity, what)]"""
    def run(*changes, words=("-A", "WITH_RTPENGINE")):
        text = LISTEN + (ROOT / SHIPPED).read_text()
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        cfg = tmp_path / "t.cfg"
        cfg.write_text(text)
        said = check(cfg, *words)
        assert not said.err, said
        found = [split(line, cfg) for line in said.out]
        assert said.status == int(any(f[1] != "note" for f in found)), said
        return found
    return run


def split(line, cfg):
    file, number, severity, what = re.fullmatch(
        r"(.+?):(\d+): (error|warning|note): (.+)", line).groups()
    assert file == str(cfg)
    return cfg.read_text().splitlines()[int(number) - 1], severity, what


@pytest.mark.parametrize("path,name", CASES,
                         ids=[f"{p.stem}-{n}" for p, n in CASES])
def test_shipped(check, tmp_path, path, name):
    """With each of its defines, and all of them"""
    defines = {"none": [], "all": together(path)}
    pool = tmp_path / "pools.txt"
    pool.write_text("203.0.113.0/24=2001:db8:64::/96\n")
    words = ["-l", "udp:127.0.0.1:5060"]
    for define in defines.get(name, entries(path).get(name)):
        words += ["-A", define.replace(POOL, str(pool))]
    said = check(ROOT / path, *words)
    assert said.status == 0 and not said.err, said
    assert not [line for line in said.out if ": note: " not in line], said
    # a note is all for those that there is nothing to look at in
    looked_at = ("nat64sip.so" in whole(path)
                 and "KEMI_SCRIPT" not in str(words) and "kemi" not in name
                 and "kemi" not in path.stem)
    assert bool(said.out) != looked_at, said


def whole(path):
    text = (ROOT / path).read_text()
    for other in re.findall(r'(?m)^include_file "(.*)"$', text):
        text += (ROOT / path).parent.joinpath(other).read_text()
    return text


def param(module, name, value):
    return LOAD, f'{LOAD}modparam("{module}", "{name}", {value})\n'


MANAGE = "\troute(NAT44);\n\tnat64_manage();\n\tif (!t_relay()"
WKP = param("nat64sip", "pref64", '"64:ff9b::/96"')

# name, changes, the line that is named, severity, words of the text
REGISTER = "\tif (!fix_nat64_register() || "
FINDINGS = (
    ("rr-double", [param("rr", "enable_double_rr", 0)],
     "enable_double_rr", "error", "needs 1"),
    ("rr-fromtag", [('"append_fromtag", 1', '"append_fromtag", 0')],
     "append_fromtag", "warning", "leave it at 1"),
    ("tm-behind", [('loadmodule "tm.so"\nloadmodule "tmx.so"\n', ""),
                   (LOAD, f'{LOAD}loadmodule "tm.so"\n'
                    'loadmodule "tmx.so"\n')],
     "nat64sip.so", "error", "loaded before tm"),
    ("rr-behind", [('loadmodule "rr.so"\n', ""),
                   (LOAD, f'{LOAD}loadmodule "rr.so"\n')],
     "nat64sip.so", "error", "loaded before rr"),
    ("topos", [(LOAD, f'loadmodule "topos.so"\n{LOAD}')],
     "topos.so", "error", "another proxy"),
    ("topoh", [(LOAD, f'loadmodule "topoh.so"\n{LOAD}')],
     "topoh.so", "warning", "not tested"),
    ("received-differs",
     [('modparam("registrar|nathelper", "received_avp", "$avp(received)")\n',
       'modparam("nathelper", "received_avp", "$avp(received)")\n'
       'modparam("registrar", "received_avp", "$avp(x)")\n')],
     "$avp(x)", "error", "the same"),
    ("received-unset",
     [('modparam("registrar|nathelper", "received_avp", "$avp(received)")\n',
       "")],
     "fix_nat64_register()", "error", "received_avp is not set"),
    ("no-database", [param("nat64sip", "db_url", '"sqlite:////tmp/x"')],
     "db_url", "error", "db_sqlite"),
    ("interval-db-mode", [param("nat64sip", "probe_interval", 25),
                          ('"db_mode", 0', '"db_mode", 3')],
     "probe_interval", "error", "db_mode"),
    ("interval-no-probe", [param("nat64sip", "probe_interval", 25),
                           param("nat64sip", "probe", 0)],
     "probe_interval", "error", "probe=1"),
    ("pref64", [param("nat64sip", "pref64", '"2001:db8::/33"')],
     "pref64", "error", "32, 40, 48"),
    ("pool", [param("nat64sip", "pool", '"203.0.113.0/24"')],
     "pool", "error", "203.0.113.0/24"),
    ("pool-file-missing", [param("nat64sip", "pool_file", '"/no/such"')],
     "pool_file", "error", "No such file"),
    ("pool-file-and-table",
     [(LOAD, f'loadmodule "db_sqlite.so"\n{LOAD}'
       'modparam("nat64sip", "pool_file", "/dev/null")\n'
       'modparam("nat64sip", "db_url", "sqlite:////tmp/x")\n')],
     "pool_file", "error", "together with db_url"),
    ("notify-everybody", [param("nat64sip", "notify_peer", '"0.0.0.0/0"')],
     "notify_peer", "error", "everybody"),
    ("path-everybody", [param("nat64sip", "path_peer", '"0.0.0.0/0"')],
     "path_peer", "error", "everybody"),
    ("notify-no-net", [param("nat64sip", "notify_peer", '"box2"')],
     "notify_peer", "error", "IPv4 network"),
    ("mode-off", [param("nat64sip", "mode", '"off"')],
     "mode", "warning", "no phone"),
    ("mode-dryrun", [param("nat64sip", "mode", '"dryrun"')],
     "mode", "warning", "no phone"),
    ("mode-unknown", [param("nat64sip", "mode", '"maybe"')],
     "mode", "error", "on, dryrun or off"),
    ("believe", [param("nat64sip", "believe", '"configured"')],
     "believe", "error", "no prefix"),
    ("fqdn", [param("nat64sip", "ua_policy", '"fqdn ^Phone"')],
     "ua_policy", "error", "rr_fqdn"),
    ("any-address", [(LISTEN, "listen=udp:0.0.0.0:5060\n")],
     "listen=", "error", "advertise"),
    ("not-here", [(LISTEN, "listen=udp:198.51.100.77:5060\n")],
     "listen=", "warning", "no address of this machine"),
    ("wkp-private", [WKP], "pref64", "warning", "127.0.0.1"),
    ("wkp-advertised", [WKP, (LISTEN, "listen=udp:127.0.0.1:5060 advertise "
                              "10.0.0.1:5060\n")],
     "pref64", "warning", "10.0.0.1"),
    ("wkp-pool", [param("nat64sip", "pool",
                        '"203.0.113.0/24=64:ff9b::/96"')],
     "pool", "warning", "RFC 6052 3.1"),
    ("no-flags", [(" $nat64(rtpengine)", "")],
     "rtpengine_manage", "warning", "$nat64(rtpengine)"),
    ("asymmetric", [(" $nat64(rtpengine)", " asymmetric $nat64(rtpengine)")],
     "rtpengine_manage", "error", "asymmetric"),
    ("ice-optional", [(" $nat64(rt", " ICE=optional $nat64(rt")],
     "rtpengine_manage", "warning", "ICE=force"),
    ("record-route-before",
     [(MANAGE, "\trecord_route();\n" + MANAGE)],
     "\tnat64_manage();", "warning", "in place of record_route()"),
    ("record-route-behind",
     [(MANAGE, MANAGE.replace("\tif", "\trecord_route();\n\tif"))],
     "\trecord_route();", "error", "leave record_route() out"),
    ("manage-behind-relay",
     [(MANAGE, "\tt_relay();\n" + MANAGE)],
     "\tnat64_manage();", "error", "behind t_relay()"),
    ("lookup-behind-manage",
     [('\tif (!lookup("location")) {',
       '\tnat64_manage();\n\tif (!lookup("location")) {')],
     'lookup("location")', "error", "right before t_relay()"),
    ("loose-route-behind-manage",
     [("\tif (loose_route()) {",
       "\tnat64_manage();\n\tif (loose_route()) {")],
     "loose_route()", "error", "right before t_relay()"),
    ("relay-behind-sdp",
     [("onreply_route[REPLY] {\n",
       "onreply_route[REPLY] {\n\tfix_nat64_sdp();\n")],
     "rtpengine_manage", "error", "behind fix_nat64_sdp()"),
    ("relay-behind-manage",
     [("\tif (is_method(\"ACK\")) {\n\t\troute(MEDIA);\n\t} else",
       "\tif (!is_method(\"ACK\"))"),
      (MANAGE, MANAGE.replace("\tif", "\tif (is_method(\"ACK\")) {\n"
                              "\t\troute(MEDIA);\n\t}\n\tif"))],
     "rtpengine_manage", "warning", "for an ACK"),
    ("save-alone", [(REGISTER, "\tif (")],
     "save(", "warning", "without fix_nat64_register()"),
    ("stock-register", [(REGISTER, f"\tfix_nated_register();\n{REGISTER}")],
     "fix_nated_register()", "warning", "in its place"),
    ("no-reply-route", [("\t\troute(MEDIA);\n\t\tnat64_manage();\n",
                         "\t\troute(MEDIA);\n")],
     "reply_route {", "warning", "reply_route"),
    ("syntax", [("route(REQINIT);\n\n", "route(REQINIT)\n\n")],
     'if (is_method("CANCEL"))', "error", "Kamailio refuses it"),
    ("unknown-parameter", [param("tm", "fr_tymer", 1)],
     "fr_tymer", "error", "<fr_tymer> of type"),
    ("unknown-module", [(LOAD, f'loadmodule "nosuch.so"\n{LOAD}')],
     "nosuch.so", "error", "could not find module <nosuch>"),
)


def test_undoctored_is_green(doctored):
    assert doctored() == []


@pytest.mark.parametrize("changes,line,severity,words",
                         [f[1:] for f in FINDINGS],
                         ids=[f[0] for f in FINDINGS])
def test_finding(doctored, changes, line, severity, words):
    found = doctored(*changes)
    assert [f for f in found if line in f[0] and f[1] == severity
            and words in f[2]], found
    # nothing else is said, but what follows from it
    assert len(found) <= 2, found


def test_save_first(doctored):
    found = doctored((REGISTER, "\tif ("),
                     ("\t\tsl_reply_error();\n\t}\n",
                      "\t\tsl_reply_error();\n\t}\n"
                      "\tfix_nat64_register();\n"))
    assert ("\tfix_nat64_register();", "error") in [f[:2] for f in found]


def test_nathelper(doctored):
    """Kamailio itself misses functions of it then"""
    found = doctored(('loadmodule "nathelper.so"\n', ""))
    said = [f[2] for f in found]
    assert [w for w in said if "fix_nat64_register() needs" in w], found
    assert [w for w in said if "nat64_manage() needs" in w], found


def test_no_tm(check, tmp_path):
    cfg = tmp_path / "t.cfg"
    cfg.write_text(LISTEN + LOAD + "request_route {\n\tnat64_manage();\n}\n"
                   "reply_route {\n\tnat64_manage();\n}\n")
    said = check(cfg)
    assert said.status == 1
    assert [line for line in said.out if "needs the module tm" in line]
    assert [line for line in said.out if "needs the module rr" in line]


def test_no_ipv4_socket(doctored):
    found = doctored((LISTEN, "listen=udp:[::1]:5060\n"))
    assert len(found) == 1 and "no socket on an IPv4 address" in found[0][2]


def test_never_called(doctored):
    found = doctored(("nat64_manage();", "xlog(\"x\");"),
                     (REGISTER, "\tif ("))
    assert "no route that a message" in " ".join(f[2] for f in found)


def test_pool_file_line(check, tmp_path):
    pool, cfg = tmp_path / "pools.txt", tmp_path / "t.cfg"
    pool.write_text("# ours\n203.0.113.0/24=2001:db8::/33\n")
    cfg.write_text(LISTEN + (ROOT / SHIPPED).read_text())
    said = check(cfg, "-A", f'NAT64_POOL_FILE="{pool}"')
    assert said.status == 1 and len(said.out) == 1
    assert said.out[0].startswith(f"{pool}:2: error: ")


@pytest.mark.parametrize("changes", (
    # right all the same
    [WKP, (LISTEN, "listen=udp:127.0.0.1:5060 advertise 8.8.8.8:5060\n")],
    [WKP, param("nat64sip", "own_address", '"8.8.8.8"')],
    [WKP, param("nat64sip", "wkp_strict", 0)],
    [(LISTEN, "listen=udp:0.0.0.0:5060 advertise 8.8.8.8:5060\n")],
    [(LISTEN, "listen=udp:0.0.0.0:5060\n"),
     param("nat64sip", "own_address", '"8.8.8.8"')],
    [(LISTEN, "listen=udp:198.51.100.77:5060\nip_free_bind=yes\n")],
    [(MANAGE, '\trecord_route();\n'
      + MANAGE.replace("manage()", 'manage("r")'))],
    [(MANAGE, "\tif (is_method(\"OPTIONS\")) {\n\t\trecord_route();\n"
      "\t\tt_relay();\n\t\texit;\n\t}\n" + MANAGE)],
    # not read: comments, what is not defined
    [(LOAD, LOAD + '# modparam("rr", "enable_double_rr", 0)\n'
      '/* modparam("rr", "enable_double_rr", 0)\n */\n'
      '#!ifdef NO_SUCH\nmodparam("rr", "enable_double_rr", 0)\n#!endif\n'
      '#!ifdef WITH_RTPENGINE\n#!else\n#!ifndef NO_SUCH\n'
      'modparam("rr", "enable_double_rr", 0)\n#!else\n'
      'modparam("rr", "enable_double_rr", 0)\n#!endif\n#!endif\n'
      '#!ifdef MOD_tm\n#!else\nmodparam("rr", "enable_double_rr", 0)\n'
      '#!endif\n')],
), ids=range(9))
def test_right(doctored, changes):
    assert doctored(*changes) == []


def test_defines_stand_for_values(doctored):
    found = doctored((LOAD, "#!define NONE 0\n#!trydef NONE 1\n" + LOAD),
                     param("rr", "enable_double_rr", "NONE"))
    assert [f[1] for f in found] == ["error"]
    assert "NONE" in found[0][0]


def test_included_file_is_named(check, tmp_path):
    shutil.copy(ROOT / SHIPPED, tmp_path / "main.cfg")
    (tmp_path / "more.cfg").write_text(
        '\nmodparam("rr", "enable_double_rr", 0)\n')
    with (tmp_path / "main.cfg").open("a") as f:
        f.write('include_file "more.cfg"\nimport_file "none.cfg"\n')
    said = check(tmp_path / "main.cfg", "-l", "udp:127.0.0.1:5060")
    assert len(said.out) == 1
    assert said.out[0].startswith(f"{tmp_path}/more.cfg:2: error: ")


def test_kept_lines_are_kamailios(check, tmp_path):
    """What the #!ifdefs leave is what Kamailio says that they leave: each
    line of the shipped configuration that Kamailio drops, check may not see"""
    text = (ROOT / SHIPPED).read_text()
    for words in ([], ["-A", "WITH_RTPENGINE", "-A", "WITH_NOTIFY"]):
        shown = subprocess.run(
            [KAMAILIO, "--cfg-print", "-f", ROOT / SHIPPED, *words],
            text=True, capture_output=True, check=False).stdout
        for number, line in enumerate(text.splitlines()):
            if not re.match(r'(loadmodule|modparam)\b', line):
                continue
            lines = text.splitlines()
            lines[number] += ' modparam("rr", "enable_double_rr", 0)'
            cfg = tmp_path / "t.cfg"
            cfg.write_text("\n".join(lines) + "\n")
            said = subprocess.run(
                [BUILD / "nat64sip", "check", "--kamailio", "/bin/false",
                 *words, cfg], text=True, capture_output=True, check=False)
            seen = f"{cfg}:{number + 1}: error: rr's" in said.stdout
            assert seen == (line in shown.splitlines()), (line, said)


HIDES = ("unshare", "-rm", "sh", "-c", "[ ! -e /usr/sbin/kamailio ] || "
         "mount --bind /dev/null /usr/sbin/kamailio; exec \"$@\"", "sh")


def test_without_kamailio(tool):
    """A note where none is installed"""
    if subprocess.run(HIDES + ("true",), capture_output=True,
                      check=False).returncode:
        pytest.skip("NO MOUNT NAMESPACE HERE")
    said = tool("check", ROOT / SHIPPED, before=HIDES)
    assert said.status == 0 and not said.err, said
    assert len(said.out) == 1 and "cannot be run" in said.out[0]


def test_without_the_kamailio_that_is_named(tool, tmp_path):
    """What was asked for cannot be done"""
    none = tmp_path / "none"
    assert tool.refuses(2, "check", "--kamailio", none, ROOT / SHIPPED) == (
        f"nat64sip: {none} cannot be run")


@pytest.mark.parametrize("script,words", (
    ("exit 1", "does not say why"),
    ("echo ' 0(1) ERROR: <core> [core/x.c:1]: f(): no memory'; exit 1",
     "f(): no memory")))
def test_refused_without_a_place(tool, tmp_path, script, words):
    stub = making.stub(tmp_path, "kamailio", script)
    said = tool("check", "--kamailio", stub, ROOT / SHIPPED)
    assert said.status == 1 and len(said.out) == 1
    assert said.out[0].startswith(f"{ROOT / SHIPPED}:1: error: ")
    assert words in said.out[0]


def at_line(number, what):
    return (f"echo ' 0(1) CRITICAL: <core> [core/cfg.y:1]: yyerror_at(): parse "
            f"error in config file {ROOT / SHIPPED}, line {number}, column 1: "
            f"{what}'\n")


WHY = "echo ' 0(1) ERROR: <core> [core/x.c:1]: f(): no memory'\n"


@pytest.mark.parametrize("script,found", (
    (at_line(9, "syntax error") + at_line(10, ""), [(9, "syntax error")]),
    (at_line(9, "") + at_line(10, "syntax error"), [(10, "syntax error")]),
    (WHY + at_line(9, ""), [(9, "f(): no memory")]),
    (at_line(9, ""), [(1, "it does not say why")])))
def test_an_error_without_a_reason_is_none(tool, tmp_path, script, found):
    """What follows a syntax error often has nothing behind its place"""
    stub = making.stub(tmp_path, "kamailio", script + "exit 1")
    said = tool("check", "--kamailio", stub, ROOT / SHIPPED)
    assert said.out == [f"{ROOT / SHIPPED}:{n}: error: Kamailio refuses it: "
                        f"{what}" for n, what in found]


@pytest.mark.parametrize("text,words", (
    ('request_route { xlog("x);\n}\n', "a string does not end"),
    ("/* request_route\n", "a comment does not end"),
    ("#!ifdef X\n", "#!endif is missing"),
    ("#!else\n", "#!else without"),
    ("#!endif\n", "#!endif without"),
    ('include_file "no-such.cfg"\n', "can't be read"),
))
def test_cannot_be_read_further(check, tmp_path, text, words):
    cfg = tmp_path / "t.cfg"
    cfg.write_text(text)
    said = check(cfg)
    assert said.status == 1
    assert [line for line in said.out if words in line], said


def test_file_that_includes_itself(check, tmp_path):
    cfg = tmp_path / "t.cfg"
    cfg.write_text(f'include_file "{cfg}"\n')
    said = check(cfg)
    assert said.status == 1 and "within files" in said.out[-1], said


@pytest.mark.parametrize("words,named", (
    ((), "CONFIG"), (("a.cfg", "b.cfg"), "CONFIG"),
    (("/no/such.cfg",), "/no/such.cfg"), (("/",), "/"),
    (("-A", "=x", "a.cfg"), "-A"), (("--nosuch", "a.cfg"), "--nosuch")))
def test_wrong_use(tool, words, named):
    assert named in tool.refuses(2, "check", *words)
