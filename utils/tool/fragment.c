/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * IP fragments (RFC 791 3.2, RFC 8200 4.5), in whatever order they come.
 */
#include <stdlib.h>
#include <string.h>

#include "fragment.h"

enum { DATAGRAMS = 32, OCTETS = 65536, UNIT = 8 };

struct datagram {
	struct fragment_key key;
	uint64_t used; /* when a fragment came last; 0 for a free one */
	size_t have;   /* units of 8 octets that are here */
	size_t end;    /* octets of the whole; 0 until the last one came */
	uint8_t data[OCTETS];
	bool unit[OCTETS / UNIT];
};

struct fragments {
	uint64_t now;
	struct datagram datagram[DATAGRAMS];
};

struct fragments *fragments_new(void)
{
	return calloc(1, sizeof(struct fragments));
}

void fragments_free(struct fragments *frags)
{
	free(frags);
}

static struct datagram *find(struct fragments *frags,
			     const struct fragment_key *key)
{
	struct datagram *dg, *oldest = frags->datagram;

	for (dg = frags->datagram; dg < frags->datagram + DATAGRAMS; dg++) {
		if (dg->used && !memcmp(&dg->key, key, sizeof(*key)))
			return dg;
		if (dg->used < oldest->used)
			oldest = dg;
	}
	oldest->key = *key;
	oldest->have = oldest->end = 0;
	memset(oldest->unit, 0, sizeof(oldest->unit));
	return oldest;
}

bool fragments_add(struct fragments *frags, const struct fragment_key *key,
		   size_t off, bool more, const uint8_t **data, size_t *len)
{
	struct datagram *dg;
	size_t i;

	if (off % UNIT || *len > OCTETS - off || (more && *len % UNIT))
		return false;
	dg = find(frags, key);
	dg->used = ++frags->now;
	memcpy(dg->data + off, *data, *len);
	if (!more)
		dg->end = off + *len;
	for (i = off / UNIT; i < (off + *len + UNIT - 1) / UNIT; i++) {
		dg->have += !dg->unit[i];
		dg->unit[i] = true;
	}
	if (!dg->end || dg->have < (dg->end + UNIT - 1) / UNIT)
		return false;
	dg->used = 0;
	*data = dg->data;
	*len = dg->end;
	return true;
}
