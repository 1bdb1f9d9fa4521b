/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Why something was left alone.
 */
#ifndef N64_REASON_H
#define N64_REASON_H

enum n64_reason {
	N64_DONE,         /**< not left alone */
	N64_FAMILY_RIGHT, /**< has the wanted family already */
	N64_NAME,         /**< a host name, resolves on each side by itself */
	N64_MULTICAST,    /**< multicast is not translated */
	N64_NOT_CARRIED,  /**< this prefix may not carry it (RFC 6052 3.1) */
	N64_NOT_IN_PREF,  /**< an IPv6 address outside the prefix */
	N64_OFFER_FAMILY, /**< the offer had this family (RFC 6157 4.1) */
	N64_BAD_LINE,     /**< could not be understood */
	N64_NOT_IN,       /**< a network type other than IN */
	N64_NO_PREF,      /**< no PREF64 is known */
	N64_NO_ROOM,      /**< the caller's storage is too small */
	N64_ENCODED,      /**< a whole body, for its Content-Encoding */
	N64_DISPOSITION,  /**< a whole body, for its Content-Disposition */
	N64_SIGNED,       /**< a whole body, signed or encrypted */
	N64_BAD_PARTS, /**< a whole body, whose parts cannot be told apart */
	N64_REASONS    /**< how many there are */
};

/** Name of a reason for logs and statistics, "family_right"; never NULL */
const char *n64_reason_name(enum n64_reason reason);

#endif
