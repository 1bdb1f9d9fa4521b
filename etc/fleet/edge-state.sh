#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# usage: edge-state.sh SOCKET INSTANCE NAME STATE PRIORITY
#
# keepalived tells Kamailio, by its SOCKET, whether the address is here. Without
# it nothing can be sent: the registrars are not probed, nor taken for dead.

ask() {
	kamcmd -s "$socket" "$@" >/dev/null
}

socket=$1
case $4 in
MASTER)
	# all are taken to be alive, until one does not answer
	ask dispatcher.reload
	ask dispatcher.ping_active 1
	;;
*)
	ask dispatcher.ping_active 0
	;;
esac
