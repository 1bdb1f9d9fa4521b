# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""Has each call in the module's sources that allocates, itself or in Kamailio,
failed in one of the other tests?"""
import glob
import os
import re

import pytest

from sipharness.kamailio import ROOT, binary, said

from faultlib import tally

ALLOCATES = re.compile(
    r"\b(pkg_malloc|pkg_realloc|shm_malloc|lock_set_alloc|del_lump|anchor_lump"
    r"|insert_new_lump_\w+|build_body|add_avp|register_tmcb"
    r"|rrb\.record_route|rrb\.record_route_preset|rrb\.add_rr_param"
    r"|prepare_request_within|parse_contact|parse_rr"
    r"|set_contact_alias|handle_ruri_alias|fix_nated_register|update_contact"
    r"|dbf\.init|dbf\.query)\(")
# calls that never allocate there, and why
NEVER = {
    "n64_dialog.c parse_contact": "the alias has had it parsed",
    "n64_rr.c rrb.add_rr_param": "without a Record-Route, rr keeps them in a"
                                 " buffer of its own",
}
DECLARES = re.compile(r"^(static|\tint \(\*|/?\s*\*|int |#)")
# the frame of whoever ends so is gone: its caller's stands for it
TAIL = re.compile(r"\s*return [\w.]+\(")


def calls():
    """{"n64_body.c:177": "n64_body.c pkg_malloc"}"""
    out = {}
    for path in sorted(glob.glob(f"{ROOT}/modules/nat64sip/*.c")):
        with open(path) as f:
            for n, line in enumerate(f, 1):
                found = ALLOCATES.search(line)
                if found and not (DECLARES.match(line) or TAIL.match(line)):
                    name = os.path.basename(path)
                    out[f"{name}:{n}"] = f"{name} {found[1]}"
    return out


@pytest.mark.long
def test_each_call_has_failed(record_property):
    if "PKG_MALLOC" not in said(binary(), "-v"):
        pytest.skip("this kamailio's private memory is the system's: only"
                    " allocations of shared memory were made to fail")
    want = calls()
    never = {where for where, what in want.items() if what in NEVER}
    missing = [f"{where}, {what}" for where, what in want.items()
               if where not in tally.FAILED | never]
    failed = len(want) - len(missing) - len(never)
    print(f"{len(want)} calls that allocate: {failed} failed, {len(never)} need"
          f" nothing there; {len(tally.POINTS)} allocations below them")
    record_property("points", len(tally.POINTS))
    assert not missing, "never failed: " + "; ".join(missing)
    assert len(never) == len(NEVER)
    assert not never & tally.FAILED, "it does allocate"
