#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: kamailio-cfg.sh TREE
#
# Configures a Kamailio source tree so that modules built with it fit the
# installed binary.

set -eu
kamailio=${KAMAILIO:-/usr/sbin/kamailio}

# Its default is a build without any optimisation: CC_OPT must be given
set -- -C "$1" CC="${CC:-gcc}" CC_OPT=-O2
# One flag hangs on whether OpenSSL's headers are there, which a module does
# not need: what the binary was built with decides
if "$kamailio" -v 2>/dev/null | grep -q TLS_PTHREAD_MUTEX_SHARED; then
	set -- "$@" LIBSSL_SET_MUTEX_SHARED=1
fi
exec env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make "$@" cfg
