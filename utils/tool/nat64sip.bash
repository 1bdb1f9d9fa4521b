# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

# bash completion for nat64sip(1): commands and options as --help tells them,
# files for what takes one

_nat64sip() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local tool=${COMP_WORDS[0]} words

	COMPREPLY=()
	if ((COMP_CWORD == 1)); then
		words="--help --version $("$tool" --help 2>/dev/null |
			sed -n 's/^  \([a-z0-9]*\) .*/\1/p')"
		mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
		return
	fi
	case $prev in
	-p | --prefix | --pref64)
		mapfile -t COMPREPLY < <(compgen -W 64:ff9b::/96 -- "$cur")
		return
		;;
	--color)
		mapfile -t COMPREPLY < <(compgen -W "always auto never" -- "$cur")
		return
		;;
	esac
	case $cur in
	-*)
		words=$("$tool" "${COMP_WORDS[1]}" --help 2>/dev/null |
			grep -oE '^  (-[a-zA-Z], )?--[a-z0-9-]+' |
			grep -oE -- '--[a-z0-9-]+')
		mapfile -t COMPREPLY < <(compgen -W "--help $words" -- "$cur")
		;;
	*) mapfile -t COMPREPLY < <(compgen -f -- "$cur") ;;
	esac
}

complete -o filenames -F _nat64sip nat64sip
