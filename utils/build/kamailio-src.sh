#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: kamailio-src.sh BUILD [RELEASE]
#
# Fetches the Debian source of exactly the installed kamailio to
# BUILD/kamailio-src and configures it. With RELEASE: the newest that this
# Debian release has, and whoever builds it configures it. Does nothing when it
# is there already.
# All of apt's files for this are under BUILD/apt: the machine's own lists,
# caches and sources are only read.

set -eu
here=$(dirname "$0")
# shellcheck source=utils/build/say.sh
. "$here/say.sh"

build=$1
release=${2-}
tree=$build/kamailio-src
apt=$PWD/$build/apt
case $build in /*) apt=$build/apt ;; esac

source_of() {
	dpkg-query -W -f "\${source:$1}" kamailio 2>/dev/null
}

# Sets apt's directories. With a build directory that the user _apt cannot
# enter (say, below /root) its download sandbox would fail: then without it.
configure_apt() {
	rm -rf "$apt"
	mkdir -p "$apt/lists/partial" "$apt/cache/archives/partial" \
		"$apt/parts" "$apt/deb"
	cat >"$apt/apt.conf" <<-END
		Dir::Etc::sourcelist "$apt/sources.list";
		Dir::Etc::sourceparts "$apt/parts";
		Dir::State::lists "$apt/lists";
		Dir::Cache "$apt/cache";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		Acquire::Languages "none";
		Acquire::Retries "2";
	END
	if [ "$(id -u)" -eq 0 ] && ! setpriv --reuid=_apt --regid=nogroup \
			--clear-groups test -x "$apt/lists" 2>/dev/null; then
		echo 'APT::Sandbox::User "root";' >>"$apt/apt.conf"
	fi
}

# Index and download from the entries of apt-sources.sh, which is given the
# package to look for, or nothing for all entries
download() {
	rm -f "$apt"/parts/* "$apt"/sources.list "$apt"/deb/*
	"$here/apt-sources.sh" "$apt" "$@" || return 1
	[ -z "$release" ] || "$here/apt-suite.sh" "$apt" "$release" || return 1
	{
		# One unreachable archive among several is no reason to stop
		apt-get -c "$apt/apt.conf" -q update || true
		cd "$apt/deb" && apt-get -c "$apt/apt.conf" -q source \
			--only-source --download-only "$name${version:+=$version}"
	} >>"$apt/log" 2>&1
}

explain() {
	cp "$apt/log" "$build/apt.log" 2>/dev/null || true
	if [ -n "$release" ] && [ ! -f "$apt/log" ]; then
		fail "cannot fetch the source of $what: apt's sources name" \
			"no Debian archive"
	fi
	[ -z "$release" ] || fail "cannot fetch the source of $what: is there" \
		"a network, and has the archive that release? (see" \
		"$build/apt.log)"
	if apt-cache -c "$apt/apt.conf" showsrc --only-source "$name" \
			2>/dev/null | grep -q '^Version:'; then
		fail "no archive has the source of kamailio $version" \
			"any more: upgrade the kamailio package, or give" \
			"KAMAILIO_SRC=DIR (see $build/apt.log)"
	fi
	fail "cannot fetch the source of $what: is there a" \
		"network? (see $build/apt.log; KAMAILIO_SRC=DIR works without)"
}

if [ -n "$release" ]; then
	name=kamailio
	version=
	stamp="Debian $release"
	what="Debian $release's kamailio"
else
	name=$(source_of Package) ||
		fail "kamailio is not installed: run 'sudo make deps'"
	version=$(source_of Version)
	stamp="$name $version"
	what="kamailio $version"
fi
if [ -f "$tree/.nat64sip" ] && [ "$(cat "$tree/.nat64sip")" = "$stamp" ]; then
	exit 0
fi
command -v dpkg-source >/dev/null ||
	fail "dpkg-dev is not installed: run 'sudo make deps'"

echo "fetching the source of $what"
configure_apt
# Another release's newest may be in an archive that has none of this one's
{ [ -z "$release" ] && (download kamailio); } || (download) || explain
rm -rf "$tree" "$tree.new" "$build/apt.log"
dpkg-source --no-check --no-copy -x "$apt"/deb/*.dsc "$tree.new" >>"$apt/log" 2>&1 ||
	fail "cannot unpack the source of kamailio (see $apt/log)"
[ -n "$release" ] ||
	"$here/kamailio-cfg.sh" "$tree.new" >>"$apt/log" 2>&1 ||
	fail "cannot configure the source of kamailio (see $apt/log)"
echo "$stamp" >"$tree.new/.nat64sip"
mv "$tree.new" "$tree"
rm -rf "$apt/lists" "$apt/cache"
