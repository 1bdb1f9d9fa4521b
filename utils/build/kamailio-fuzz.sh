#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: kamailio-fuzz.sh BUILD
#
# Makes the core of the installed Kamailio for the fuzzer of the module, from
# its source in a tree of its own, BUILD/fuzz/kamailio: by clang, with ASan,
# with malloc() in place of its own memory, and with libFuzzer's counters where
# it reads and writes messages: all of them would take more time than the
# message does. Leaves
# libkamailio.a there: the core without its main(), and without what asks for a
# connection. BUILD/fuzz/kamailio.rsp has the options for a module. Does nothing
# when that is there already. KAMAILIO_SRC names another tree.

set -eu
here=$(dirname "$0")
# shellcheck source=utils/build/say.sh
. "$here/say.sh"

mkdir -p "$1/fuzz"
build=$(cd "$1" && pwd)
tree=$build/fuzz/kamailio
log=$build/fuzz/kamailio.log
clang=${CLANG:-clang}
from=${KAMAILIO_SRC-}
if [ -z "$from" ]; then
	"$here/kamailio-src.sh" "$build"
	from=$build/kamailio-src
fi
[ -f "$from/Makefile.defs" ] || from=$from/src
from=$(cd "$from" && pwd)

options="-fsanitize=address,fuzzer-no-link -fno-omit-frame-pointer"
counted=-fsanitize-coverage-allowlist=$tree/counted
version=$(sed -n 's/^\(VERSION\|PATCHLEVEL\|SUBLEVEL\) *=/\1/p' \
	"$from/Makefile.defs" | paste -sd.)
stamp="$from $version $("$clang" --version | head -n 1) $options"
if [ -f "$tree/libkamailio.a" ] && [ -f "$tree/.nat64sip" ] &&
		[ "$(cat "$tree/.nat64sip")" = "$stamp" ]; then
	exit 0
fi

kamailio_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES make -s \
		-j "$(nproc)" -C "$tree/src" "$@" >>"$log" 2>&1
}

echo "building the core of kamailio for the fuzzer"
: >"$log"
rm -rf "$tree"
mkdir -p "$tree"
printf '%s\n' 'src:core/parser/*' src:core/data_lump.c \
	src:core/msg_translator.c 'fun:*' >"$tree/counted"
cp -a "$from" "$tree/src"
find "$tree/src" -name '*.o' -delete
rm -f "$tree/src/config.mak"
kamailio_make CC="$clang" CC_OPT=-O1 MEMPKG=sys CC_EXTRA_OPTS="$options $counted" \
	LD_EXTRA_OPTS=-fsanitize=address cfg ||
	fail "cannot configure kamailio for the fuzzer (see $log)"
kamailio_make kamailio ||
	fail "cannot build kamailio for the fuzzer (see $log)"
objcopy --redefine-sym main=kamailio_main "$tree/src/main.o"
objcopy --weaken-symbol=tcpconn_get "$tree/src/core/tcp_main.o"
find "$tree/src/core" "$tree/src/main.o" -name '*.o' \
	-exec ar rcs "$tree/libkamailio.a" {} +
CC=$clang KAMAILIO_SRC=$tree/src "$here/kamailio-flags.sh" "$build/fuzz"
sed -i "s|$counted||" "$build/fuzz/kamailio.rsp"
echo "$stamp" >"$tree/.nat64sip"
