#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: export-test.sh BUILD KAMAILIO TREE [KAMAILIO TREE]...
#
# Puts BUILD/nat64sip into a copy of each tree, by patches where the tree is one
# that they are for, builds it there with its Makefile, and with CMake where the
# tree has it, lets Kamailio load it and runs the unit for kamailio-tests. Asks
# the tree's own .clang-format. Ends with "N passed, N failed, N skipped".

set -u
here=$(dirname "$0")
# shellcheck source=utils/build/checks.sh
. "$here/checks.sh"
build=$(cd "$1" && pwd)
shift
check_log=$build/log
jobs=-j$(nproc)

plain_make() {
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES make -s "$@"
}

# No warning either, in a file of ours
no_warning() {
	! grep -E 'nat64sip/.*warning:|^[a-z0-9_]+\.[ch]:.*warning:' "$1"
}

by_make() {
	plain_make "$jobs" -C "$tree/src" modules modules=modules/nat64sip &&
		[ -f "$tree/src/modules/nat64sip/nat64sip.so" ]
}

# Git with nobody's configuration, in the tree
in_tree() {
	env -u GIT_DIR -u GIT_WORK_TREE -u GIT_INDEX_FILE -u XDG_CONFIG_HOME \
		GIT_CONFIG_NOSYSTEM=1 HOME="$build" git -C "$tree" \
		-c user.name=test -c user.email=test@nat64sip.invalid "$@"
}

# As its maintainers would: git am, each as it is
apply_patches() {
	"$here/patches.sh" "$build/patches" "$build/nat64sip" "$1" || return 1
	rm -rf "$tree/.git"
	in_tree init -q && in_tree add src/Makefile.groups cmake/groups.cmake &&
		in_tree commit -q -m base &&
		in_tree am --whitespace=error-all "$build"/patches/*.patch &&
		in_tree log --format='%s' HEAD~3.. || return 1
	# or the core would be of that commit
	rm -rf "$tree/.git"
	[ -f "$tree/src/modules/nat64sip/Makefile" ]
}

# With a core and modules of its own: what CMake made has other flags. The
# module itself is there because the patches put it into that group.
by_cmake() {
	cmake -S "$tree" -B "$build/cmake" -DMODULE_GROUP_NAME=KPCRE \
		-DEXCLUDE_MODULES="dialplan lcr regex" \
		-DINCLUDE_MODULES="tm sl rr pv siputils nathelper xlog" &&
		cmake --build "$build/cmake" "$jobs" --target kamailio modules
}

# All of what CMake made, as one folder
cmake_modules() {
	mkdir -p "$build/cmake/mods"
	cp "$build"/cmake/src/modules/*/*.so "$build/cmake/mods"
}

cmake_unit() {
	cmake_modules && "$here/export-unit.sh" "$build/nat64sip" \
		"$build/cmake/src/kamailio" "$1" "$build/cmake/mods"
}

own_format() {
	cp "$tree/.clang-format" "$tree/src/modules/nat64sip/" &&
		clang-format --dry-run -Werror "$tree"/src/modules/nat64sip/*.[ch]
}

# The README as the tree makes it from our docbook
own_readme() {
	rm "$tree/src/modules/nat64sip/README"
	plain_make -C "$tree/src" modules-readme modules=modules/nat64sip &&
		grep '4\.1\. *nat64_manage' \
			"$tree/src/modules/nat64sip/README"
}

one_tree() {
	rm -rf "$build/tree" "$build/cmake"
	tree=$build/tree
	cp -a "$2" "$tree"
	if [ -f "$tree/cmake/groups.cmake" ]; then
		check "the patches apply, by git am" apply_patches "$2"
	else
		cp -R "$build/nat64sip" "$tree/src/modules/nat64sip"
	fi
	so=$tree/src/modules/nat64sip/nat64sip.so
	export KAMAILIO="$1"
	check "clang-format" own_format
	check "README from its docbook" own_readme
	check "make" by_make
	cp "$build/log" "$build/make.log"
	check "make: no warning" no_warning "$build/make.log"
	check "make: loaded" "$here/check-load.sh" "$so"
	check "make: unit" "$here/export-unit.sh" "$build/nat64sip" "$1" "$so"
	if [ ! -f "$tree/src/modules/rr/CMakeLists.txt" ]; then
		echo "  --       ${check_of}this tree has no CMake"
		return
	fi
	so=$build/cmake/src/modules/nat64sip/nat64sip.so
	check "CMake" by_cmake
	cp "$build/log" "$build/cmake.log"
	check "CMake: no warning" no_warning "$build/cmake.log"
	KAMAILIO=$build/cmake/src/kamailio
	check "CMake: loaded" "$here/check-load.sh" "$so"
	check "CMake: unit" cmake_unit "$so"
}

while [ $# -gt 1 ]; do
	check_of="$("$1" -v | awk 'NR == 1 { print $3 }'): "
	one_tree "$1" "$2"
	shift 2
done
rm -rf "$build/tree" "$build/cmake"
counts
