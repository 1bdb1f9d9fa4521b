/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * A name server's address, as text.
 */
#ifndef N64_SERVER_H
#define N64_SERVER_H

#include <sys/socket.h>

/**
 * Read 192.0.2.1, 192.0.2.1:53, 2001:db8::1, [2001:db8::1]:53.
 *
 * @return 0, or EINVAL; dst is left alone on error
 */
int server_parse(struct sockaddr_storage *dst, const char *text);

#endif
