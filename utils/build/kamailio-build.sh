#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: kamailio-build.sh BUILD RELEASE MODULE...
#
# Makes the Kamailio of another Debian release from its source, with these of
# its modules: fetched to BUILD/kamailio-src, installed to BUILD/prefix. Does
# nothing when that is there already; a new name among the modules makes that
# one. RELEASE "installed" is the source of exactly the installed one.
# SANITIZE: these options of the compiler's, and the system's malloc() in place
# of Kamailio's own. BUILD/kamailio.log has what the compiler said.

set -eu
here=$(dirname "$0")
# shellcheck source=utils/build/say.sh
. "$here/say.sh"

build=$1
release=$2
shift 2
what="Debian $release's kamailio"
if [ "$release" = installed ]; then
	release=
	what="a kamailio as it is installed"
fi
mkdir -p "$build"
build=$(cd "$build" && pwd)
prefix=$build/prefix
log=$build/kamailio.log
cc=${CC:-gcc}
src=$build/kamailio-src/src

"$here/kamailio-src.sh" "$build" "$release"
stamp="$release $prefix $cc${SANITIZE:+ $SANITIZE} $*"
if [ -f "$prefix/.nat64sip" ] && [ "$(cat "$prefix/.nat64sip")" = "$stamp" ] &&
		[ -f "$src/config.mak" ]; then
	exit 0
fi

# With its paths as they will be when installed, or it looks in the source
kamailio_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES make -s \
		-j "$(nproc)" -C "$src" compile_for_install=yes "$@" \
		>>"$log" 2>&1
}

broken() {
	grep -E '(error|Error|ERROR)' "$log" | head -n 5 >&2
	fail "cannot build $1 of $what (see $log)"
}

echo "building $what with $# modules${SANITIZE:+ and $SANITIZE}"
: >"$log"
rm -f "$prefix/.nat64sip"
modules=$(printf 'modules/%s ' "$@")
# Its default is a build without any optimisation: CC_OPT must be given
[ -f "$src/config.mak" ] && grep -qx "PREFIX= *$prefix" "$src/config.mak" ||
	kamailio_make CC="$cc" CC_OPT=-O2 PREFIX="$prefix" ${SANITIZE:+MEMPKG=sys \
		CC_EXTRA_OPTS="$SANITIZE" LD_EXTRA_OPTS="$SANITIZE"} cfg ||
	fail "cannot configure $what (see $log)"
kamailio_make kamailio || broken "the core"
for module; do
	[ -f "$src/modules/$module/Makefile" ] ||
		fail "$what has no module $module"
done
kamailio_make modules modules="$modules" || broken "a module"
kamailio_make install-bin install-modules modules="$modules" ||
	broken "what is to be installed"
for module; do
	[ -f "$prefix/lib/kamailio/modules/$module.so" ] ||
		broken "the module $module"
done
echo "$stamp" >"$prefix/.nat64sip"
