#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: deb-test.sh BUILD
#
# Makes a clean root of this machine's Debian release, from its own apt sources,
# installs the packages of BUILD/deb there, and lets that root's Kamailio, with
# the configuration as it is shipped, be the proxy of the demonstration: calls
# both ways between a phone on IPv4 and one behind a real NAT64. All mounts are
# in mount spaces that end with their processes; the root is removed at the end.
# Needs root. Ends with "N passed, N failed, N skipped".

set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=utils/build/say.sh
. "$here/say.sh"

[ "$(id -u)" -eq 0 ] || fail "a root of its own takes root: sudo make deb-test"
deb=$(cd "$1/deb" && pwd)
mkdir -p "$1/deb-test/cache"
work=$(cd "$1/deb-test" && pwd)
root=$work/root
package=kamailio-nat64sip-modules
passed=0
failed=0
skipped=0

# In the root, with /proc
inside() {
	# shellcheck disable=SC2016 # the inner shell's
	unshare -m sh -ec 'mount -t proc proc "$0/proc"
		exec chroot "$0" "$@"' "$root" env LC_ALL=C \
		DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		"$@" </dev/null
}

# check NAME COMMAND...
check() {
	name=$1
	shift
	if "$@" >"$work/log" 2>&1; then
		passed=$((passed + 1))
		echo "  ok      $name"
	else
		failed=$((failed + 1))
		echo "  FAILED  $name"
		tail -n 25 "$work/log"
	fi
}

finish() {
	rm -rf --one-file-system "$root" "${work:?}/apt" "${work:?}/bin" \
		"$work/used"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" -eq 0 ]
}

# The archives with kamailio, as apt's sources for binary packages
own_sources() {
	rm -rf "$work/apt"
	mkdir -p "$work/apt/parts"
	"$here/apt-sources.sh" "$work/apt" kamailio &&
		"$here/apt-suite.sh" "$work/apt" "$codename" || return 1
	sed -i 's/^deb-src/deb/' "$work/apt/sources.list"
	for file in "$work"/apt/parts/*.sources; do
		[ ! -f "$file" ] || sed -i 's/^Types: deb-src/Types: deb/' "$file"
	done
}

# Of them, the one with the release itself: "ADDRESS KEYRING"
own_mirror() {
	# shellcheck disable=SC2016 # apt's
	apt-get -o Dir::Etc::sourcelist="$work/apt/sources.list" \
		-o Dir::Etc::sourceparts="$work/apt/parts" indextargets \
		--format '$(REPO_URI) $(RELEASE) $(SIGNED_BY)' \
		'Created-By: Packages' |
		awk -v release="$codename" '$2 == release { print $1, $3; exit }'
}

make_root() {
	rm -rf --one-file-system "$root"
	set -- --variant=minbase --cache-dir="$work/cache"
	case $keyring in /*) set -- "$@" --keyring="$keyring" ;; esac
	case $mirror in https:*) set -- "$@" --include=ca-certificates ;; esac
	debootstrap "$@" "$codename" "$root" "$mirror" || return 1
	printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"
	chmod 755 "$root/usr/sbin/policy-rc.d"
	cp "$work/apt/sources.list" "$root/etc/apt/sources.list"
	cp -R "$work/apt/parts/." "$root/etc/apt/sources.list.d"
	cp /etc/hosts "$root/etc/hosts"
	apt-config dump | grep -iE '^Acquire::https?::Proxy' \
		>"$root/etc/apt/apt.conf.d/90proxy" || true
}

install_it() {
	mkdir "$root/deb" && cp "$deb"/*.deb "$root/deb" &&
		inside apt-get -q update &&
		inside sh -c 'apt-get -q -y install --no-install-recommends \
			/deb/*.deb'
}

exact_version() {
	have=$(inside dpkg-query -W -f "\${Version}" kamailio) &&
		inside dpkg-query -W -f "\${Depends}\n" "$package" |
		grep -F "kamailio (= $have),"
}

no_service() {
	! inside dpkg -L "$package" |
		grep -E '^(/etc|(/usr)?/lib/systemd)(/|$)' || return 1
	! ls "$root/var/lib/dpkg/info/$package".p??* || return 1
	for proc in /proc/[0-9]*; do
		[ "$(readlink "$proc/root" 2>/dev/null)" != "$root" ] || {
			tr '\0' ' ' <"$proc/cmdline"
			return 1
		}
	done
}

# gdb finds it by the module's build id
debug_symbols() {
	id=$(readelf -n "$modules/nat64sip.so" |
		sed -n 's/.*Build ID: *//p') && [ -n "$id" ] || return 1
	rest=${id#??}
	[ -s "$root/usr/lib/debug/.build-id/${id%"$rest"}/$rest.debug" ]
}

loads() {
	inside kamailio -c -E -l udp:127.0.0.1:5060 -f "${config#"$root"}"
}

# What the lab starts as kamailio: that one, in its root, where the lab's folder
# has to be too
wrapper() {
	mkdir -p "$work/bin"
	cat >"$work/bin/kamailio" <<-END
		#!/bin/sh
		for word; do
			shift
			set -- "\$@" "\$(printf '%s' "\$word" | sed 's|$root/|/|g')"
		done
		exec unshare -m sh -ec 'mkdir -p "$root\$0"
			mount --bind "\$0" "$root\$0"
			mount -t proc proc "$root/proc"
			: >"$work/used"
			exec chroot "$root" /usr/sbin/kamailio "\$@"' "\$PWD" "\$@"
	END
	chmod 755 "$work/bin/kamailio"
}

# On loopback no NAT64 would be there
call() {
	wrapper
	rm -f "$work/used"
	PATH=$work/bin:$PATH KAMAILIO_MODULES=$modules \
		"$here/../demo" --config "$config" --libdir "$modules" &&
		! grep 'No lab here' "$work/log" && [ -f "$work/used" ]
}

tool() {
	inside nat64sip synth --prefix 2001:db8:64::/96 192.0.2.10 |
		grep -x 2001:db8:64::c000:20a
}

purge() {
	inside apt-get -q -y purge "$package" "$package-dbgsym" &&
		[ ! -e "$modules/nat64sip.so" ] &&
		[ ! -e "$root/usr/share/doc/$package" ] &&
		[ -e "$modules/tm.so" ]
}

codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")
own_sources || fail "apt's sources name no archive with kamailio"
mirror=$(own_mirror)
keyring=${mirror#* }
mirror=${mirror%% *}
[ -n "$mirror" ] || fail "apt's sources name no archive of $codename"
trap 'rm -rf --one-file-system "$root"' EXIT
trap 'exit 143' INT TERM HUP

check "a clean root of Debian $codename" make_root
[ "$failed" -eq 0 ] || { finish; exit 1; }
check "the packages install with what they depend on" install_it
modules=$(dirname "$(find "$root"/usr/lib -name nat64sip.so)")
config=$root/usr/share/doc/$package/examples/kamailio-nat64.cfg
check "depends on exactly that Kamailio" exact_version
check "nothing was started, no service came with it" no_service
check "debug symbols for that very module" debug_symbols
check "the shipped configuration loads" loads
check "calls through a NAT64, both ways" call
grep -E '^[0-9]+ of [0-9]+ proofs passed' "$work/log" | sed 's/^/          /'
if ls "$deb"/nat64sip-tools_*.deb >/dev/null 2>&1; then
	check "the tool works" tool
else
	skipped=1
	echo "  SKIPPED the tool: utils/tool is not there"
fi
check "purged, nothing is left of it" purge
finish
