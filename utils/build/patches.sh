#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: patches.sh OUT EXPORT TREE
#
# Writes the series OUT/0001-*.patch... for Kamailio's TREE: the module from the
# folder EXPORT, and its place in the groups of both build systems. A commit for
# each component, in the form of Kamailio's .github/CONTRIBUTING.md. Author is
# who git's GIT_AUTHOR_NAME and GIT_AUTHOR_EMAIL name, or the nat64sip authors.
# TREE is only read.

set -eu
here=$(dirname "$0")
# shellcheck source=utils/build/say.sh
. "$here/say.sh"

out=$1
export=$(cd "$2" && pwd)
tree=$(cd "$3" && pwd)
make_groups=src/Makefile.groups
cmake_groups=cmake/groups.cmake
for file in $make_groups $cmake_groups; do
	[ -f "$tree/$file" ] || fail "$tree has no $file"
done
[ ! -e "$tree/src/modules/nat64sip" ] || fail "$tree has the module already"

# Of the tree, the files that the series changes
repo=$(mktemp -d)
trap 'rm -rf "$repo"' EXIT
mkdir -p "$repo/src/modules" "$repo/cmake"
cp "$tree/$make_groups" "$repo/src"
cp "$tree/$cmake_groups" "$repo/cmake"

maintainer=$(sed -n 's/^Maintainer: //p' "$here/../debian/control")
GIT_AUTHOR_NAME=${GIT_AUTHOR_NAME:-${maintainer% <*}}
GIT_AUTHOR_EMAIL=${GIT_AUTHOR_EMAIL:-$(echo "$maintainer" |
	sed 's/.*<\(.*\)>/\1/')}
GIT_COMMITTER_NAME=$GIT_AUTHOR_NAME
GIT_COMMITTER_EMAIL=$GIT_AUTHOR_EMAIL
export GIT_AUTHOR_NAME GIT_AUTHOR_EMAIL GIT_COMMITTER_NAME GIT_COMMITTER_EMAIL

in_repo() {
	env -u GIT_DIR -u GIT_WORK_TREE -u GIT_INDEX_FILE -u XDG_CONFIG_HOME \
		GIT_CONFIG_NOSYSTEM=1 HOME="$repo" git -C "$repo" "$@"
}

# commit FILE: its message is the standard input
commit() {
	in_repo add "$@" && in_repo commit -q --no-verify -F -
}

# The modules that need PCRE2 are a group
add_to_group() {
	sed -i "$1" "$repo/$2"
	grep -q nat64sip "$repo/$2" || fail "no group of PCRE's in $tree/$2"
}

in_repo init -q
echo base | commit src cmake

cp -R "$export" "$repo/src/modules/nat64sip"
# For kamailio-tests, which is another tree; for who has the folder by itself
rm -rf "$repo/src/modules/nat64sip/test" "$repo/src/modules/nat64sip/INSTALL.md"
commit src/modules/nat64sip <<'END'
nat64sip: new module for phones behind NAT64

- lets a SIP platform with IPv4 addresses only serve phones in IPv6-only
  networks behind NAT64 and DNS64 (RFC 6146, RFC 6147, RFC 6052)
- learns which phones are behind NAT64 and with which prefix, or is told
  by parameters, a file or a database table
- addresses such a phone so that it can reach it: Record-Route, Contact
  alias, SDP; works beside rtpengine or without a media relay
- native functions and KEMI exports, the pseudo-variable $nat64(name),
  RPC commands, statistics
- files without the prefix n64_ are a library that needs libc only,
  and PCRE2 in ua_policy.c
END

add_to_group '/^mod_list_pcre=/s/$/ nat64sip/' $make_groups
commit $make_groups <<'END'
Makefile.groups: added module nat64sip

- to those that need pcre: its parameter ua_policy takes expressions of
  PCRE2
END

add_to_group '/^set(MOD_LIST_PCRE /s/)/ nat64sip)/' $cmake_groups
commit $cmake_groups <<'END'
cmake: groups - added module nat64sip

- to those that need pcre: its parameter ua_policy takes expressions of
  PCRE2
END

rm -rf "$out"
mkdir -p "$out"
out=$(cd "$out" && pwd)
in_repo format-patch -q --no-signature -o "$out" HEAD~3
ls "$out"/*.patch
