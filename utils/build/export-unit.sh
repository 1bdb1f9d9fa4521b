#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: export-unit.sh EXPORT KAMAILIO MODULE.so [LIBDIR]
#
# Runs the unit for kamailio-tests that is in the folder EXPORT, as there, with
# this Kamailio and this module; the others are from LIBDIR (KAMAILIO's own). In
# a network namespace of its own, as root.

set -eu
export=$(cd "$1" && pwd)
kamailio=$(readlink -f "$2")
module=$(readlink -f "$3")
libs=${4:-$("$kamailio" -h | sed -n \
	's/.*Modules search path (default: \(.*\)).*/\1/p')}
[ -f "$module" ] && [ -n "$libs" ] || exit 1

top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
mkdir -p "$top/etc" "$top/libs" "$top/run" "$top/units" "$top/tmp" \
	"$top/mod"
cp -R "$export/test/tn64xx0001" "$top/units"
cp "$module" "$top/mod/nat64sip.so"
printf '#!/bin/sh\nexec %s -L %s:%s "$@"\n' "$kamailio" "$top/mod" "$libs" \
	>"$top/kamailio"
chmod 755 "$top/kamailio"
cat >"$top/etc/config" <<END
KAMBIN=$top/kamailio
KAMRUN=$top/run
KAMPID=$top/run/kamailio.pid
END
# shellcheck disable=SC2016 # the unit's
echo 'kill_pidfile() { kill "$(cat "$1")"; }' >"$top/libs/utils"

# The unit writes to /tmp. Its processes end with the process space.
sed -i "s|/tmp/|$top/tmp/|" "$top"/units/*/*.sh
# shellcheck disable=SC2016 # the inner shell's
if ! unshare -n -p -f --kill-child sh -ec 'ip link set lo up
	cd "$1/units/tn64xx0001"
	./tn64xx0001.sh' unit "$top" >"$top/out" 2>&1; then
	cat "$top/out" "$top"/tmp/*.log >&2
	exit 1
fi
