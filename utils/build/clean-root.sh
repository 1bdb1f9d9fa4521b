# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
# shellcheck shell=sh

# Sourced by deb-test.sh: a clean root of this machine's Debian release, from its
# own apt sources. The folder work is what is written to, root is in it, here is
# the folder of the scripts. All mounts are in mount spaces that end with their
# processes.

root=${root:?} work=${work:?} here=${here:?}
codename=$(. /etc/os-release && echo "${VERSION_CODENAME-}")

# A command in the root, with /proc
inside() {
	# shellcheck disable=SC2016 # the inner shell's
	unshare -m sh -ec 'mount -t proc proc "$0/proc"
		exec chroot "$0" "$@"' "$root" env LC_ALL=C \
		DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin \
		"$@" </dev/null
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

# make_root MIRROR KEYRING. Each service that a package wants to start is
# refused, and written down.
make_root() {
	remove_root
	mirror=$1
	keyring=$2
	set -- --variant=minbase --cache-dir="$work/cache"
	case $keyring in /*) set -- "$@" --keyring="$keyring" ;; esac
	case $mirror in https:*) set -- "$@" --include=ca-certificates ;; esac
	debootstrap "$@" "$codename" "$root" "$mirror" || return 1
	cat >"$root/usr/sbin/policy-rc.d" <<-'END'
		#!/bin/sh
		echo "$*" >>/var/log/policy-rc.d
		exit 101
	END
	chmod 755 "$root/usr/sbin/policy-rc.d"
	cp "$work/apt/sources.list" "$root/etc/apt/sources.list"
	cp -R "$work/apt/parts/." "$root/etc/apt/sources.list.d"
	cp /etc/hosts "$root/etc/hosts"
	apt-config dump | grep -iE '^Acquire::https?::Proxy' \
		>"$root/etc/apt/apt.conf.d/90proxy" || true
}

remove_root() {
	rm -rf --one-file-system "$root"
}

# wrapper COMMAND: in work/bin, what runs the root's own COMMAND with arguments
# of this machine: its files are below /mnt there
wrapper() {
	mkdir -p "$work/bin"
	cat >"$work/bin/$1" <<-END
		#!/bin/sh
		for word; do
			shift
			set -- "\$@" "\$(printf '%s' "\$word" |
				sed -e 's|$root/|/|g' -e t -e 's|^/|/mnt/|')"
		done
		echo "$1 \$*" >>"$work/used"
		exec unshare -m sh -ec 'mount --rbind / "$root/mnt"
			mount -t proc proc "$root/proc"
			exec chroot "$root" "\$0" "\$@"' $1 "\$@"
	END
	chmod 755 "$work/bin/$1"
}

# The names of all that packages may have brought
files_of_root() {
	(cd "$root" && find . -xdev \( -path ./proc -o -path ./tmp -o -path ./deb \
		-o -path ./var/log -o -path ./var/cache -o -path ./var/lib/apt \) \
		-prune -o -print) | grep -v '^\./var/lib/dpkg/[^/]*-old$' | sort
}
