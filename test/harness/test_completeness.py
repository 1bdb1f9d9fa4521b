# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each message about bad input is quoted by a test, word for word; each
statistic is seen by a test to count."""
import ast
import glob
import os
import re

import pytest

from sipharness.kamailio import ROOT

# functions whose literals an operator gets to read
SAYS = (r"LM_ERR|LM_WARN|rpc->fault|refuse|n64_pool_load_fail|bad_url|"
        r"bad_table|bad_value")
LITERAL = r'"((?:[^"\\\n]|\\.)*)"'
LITERALS = rf"{LITERAL}(?:\s*{LITERAL})*"
DIRECTIVE = r"%(?:\.\*|z)?[a-z]"
# of reasons that the core gives
REASONS = ("pref64.c", "pool.c", "ua_policy.c")

# what no input brings about, and why
UNTESTED = {
    "no random numbers from the kernel": "getrandom() would have to fail",
    "cannot set up the flow cache": "parameters are checked before",
    "cannot register statistics": "no memory",
    "the next branch will lack Record-Route parameters": "no memory",
    "cannot keep what the request showed for its replies": "no memory",
    "no shared memory for more than": "no memory",
    "another reload is running, wait": "ctl takes one command at a time",
    "no memory": "no memory",
    "this tm does not let nat64sip send requests of its own":
        "only a tm of another version",
    "this module dialog does not take the phones' aliases":
        "only a dialog of another version",
    "that database module cannot be queried": "no module of Kamailio's",
    "pools are too many": "more than memory holds",
    "no room for the answer": "ctl's own fault comes first",
    "no room for %zu pools": "ctl's own fault comes first",
}
UNCOUNTED = {"failed": "no memory"}
# statistics that a test reads in another way: what it compares
OTHERWISE = {"ua_policy_limit": "X-Limit: 1\n"}


def read(path):
    with open(path) as f:
        return f.read()


def call_text(text, start):
    """From the opening parenthesis at start to its end"""
    depth, i = 0, start
    while True:
        literal = re.compile(LITERAL).match(text, i)
        if literal:
            i = literal.end()
            continue
        depth += {"(": 1, ")": -1}.get(text[i], 0)
        i += 1
        if not depth:
            return text[start:i]


def literals(code):
    """Texts in C, adjacent ones put together"""
    for m in re.finditer(LITERALS, code):
        joined = "".join(re.findall(LITERAL, m[0]))
        yield joined.replace("\\n", "\n").replace('\\"', '"')


def module_messages():
    """(file, text)"""
    for path in sorted(glob.glob(f"{ROOT}/modules/nat64sip/*.c")):
        text = read(path)
        for m in re.finditer(rf"\b(?:{SAYS})(?=\()", text):
            for literal in literals(call_text(text, m.end())):
                yield os.path.basename(path), literal
    for literal in literals(read(
            f"{ROOT}/modules/nat64sip/n64_bad.c").split("lines[", 1)[1]
            .split("};")[0]):
        yield "n64_bad.c", literal


def core_messages():
    for name in REASONS:
        text = read(f"{ROOT}/nat64sip/{name}")
        for m in re.finditer(rf"(?:return|\*why =|refuse\(.*?,)\s*({LITERALS})",
                             text):
            yield from ((name, literal) for literal in literals(m[1]))


def constants(text):
    """What stands between a format's directives, if it says something"""
    text = re.sub(r'parameter "\w+", value ', "", text)  # names are a table's
    parts = (p.strip(" \n\":;(),") for p in re.split(DIRECTIVE, text))
    return [p for p in parts if re.search("[A-Za-z]", p)]


def trees():
    return [ast.parse(read(p)) for p in
            sorted(glob.glob(f"{ROOT}/test/scenarios/**/*.py",
                             recursive=True))]


def strings(tree):
    return (n.value for n in ast.walk(tree)
            if isinstance(n, ast.Constant) and isinstance(n.value, str))


TREES = trees()
QUOTED = "\0".join(s for tree in TREES for s in strings(tree))
MESSAGES = sorted({*module_messages(), *core_messages()})


@pytest.mark.parametrize("file,text", MESSAGES)
def test_message_is_quoted(file, text):
    if any(excuse in text for excuse in UNTESTED):
        return
    for part in constants(text):
        assert part in QUOTED, f"{file}: no test quotes {part!r}"


def counted():
    """Names that a test sees with a value other than 0: a keyword, a member
    of a dict, an argument before the value"""
    def is_count(node):
        return isinstance(node, ast.Constant) and type(node.value) is int \
            and node.value != 0

    for tree in TREES:
        for n in ast.walk(tree):
            if isinstance(n, ast.keyword) and is_count(n.value):
                yield n.arg
            if isinstance(n, ast.Dict):
                yield from (k.value for k, v in zip(n.keys, n.values)
                            if isinstance(k, ast.Constant) and is_count(v))
            if isinstance(n, (ast.Call, ast.Compare)):
                yield from strings(n)


SEEN = set(counted())


def names(path, kind):
    return dict(re.findall(rf'\[({kind}_\w+)\] = "(\w+)"', read(path)))


def statistics():
    found = re.findall(r'&n64_stats\.\w+, "(\w+)"',
                       read(f"{ROOT}/modules/nat64sip/n64_stats.c"))
    reasons = names(f"{ROOT}/nat64sip/reason.c", "N64")
    rules = {}
    for path in glob.glob(f"{ROOT}/nat64sip/*.c"):
        rules.update(names(path, "N64_RULE"))
    assert found and reasons and rules
    for none in ("N64_DONE", "N64_FAMILY_RIGHT"):
        del reasons[none]
    for none in ("N64_RULE_NONE", "N64_RULE_PACKET4", "N64_RULE_PACKET6"):
        del rules[none]
    return sorted([*found, *(f"sdp_left_{r}" for r in reasons.values()),
                   *(f"rule_{r}" for r in rules.values())])


@pytest.mark.parametrize("name", statistics())
def test_statistic_is_seen_to_count(name):
    if name in OTHERWISE:
        assert OTHERWISE[name] in QUOTED
    elif name not in UNCOUNTED:
        assert name in SEEN or name.replace("sdp_left_", "", 1) in SEEN, \
            f"no test sees {name} count"


def test_nothing_is_left_out_without_need():
    """A text that is no longer there needs no excuse"""
    for excuse in UNTESTED:
        assert any(excuse in text for _, text in MESSAGES), excuse
    assert set(UNCOUNTED) | set(OTHERWISE) <= set(statistics())
