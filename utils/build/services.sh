# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
# shellcheck shell=sh

# Sourced by deps.sh. Debian starts and enables what it installs; a build must
# not. While packages are installed a policy-rc.d forbids every start (also on
# a machine without a running systemd); afterwards each link that would start
# something at boot and was not there before is taken out again. What was
# installed before stays as it was.

# The tests give another root; an environment cannot
sysroot=
policy=/usr/sbin/policy-rc.d
policy_mark="made by nat64sip's build, removed at its end"

# The links that start something, one a line. The two digits of a System V
# link are left out: installing one service may number another one anew.
boot_links() {
	find "$sysroot/etc/systemd/system" \
		"$sysroot/etc/systemd/user" -type l 2>/dev/null || true
	find "$sysroot"/etc/rc[0-9S].d -name 'S[0-9][0-9]*' 2>/dev/null |
		sed 's|/S[0-9][0-9]|/S??|' || true
}

remember_services() {
	boot_links | sort >"$1/before.part"
	mv "$1/before.part" "$1/before"
}

forbid_services() {
	[ ! -e "$sysroot$policy" ] && [ ! -L "$sysroot$policy" ] || return 0
	printf '#!/bin/sh\n# %s\nexit 101\n' "$policy_mark" >"$sysroot$policy"
	chmod 755 "$sysroot$policy"
}

# Leaves a policy of the machine's own alone; also takes away one that a build
# which was killed has left
allow_services() {
	if grep -qs "$policy_mark" "$sysroot$policy"; then
		rm -f "$sysroot$policy"
	fi
}

# A policy of the machine's own may have let the new services start
stop_new_services() {
	[ -d "$sysroot/run/systemd/system" ] || return 0
	while read -r package; do
		dpkg -L "$package" 2>/dev/null
	done <"$1/new" |
		sed -n 's|^\(/usr\)\?/lib/systemd/system/\([^/@]*\.service\)$|\2|p' |
		while read -r unit; do
			systemctl stop "$unit" </dev/null || true
		done
}

disable_new_services() {
	stop_new_services "$1"
	boot_links | sort | comm -13 "$1/before" - >"$1/links"
	# K links instead of S: so the next upgrade keeps it disabled, too
	sed -n 's|.*/etc/rc.\.d/S??||p' "$1/links" | sort -u |
		while read -r name; do
			DPKG_ROOT=$sysroot \
				update-rc.d "$name" disable </dev/null || true
		done
	boot_links | sort | comm -13 "$1/before" - >"$1/links"
	while read -r link; do
		# In a System V link's name, ?? stands for its number
		# shellcheck disable=SC2086
		rm -f $link
		case $link in
		*.wants/* | *.requires/*)
			rmdir "${link%/*}" 2>/dev/null || true
			;;
		esac
	done <"$1/links"
	[ ! -d "$sysroot/run/systemd/system" ] || systemctl daemon-reload || true
}
