#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: deb-test.sh BUILD
#
# Makes a clean root of this machine's Debian release, installs the packages of
# BUILD/deb there, and lets that root's Kamailio, with the configuration as it is
# shipped, be the proxy of the demonstration: calls both ways between a phone on
# IPv4 and one behind a real NAT64, which that root's tool draws. Then they are
# installed again, purged, and upgraded. The root is removed at the end. Needs
# root. Ends with "N passed, N failed, N skipped".

set -eu
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=utils/build/say.sh
. "$here/say.sh"

[ "$(id -u)" -eq 0 ] || fail "a root of its own takes root: sudo make deb-test"
deb=$(cd "$1/deb" && pwd)
mkdir -p "$1/deb-test/cache"
work=$(cd "$1/deb-test" && pwd)
root=$work/root
# shellcheck source=utils/build/clean-root.sh
. "$here/clean-root.sh"
# shellcheck source=utils/build/checks.sh
. "$here/checks.sh"
# shellcheck source=utils/build/services.sh
. "$here/services.sh"
# services.sh is asked about that root
# shellcheck disable=SC2034
sysroot=$root
check_log=$work/log
package=kamailio-nat64sip-modules
tools=nat64sip-tools
doc=/usr/share/doc/$package

tidy_up() {
	remove_root
	for name in apt bin old pages used; do
		rm -rf "${work:?}/$name"
	done
	rm -f "$work"/*.names
}

apt() {
	inside apt-get -q -y --no-install-recommends "$@"
}

kamailio() {
	inside apt-get -q update && apt install kamailio || return 1
	[ -s "$root/var/log/policy-rc.d" ] || return 1
	: >"$root/var/log/policy-rc.d"
	boot_links >"$work/boot.names"
	files_of_root >"$work/before.names"
}

install_it() {
	mkdir "$root/deb" && cp "$deb"/*.deb "$root/deb" && install_again &&
		files_of_root >"$work/with.names"
}

install_again() {
	inside sh -c 'apt-get -q -y install --no-install-recommends "$@" \
		/deb/*.deb' sh "$@"
}

exact_version() {
	have=$(inside dpkg-query -W -f "\${Version}" kamailio) &&
		inside dpkg-query -W -f "\${Depends}\n" "$package" |
		grep -F "kamailio (= $have),"
}

# Nothing of Kamailio's or of what comes with the packages was asked to start
no_service() {
	[ ! -s "$root/var/log/policy-rc.d" ] || {
		cat "$root/var/log/policy-rc.d"
		return 1
	}
	boot_links | diff "$work/boot.names" - || return 1
	for name in "$package" "$tools"; do
		! inside dpkg -L "$name" |
			grep -E '^(/etc|(/usr)?/lib/systemd)(/|$)' || return 1
		! ls "$root/var/lib/dpkg/info/$name".p??* || return 1
	done
	for proc in /proc/[0-9]*; do
		[ "$(readlink "$proc/root" 2>/dev/null)" != "$root" ] || {
			tr '\0' ' ' <"$proc/cmdline"
			return 1
		}
	done
}

# GPL: neither links OpenSSL by itself
no_openssl() {
	for file in "$modules/nat64sip.so" "$root/usr/bin/nat64sip"; do
		needed=$(readelf -d "$file" | grep NEEDED) || return 1
		! echo "$needed" | grep -E 'lib(ssl|crypto)' || return 1
	done
}

# gdb finds them by the build id
debug_symbols() {
	for file in "$modules/nat64sip.so" "$root/usr/bin/nat64sip"; do
		id=$(readelf -n "$file" | sed -n 's/.*Build ID: *//p') &&
			[ -n "$id" ] || return 1
		rest=${id#??}
		debug=$root/usr/lib/debug/.build-id/${id%"$rest"}/$rest.debug
		readelf -S "$debug" | grep -F .debug_info || return 1
	done
}

loads() {
	inside kamailio -c -E -l udp:127.0.0.1:5060 -f "${config#"$root"}"
}

# On loopback no NAT64 would be there
call() {
	wrapper kamailio
	wrapper nat64sip
	PATH=$work/bin:$PATH KAMAILIO_MODULES=$modules "$here/../demo" \
		--config "$config" --libdir "$modules" --pages "$work/pages" &&
		! grep 'No lab here' "$work/log" &&
		grep '^kamailio ' "$work/used"
}

# Of both calls, drawn while they were there
ladder() {
	grep '^nat64sip ladder ' "$work/used" || return 1
	for page in ue-ua4 ua4-ue; do
		for word in '</html>' 'INVITE' '2001:db8:64::' 'RTP'; do
			grep -qF "$word" "$work/pages/$page.html" || {
				echo "no $word in $page.html"
				return 1
			}
		done
	done
}

# tool_says TEXT WORD...
tool_says() {
	text=$1
	shift
	said=$(inside nat64sip "$@") || return 1
	[ "$said" = "$text" ] || {
		echo "nat64sip $*: $said"
		return 1
	}
}

tool() {
	tool_says 2001:db8:64::c000:20a synth -p 2001:db8:64::/96 192.0.2.10 &&
		tool_says 192.0.2.10 extract -p 2001:db8:64::/96 \
			2001:db8:64::c000:20a &&
		tool_says 2001:db8:64::/96 infer 2001:db8:64::c000:20a 192.0.2.10
}

# No finding in what is shipped; and it can have one
tool_check() {
	tool_says "" check -l udp:127.0.0.1:5060 "${config#"$root"}" &&
		printf '%s\n' 'loadmodule "nat64sip.so"' 'request_route { exit; }' \
			>"$root/tmp/bad.cfg" &&
		inside sh -c 'nat64sip check -l udp:127.0.0.1:5060 /tmp/bad.cfg
			[ $? -eq 1 ]'
}

man_page() {
	inside zgrep -x '.Dt NAT64SIP 1' /usr/share/man/man1/nat64sip.1.gz
}

completion() {
	# shellcheck disable=SC2016 # bash's
	inside bash -c '. /usr/share/bash-completion/completions/nat64sip
		COMP_WORDS=(nat64sip la) COMP_CWORD=1
		_nat64sip
		echo "${COMPREPLY[@]}"' | grep -x ladder
}

same_again() {
	install_again --reinstall && files_of_root | diff "$work/with.names" -
}

# What came with them goes, too
purge() {
	apt purge --autoremove "$package" "$tools" "$package-dbgsym" \
		"$tools-dbgsym" && files_of_root | diff "$work/before.names" -
}

# An earlier version, with a file that there is no more
upgrade() {
	for name in "$package" "$tools"; do
		dpkg-deb -R "$deb/${name}_"*.deb "$work/old" &&
			sed -i 's/^Version: .*/Version: 0.0.1/' \
				"$work/old/DEBIAN/control" &&
			echo old >"$work/old/usr/share/doc/$name/old" &&
			dpkg-deb -b "$work/old" "$root/tmp/$name.deb" || return 1
		rm -rf "$work/old"
	done
	inside sh -c 'apt-get -q -y install --no-install-recommends /tmp/*.deb' &&
		[ -f "$root$doc/old" ] && install_again &&
		files_of_root | diff "$work/with.names" -
}

own_sources || fail "apt's sources name no archive with kamailio"
mirror=$(own_mirror)
[ -n "$mirror" ] || fail "apt's sources name no archive of $codename"
trap tidy_up EXIT
trap 'exit 143' INT TERM HUP
: >"$work/used"

check "a clean root of Debian $codename" make_root "${mirror%% *}" "${mirror#* }"
check "Kamailio installs there" kamailio
[ "$failed" -eq 0 ] || { counts; exit 1; }
check "the packages install with what they depend on" install_it
modules=$(dirname "$(find "$root"/usr/lib -name nat64sip.so)")
config=$root$doc/examples/kamailio-nat64.cfg
check "depends on exactly that Kamailio" exact_version
check "nothing was started or enabled, no service came with them" no_service
check "no OpenSSL" no_openssl
check "debug symbols for those very files" debug_symbols
check "the shipped configuration loads" loads
check "calls through a NAT64, both ways" call
grep -E '^[0-9]+ of [0-9]+ proofs passed' "$work/log" | sed 's/^/           /'
check "tool: the calls as ladders" ladder
check "tool: synth, extract, infer" tool
check "tool: check has nothing against the shipped configuration" tool_check
check "tool: man page" man_page
check "tool: bash completion" completion
check "installed again over themselves" same_again
check "purged, nothing is left of them" purge
check "upgraded from an earlier version" upgrade
counts
