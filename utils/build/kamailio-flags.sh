#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: kamailio-flags.sh BUILD
#
# Writes BUILD/kamailio.rsp and BUILD/kamailio-ld.rsp: the options with which
# the Kamailio tree compiles and links a module, as response files (the defines
# hold quotes that no shell may touch). KAMAILIO_SRC names another tree.
# BUILD/kamailio-libs.rsp names Kamailio's database library, libsrdb1, which is
# no public one: it lies beside the folder of the modules. From 6.0 on it is a
# part of the core, and the file is empty.
# The loader refuses a module whose version or flag string differs from the
# binary's (core/sr_module.c), so the versions are compared here first.

set -eu
here=$(dirname "$0")
# shellcheck source=utils/build/say.sh
. "$here/say.sh"

build=$1
cc=${CC:-gcc}
kamailio=${KAMAILIO:-/usr/sbin/kamailio}

command -v "${cc%% *}" >/dev/null ||
	fail "no C compiler ($cc): run 'sudo make deps'"
mkdir -p "$build"

src_version() {
	sed -n -e 's/^\(VERSION\|PATCHLEVEL\|SUBLEVEL\) *= *\([0-9]*\).*/\2/p' \
		-e 's/^EXTRAVERSION *= *\(.*[^ ]\) *$/+\1/p' \
		"$1/Makefile.defs" | paste -sd. | sed 's/\.+//'
}

want=$("$kamailio" -v 2>/dev/null | awk 'NR == 1 { print $3 }') || true
[ -n "$want" ] || fail "cannot run $kamailio: run 'sudo make deps'" \
	"or give KAMAILIO=BINARY"

# Before anything is fetched: would its version fit?
if [ -z "${KAMAILIO_SRC-}" ]; then
	have=$(dpkg-query -W -f '${source:Upstream-Version}' kamailio \
		2>/dev/null) || true
	[ -z "$have" ] || [ "${have%%[-+~]*}" = "${want%%[-+~]*}" ] ||
		fail "Debian's kamailio is $have, but $kamailio is $want:" \
			"give KAMAILIO_SRC or KAMAILIO to match"
	"$here/kamailio-src.sh" "$build"
	src=$build/kamailio-src/src
else
	src=$KAMAILIO_SRC
	[ -f "$src/Makefile.defs" ] || src=$KAMAILIO_SRC/src
	[ -f "$src/Makefile.defs" ] ||
		fail "KAMAILIO_SRC=$KAMAILIO_SRC is not a Kamailio source tree"
fi
src=$(cd "$src" && pwd)
have=$(src_version "$src")
[ "$have" = "$want" ] || fail "the source in $src is Kamailio $have," \
	"but $kamailio is $want: give KAMAILIO_SRC or KAMAILIO to match"

clean_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL make -s "$@"
}
[ -f "$src/config.mak" ] ||
	"$here/kamailio-cfg.sh" "$src" >/dev/null 2>&1 ||
	fail "cannot configure $src: run 'make CC_OPT=-O2 cfg' there"

# Prints the folder with libsrdb1
srdb1_folder() {
	for dir in $("$kamailio" -h 2>/dev/null |
		sed -n 's/.*Modules search path (default: \(.*\)).*/\1/p' |
		tr : '\n' | sed 's|/*[^/]*/*$||') "$src/lib/srdb1"
	do
		if [ -f "$dir/libsrdb1.so.1" ]; then
			echo "$dir"
			return
		fi
	done
	return 1
}

libs=
if ! grep -qs 'lib/srdb1' "$src/Makefile.sources"; then
	srdb1=$(srdb1_folder) ||
		fail "no libsrdb1.so.1 beside the modules of $kamailio"
	libs="$srdb1/libsrdb1.so.1 -Wl,-rpath,$srdb1"
fi

new=$(cd "$build" && pwd)/.new
cat >"$new.mk" <<END
include config.mak
all:
	\$(file >$new.rsp,\$(C_DEFS) \$(MOD_CFLAGS))
	\$(file >>$new.rsp,-isystem $src/modules/rr -isystem $src)
	\$(file >$new-ld.rsp,\$(MOD_LDFLAGS))
	@true
END
clean_make -C "$src" -f "$new.mk" all || fail "bad config.mak in $src"
rm -f "$new.mk"
echo "$libs" >"$new-libs.rsp"
replace_if_changed "$new-libs.rsp" "$build/kamailio-libs.rsp"
replace_if_changed "$new.rsp" "$build/kamailio.rsp"
replace_if_changed "$new-ld.rsp" "$build/kamailio-ld.rsp"
