# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The pages beside security.md, and what the module, its tests, its tool and
the shipped configurations have names for."""
import ast
import os
import re
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MODULE = ROOT / "modules/nat64sip"
DOC = MODULE / "doc"
PAGES = ("guide.md", "comparison.md", "deviations.md", "architecture.md")
# Names of others that the pages use; the shipped configurations use those of
# IN_ETC
OTHERS = {
    "stock functions": {
        "record_route", "t_relay", "loose_route", "save", "set_contact_alias",
        "rtpengine_manage"},
    "script of the comparison": {"record_route_preset"},
    "Kamailio's settings": {"natping_interval", "tcp_keepidle", "db_mode",
                            "received_avp", "listen"},
    "Kamailio's settings that nothing here sets": {"udp_mtu", "advertise"},
    "words of SIP and SDP": {"received", "rport", "transport", "alias",
                             "nat64_opt"},
    "usrloc's answer": {"Received"},
    "rtpengine's": {"asymmetric"},
}
IN_ETC = ("stock functions", "Kamailio's settings")
# The beginning of a text on the wire, or of an option of rtpengine's
WIRE = re.compile(r"[acmo]=|received=|;alias=|;pref64=|sips:|<sips?:|::$"
                  r"|IN IP4$|--interface|media-address=$|ICE=|!$|alias=?$"
                  r"|transport=")


def text(page):
    return (DOC / page).read_text()


def blocks(page):
    """Each indented block, as its lines"""
    found = re.findall(r"(?m)(?:^(?: {4}|\t).*\n)+", text(page))
    return [re.sub(r"(?m)^(?: {4}|\t)", "", one).splitlines()
            for one in found]


def spans(page):
    """Each piece of code within a sentence or a table"""
    prose = re.sub(r"(?m)^(?: {4}|\t).*\n", "", text(page))
    return [re.sub(r"\s+", " ", one)
            for one in re.findall(r"`([^`]+)`", prose)]


def answered(page):
    """(command, what the page shows of its answer), of the blocks"""
    for block in blocks(page):
        shown = None
        for line in [*block, "$ "]:
            if line.startswith("$ "):
                if shown:
                    yield shown[0], "\n".join(shown[1:]).rstrip()
                shown = [line[2:]]
            elif shown:
                shown.append(line)


def lines_of(program):
    """(page, command, what is shown of its answer), all that the pages have"""
    return [(page, line, shown) for page in PAGES
            for line, shown in [*answered(page),
                                *((s, "") for s in spans(page))]
            if line.startswith(f"{program} ")]


def problem(said, shown):
    """What is wrong with (status, answer); None if nothing is"""
    status, answer = said
    # tabs are blanks on a page
    answer = re.sub(r"(?m) +$", "", answer.rstrip()).replace("\t", "    ")
    if status:
        return f"status {status}: {answer}"
    if shown and shown != answer:
        return f"the page shows\n{shown}\nand it says\n{answer}"
    return None


@lru_cache(None)
def source(name):
    return (MODULE / name).read_text()


@lru_cache(None)
def parameters():
    table = source("n64_conf.c").split("n64_conf_params[]")[1]
    return set(re.findall(r'\{"(\w+)", PARAM_', table))


@lru_cache(None)
def functions():
    table = source("nat64sip_mod.c").split("cmds[]")[1].split("};")[0]
    return set(re.findall(r'\{"(\w+)", \(cmd', table))


@lru_cache(None)
def commands():
    """RPC commands"""
    return set(re.findall(r'\{"(nat64sip\.\w+)"', source("n64_rpc.c")))


@lru_cache(None)
def statistics():
    """Group nat64sip: counters, and those made of rules and reasons"""
    names = set(re.findall(r'&n64_stats\.\w+, "(\w+)"', source("n64_stats.c")))
    rules = named("decide.c", "N64_RULE_") - {"none", "packet4", "packet6"}
    reasons = named("reason.c", "N64_") - {"done", "family_right"}
    return names | {f"rule_{r}" for r in rules} | {
        f"sdp_left_{r}" for r in reasons}


def named(file, prefix):
    return set(re.findall(rf'\[{prefix}\w+\] = "(\w+)"',
                          (ROOT / "nat64sip" / file).read_text()))


@lru_cache(None)
def flow_statistics():
    return set(re.findall(r'\{0, "(\w+)", 0', source("n64_stats_flows.c")))


@lru_cache(None)
def variables():
    """$nat64(NAME)"""
    found = re.search(r"must be (source.*?rtpengine)", re.sub(
        r'"\s*"', "", source("n64_pv.c"))).group(1)
    return set(re.split(r", | or ", found))


@lru_cache(None)
def code():
    """All of the module and the core"""
    files = [*MODULE.glob("*.[ch]"), *(ROOT / "nat64sip").glob("*.[ch]")]
    return "\n".join(f.read_text() for f in files)


@lru_cache(None)
def shipped():
    return "\n".join(f.read_text() for f in (ROOT / "etc").rglob("*")
                     if f.suffix in (".cfg", ".inc", ".lua", ".list"))


@lru_cache(None)
def tests():
    """test_x.py::test_y of all folders"""
    return {f"{path.name}::{node.name}"
            for path in (ROOT / "test").rglob("test_*.py")
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.FunctionDef)
            and node.name.startswith("test_")}


@lru_cache(None)
def targets():
    made = [ROOT / "Makefile", *(ROOT / "mk").glob("*.mk")]
    return set(re.findall(r"(?m)^([\w-]+(?: [\w-]+)*):",
                          "\n".join(f.read_text() for f in made)))


def is_path(name):
    return (ROOT / name).exists() or os.path.isdir(ROOT / name)


def words(name):
    """May a bare word stand for something?"""
    return (name in parameters() | functions() | statistics()
            | flow_statistics() | variables() | set().union(*OTHERS.values())
            or re.search(rf'"{name}"|\b{name}\[\]', code())
            or re.search(rf"\b{name}\b", code()) and "_" in name)


def assigned(name):
    if name.split("=")[0] in parameters():
        return True
    return name in shipped()


# What a span looks like, and whether there is such a thing
KINDS = (
    (r"test_\w+\.py::test_\w+", lambda s: s in tests()),
    (r"make [\w-]+", lambda s: any(s[5:] in t.split() for t in targets())),
    # run by test_guide.py of the scenarios and test_guide_tool.py of the tool
    (r"(?:nat64sip|kamcmd) .+", lambda s: True),
    (r"dig AAAA \S+", lambda s: True),
    (r"utils/lab \w+", lambda s: is_path("utils/lab")),
    (r"nat64sip\.\w+", lambda s: s in commands()),
    (r"\$nat64\(\w+\)", lambda s: s[7:-1] in variables()),
    (r"\w+\(\)", lambda s: s[:-2] in functions() | set().union(
        *OTHERS.values()) or re.search(rf"\b{s[:-2]}\(", code())),
    (r"[A-Z][A-Z0-9_]+",
     lambda s: s in shipped() or s == "PJSUA_NAT64_ENABLED"),
    (r"[\w.-]+(?:/[\w.-]+)+/?|(?:test|etc|utils|nat64sip)/", is_path),
    (r"\w+: \w+", lambda s: all(words(w) for w in s.split(": "))),
    (r"[a-z_0-9]+=\w+", assigned),
    (r"(?:ki|w|n64)_", lambda s: s in code()),
    (r"[a-zA-Z][\w-]*", words),
)


def faults(page):
    """Each span that is nothing, or names what there is not"""
    for span in spans(page):
        if WIRE.match(span):
            continue
        kind = next((k for k in KINDS if re.fullmatch(k[0], span)), None)
        if not kind:
            yield f"{page}: `{span}` is of no kind that is known"
        elif not kind[1](span):
            yield f"{page}: `{span}`: there is no such thing"
