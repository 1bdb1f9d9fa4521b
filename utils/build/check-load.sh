#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: check-load.sh MODULE.so
#
# Lets the installed Kamailio load the module: it compares version and compile
# flags and resolves every symbol, which no link step does.

set -eu
here=$(dirname "$0")
# shellcheck source=utils/build/say.sh
. "$here/say.sh"

module=$(cd "$(dirname "$1")" && pwd)/${1##*/}
kamailio=${KAMAILIO:-/usr/sbin/kamailio}
cfg=$(mktemp)
trap 'rm -f "$cfg"' EXIT
printf 'loadmodule "%s"\nrequest_route { exit; }\n' "$module" >"$cfg"
if ! log=$("$kamailio" -c -E -l udp:127.0.0.1:5060 -f "$cfg" 2>&1); then
	printf '%s\n' "$log" | grep -E 'ERROR|CRITICAL' >&2 || true
	fail "$kamailio does not load $1"
fi
