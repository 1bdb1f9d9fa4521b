/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "ipv4only.h"

#include "tool.h"

#include <arpa/nameser.h>
#include <netdb.h>
#include <resolv.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define NAME "ipv4only.arpa"

/* The well-known addresses (RFC 7050 2.2, RFC 8880) */
static const uint8_t known[][4] = {{192, 0, 0, 170}, {192, 0, 0, 171}};
static const uint8_t lengths[] = {96, 64, 56, 48, 40, 32};

/* The first len bits of an address, if they may be a PREF64 */
static bool prefix_of(struct pref64 *dst, const struct in6_addr *addr,
		      uint8_t len)
{
	struct pref64 pref = {.len = len};
	char text[PREF64_TEXT_MAX + 1];
	size_t n;

	memcpy(&pref.addr, addr, len / 8);
	n = pref64_print(text, sizeof(text), &pref);
	return n > 0 && pref64_parse(dst, text, n, NULL) == 0;
}

static void add(struct ipv4only *found, const struct pref64 *pref, uint8_t bit)
{
	size_t i;

	for (i = 0; i < found->n; i++) {
		if (pref64_equal(&found->v[i], pref)) {
			found->seen[i] |= bit;
			return;
		}
	}
	if (i == IPV4ONLY_MAX)
		return;
	found->v[i] = *pref;
	found->seen[i] = bit;
	found->n = i + 1;
}

void ipv4only_add(struct ipv4only *found, const struct in6_addr *addr)
{
	struct pref64 pref;
	struct in_addr v4;
	size_t i;
	uint8_t bit;

	for (i = 0; i < sizeof(lengths); i++) {
		if (!prefix_of(&pref, addr, lengths[i]) ||
		    pref64_extract(&v4, &pref, addr) != 0)
			continue;
		for (bit = 0; bit < 2; bit++) {
			if (!memcmp(&v4, known[bit], sizeof(known[bit])))
				add(found, &pref, (uint8_t)(1U << bit));
		}
	}
}

/* Is one of them within the other? Lengths are of whole octets */
static bool overlap(const struct pref64 *a, const struct pref64 *b)
{
	uint8_t len = a->len < b->len ? a->len : b->len;

	return !memcmp(&a->addr, &b->addr, len / 8);
}

static bool is_accident(const struct ipv4only *found, size_t at)
{
	size_t i;

	for (i = 0; found->seen[at] != 3 && i < found->n; i++) {
		if (found->seen[i] == 3 &&
		    overlap(&found->v[i], &found->v[at]))
			return true;
	}
	return false;
}

/* A prefix that has one of the two addresses within itself looks like two
 * prefixes; the other address then tells which one is meant (RFC 7050 3) */
static void drop_accidents(struct ipv4only *found)
{
	struct ipv4only kept = {.n = 0};
	size_t i;

	for (i = 0; i < found->n; i++) {
		if (!is_accident(found, i)) {
			kept.seen[kept.n] = found->seen[i];
			kept.v[kept.n++] = found->v[i];
		}
	}
	*found = kept;
}

/* glibc keeps an IPv6 server apart, in memory that res_nclose() gives back */
static bool use_server(struct __res_state *state,
		       const struct sockaddr_storage *server)
{
	struct sockaddr_in6 *a6;

	state->nscount = 1;
	if (server->ss_family == AF_INET) {
		memcpy(&state->nsaddr_list[0], server,
		       sizeof(struct sockaddr_in));
		return true;
	}
	a6 = malloc(sizeof(*a6));
	if (!a6)
		return false;
	memcpy(a6, server, sizeof(*a6));
	free(state->_u._ext.nsaddrs[0]);
	state->_u._ext.nsaddrs[0] = a6;
	state->_u._ext.nssocks[0] = -1;
	state->_u._ext.nscount = 1;
	state->nsaddr_list[0].sin_family = AF_UNSPEC;
	return true;
}

static int read_answer(struct ipv4only *found, const uint8_t *answer, int len,
		       const char **why)
{
	struct in6_addr addr;
	ns_msg msg;
	ns_rr rr;
	int i;

	*why = "the answer cannot be read";
	if (ns_initparse(answer, len, &msg) < 0)
		return TOOL_CANNOT;
	for (i = 0; i < ns_msg_count(msg, ns_s_an); i++) {
		if (ns_parserr(&msg, ns_s_an, i, &rr) < 0)
			return TOOL_CANNOT;
		if (ns_rr_type(rr) != ns_t_aaaa ||
		    ns_rr_rdlen(rr) != sizeof(addr))
			continue;
		memcpy(&addr, ns_rr_rdata(rr), sizeof(addr));
		ipv4only_add(found, &addr);
	}
	drop_accidents(found);
	*why = "no PREF64 in its AAAA records";
	return found->n > 0 ? TOOL_DONE : TOOL_NO;
}

static int no_answer(int error, const char **why)
{
	switch (error) {
	case HOST_NOT_FOUND:
	case NO_DATA:
		*why = "no AAAA records: no DNS64 here";
		return TOOL_NO;
	default:
		*why = "no answer of a name server";
		return TOOL_CANNOT;
	}
}

int ipv4only_ask(struct ipv4only *found, const struct sockaddr_storage *server,
		 const char **why)
{
	static uint8_t answer[NS_MAXMSG];
	struct __res_state state;
	int len, code = TOOL_CANNOT;

	memset(&state, 0, sizeof(state));
	found->n = 0;
	*why = "the system's resolver does not start";
	if (res_ninit(&state) != 0)
		return TOOL_CANNOT;
	if (server->ss_family == AF_UNSPEC || use_server(&state, server)) {
		len = res_nquery(&state, NAME, ns_c_in, ns_t_aaaa, answer,
				 sizeof(answer));
		code = len < 0 ? no_answer(state.res_h_errno, why)
			       : read_answer(found, answer, len, why);
	}
	res_nclose(&state);
	return code;
}
