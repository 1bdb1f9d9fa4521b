# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""A configuration of the tests with the core's debug lines, and a socket for
kamcmd."""
import os
import re

from . import versions
from .ctl import Ctl
from .script import LEARN


def configuration(lab, base, *modparams):
    """(its path, how to ask it); modparams: of nat64sip, as (name, value)"""
    path, door = (os.path.join(lab.folder, f) for f in ("debug.cfg", "ctl"))
    with open(path, "w") as f:
        if base != LEARN:  # which has a socket
            f.write('loadmodule "ctl.so"\nloadmodule "counters.so"\n'
                    f'modparam("ctl", "binrpc", "unix:{door}")\n')
        f.write(f'include_file "{base}"\ndebug=3\n'
                + versions.large_messages())
        for name, value in modparams:
            text = f'"{value}"' if isinstance(value, str) else value
            f.write(f'modparam("nat64sip", "{name}", {text})\n')
    return path, Ctl(door)


def said(proxy, function="n64_bad"):
    """The debug lines of that function of nat64sip"""
    return re.findall(
        rf"(?m)DEBUG: nat64sip \[[^]]*\]: {function}\(\): (.*)$",
        proxy.log(proxy.mark))
