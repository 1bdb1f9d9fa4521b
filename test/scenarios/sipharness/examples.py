# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""The examples of the module's reference, put as they stand into a
configuration that is shipped, and phones that call through it."""
import os
import re
import xml.etree.ElementTree as ElementTree

from .called import PREF, Called
from .kamailio import ROOT
from .lab import SHIPPED

DOC = os.path.join(ROOT, "modules", "nat64sip", "doc", "nat64sip_admin.xml")
BLOCK = re.compile(r"(?ms)^\w*route(?:\[[\w:-]+\])? \{$.*?^\}\n")
HERE = {  # what a statement of an example stands before
    "request": '\tif (is_method("CANCEL")) {',
    "register": '\tif (is_method("REGISTER")) {\n\t\troute(REGISTRAR)',
    "relay": "\troute(NAT44);\n\tnat64_manage();",
}
MANAGE = "\tnat64_manage();\n"


def chapter():
    """The docbook's tree; entities that are not its own are of no interest"""
    with open(DOC) as f:
        text = re.sub(r"(?s)<!DOCTYPE.*?\]>", "", f.read())
    return ElementTree.fromstring(re.sub(r"&(?!amp;|lt;|gt;|quot;)\w+;", "",
                                         text))


def section(title):
    return next(s for s in chapter().findall("section")
                if s.findtext("title") == title)


def listings(element):
    return [p.text.strip("\n") + "\n" for p in element.iter("programlisting")]


def of(kind):
    """{name: its examples} of parameters ("p"), functions ("f"), variables
    ("pv"), commands ("rpc"), statistics ("stat")"""
    return {e.get("id").split(".")[2]: listings(e) for e in chapter().iter()
            if e.get("id", "").startswith(f"nat64sip.{kind}.")}


def cases(kind):
    """(name, number of its example)"""
    return [(name, n) for name, found in of(kind).items()
            for n in range(len(found))]


def taken(text, pattern):
    """(the text without what matches, that)"""
    found = [m[0] for m in re.finditer(pattern, text)]
    return re.sub(pattern, "", text), found


def put(text, old, new):
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    return text.replace(old, new)


def name_of(block):
    return block.partition(" {")[0]


def inserted(text, example, at="request"):
    """A configuration with an example in it: a block takes the place of the one
    that has its name, a parameter comes behind all others, a statement where
    it is to stand"""
    example, blocks = taken(example.replace("...\n", ""), BLOCK)
    example, modules = taken(example, r"(?m)^loadmodule .*\n")
    example, params = taken(example, r"(?m)^modparam\(.*\n")
    there = {name_of(m[0]): m[0] for m in BLOCK.finditer(text)}
    for block in blocks:
        old = there.get(name_of(block))
        text = put(text, old, block) if old else text + block
    if modules:
        text = put(text, 'loadmodule "nat64sip.so"\n', "".join(modules))
    text = put(text, "####### Requests #######\n", "".join(params))
    if re.search(r"(?m)^\s*[^#\s]", example):
        text = put(text, HERE[at], example + HERE[at])
    return text


class Example(Called):
    """The shipped configuration with an example in it

    @param known   A prefix is configured, and no phone is asked
    @param at      Before what the example's statements stand
    @param other   {what the configuration does by itself: what, in its place}
    @param places  {what the example names: where the test has it}
    @param plain   Phones may read what they cannot reach: it is left alone
    """

    base = SHIPPED

    def __init__(self, lab, example, *defines, known=True, at="request",
                 other=None, places=None, plain=False, **options):
        self.families = not plain
        path = os.path.join(lab.folder, "example.cfg")
        with open(self.base) as f:
            text = f.read()
        for old, new in (other or {}).items():
            assert old in text, old
            text = text.replace(old, new)
        for name, place in (places or {}).items():
            assert name in example, name
            example = example.replace(name, place)
        with open(path, "w") as f:
            f.write(inserted(text, example, at))
        told = [f'NAT64_PREF64="{PREF}"', "NAT64_NO_PROBE"] if known else []
        super().__init__(lab, *told, *defines, cfg=path, **options)
