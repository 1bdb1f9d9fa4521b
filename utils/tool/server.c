/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "server.h"

#include "literal.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define DNS_PORT 53

/* 1 to 65535, in network order; 0 for anything else */
static in_port_t parse_port(const char *text)
{
	unsigned long port;
	size_t len = strspn(text, "0123456789");

	if (len == 0 || len > 5 || text[len])
		return 0;
	port = strtoul(text, NULL, 10);
	return port > UINT16_MAX ? 0 : htons((in_port_t)port);
}

int server_parse(struct sockaddr_storage *dst, const char *text)
{
	struct sockaddr_in6 a6 = {.sin6_family = AF_INET6};
	struct sockaddr_in a4 = {.sin_family = AF_INET};
	size_t host = strlen(text);
	const char *colon = strrchr(text, ':');
	in_port_t port = htons(DNS_PORT);
	bool bracket = *text == '[';

	/* without brackets, what has two colons is an IPv6 address */
	if (colon &&
	    (bracket ? colon[-1] == ']' : colon == strchr(text, ':'))) {
		host = (size_t)(colon - text);
		port = parse_port(colon + 1);
	}
	if (!port)
		return EINVAL;
	a4.sin_port = a6.sin6_port = port;
	if (n64_lit4_parse(&a4.sin_addr, text, host) == 0) {
		memcpy(dst, &a4, sizeof(a4));
		return 0;
	}
	if (n64_lit6_parse(&a6.sin6_addr, text, host) == 0) {
		memcpy(dst, &a6, sizeof(a6));
		return 0;
	}
	return EINVAL;
}
