# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each public function of the core is called by a fuzz driver, and each driver
begins with inputs of its own; the kept corpus stays small."""
import glob
import os
import re

from sipharness.kamailio import ROOT

FUZZ = os.path.join(ROOT, "test", "fuzz")
PRIVATE = "Private to the core"
COMMENT = r"/\*.*?\*/"
# a prototype, or an inline function, at the beginning of a line
FUNCTION = r"(?m)^(?!typedef|#)[a-z][\w \t*]*?[ *](\w+)\("
CORPUS_OCTETS = 1 << 20


def read(path):
    with open(path) as f:
        return f.read()


def code(text):
    return re.sub(COMMENT, "", text, flags=re.S)


def public(header):
    """The functions that a header declares for everybody"""
    if PRIVATE in header:
        return set()
    return set(re.findall(FUNCTION, code(header)))


def test_public_finds_each_form():
    assert public("/** text_is(no) */\nbool a_is(const char *p);\n"
                  "static inline uint32_t a_since(uint32_t then)\n{\n"
                  "\treturn call(then);\n}\n"
                  "const char *a_name(enum a a);\n"
                  "int a_long(struct edits *ed,\n\t   size_t n);\n"
                  "typedef int (*a_f)(int);\n#define A(x) x\n") == {
                      "a_is", "a_since", "a_name", "a_long"}
    assert public(f"/** {PRIVATE}: that */\nint b(void);\n") == set()


def test_each_function_has_a_driver():
    drivers = "".join(code(read(p)) for p in
                      glob.glob(os.path.join(FUZZ, "fuzz_*.c")))
    called = set(re.findall(r"\b\w+\b", drivers))
    headers = glob.glob(os.path.join(ROOT, "nat64sip", "*.h"))
    functions = set().union(*(public(read(p)) for p in headers))
    assert len(functions) > 60, sorted(functions)
    assert not functions - called, sorted(functions - called)


def test_each_driver_has_seeds():
    for path in glob.glob(os.path.join(FUZZ, "**", "fuzz_*.c"),
                          recursive=True):
        what = os.path.basename(path)[len("fuzz_"):-len(".c")]
        assert glob.glob(os.path.join(FUZZ, "seeds", what, "*")), what


def test_corpus_is_small():
    sizes = [os.path.getsize(p) for p in
             glob.glob(os.path.join(FUZZ, "seeds", "*", "*"))]
    assert sum(sizes) < CORPUS_OCTETS, sum(sizes)


def test_each_driver_stands_in_the_results():
    """What the long run found, of each"""
    results = read(os.path.join(FUZZ, "RESULTS.md"))
    for path in glob.glob(os.path.join(FUZZ, "**", "fuzz_*.c"),
                          recursive=True):
        name = os.path.basename(path)[:-len(".c")]
        assert re.search(rf"(?m)^{name}: ", results), name
