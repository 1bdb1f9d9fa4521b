# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Each public function of the core is called by a fuzz driver, and each driver
begins with inputs of its own; the kept corpus stays small."""
import glob
import os
import re

from sipharness.kamailio import ROOT

FUZZ = os.path.join(ROOT, "test", "fuzz")
RESULTS = os.path.join(FUZZ, "RESULTS.md")
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


def functions():
    """Of the core, public"""
    headers = glob.glob(os.path.join(ROOT, "nat64sip", "*.h"))
    found = set().union(*(public(read(p)) for p in headers))
    assert len(found) > 60, sorted(found)
    return found


def callers():
    """{a driver of the core: public functions that it calls itself, by name or
    by a pointer}"""
    return {os.path.basename(p)[:-len(".c")]:
            functions() & set(re.findall(r"\b\w+\b", code(read(p))))
            for p in glob.glob(os.path.join(FUZZ, "fuzz_*.c"))}


def test_each_function_has_a_driver():
    left = functions() - set().union(*callers().values())
    assert not left, sorted(left)


def test_results_name_the_drivers_of_each_function():
    """The table says what the sources say"""
    rows = re.findall(r"(?m)^(\w+): ((?:fuzz_\w+ ?)+)$", read(RESULTS))
    table = {name: set(drivers.split()) for name, drivers in rows}
    wanted = {name: {d for d, called in callers().items() if name in called}
              for name in functions()}
    assert table == wanted, {n: (table.get(n), wanted.get(n))
                             for n in table.keys() | wanted.keys()
                             if table.get(n) != wanted.get(n)}


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
    results = read(RESULTS)
    for path in glob.glob(os.path.join(FUZZ, "**", "fuzz_*.c"),
                          recursive=True):
        name = os.path.basename(path)[:-len(".c")]
        assert re.search(rf"(?m)^{name}: ", results), name
