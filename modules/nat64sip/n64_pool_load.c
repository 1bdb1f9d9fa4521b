/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_pool_load.h"

#include "n64_db.h"

#include "../../core/mem/shm_mem.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** Longest value in a message, with NUL */
#define SHOWN_MAX 80

struct n64_pool_conf n64_pool_conf = {.db_table = str_init("nat64sip_pool")};

int n64_pool_load_fail(struct n64_pool_load *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(l->why, sizeof(l->why), fmt, ap);
	va_end(ap);
	return -1;
}

const char *n64_pool_shown(
		char *dst, size_t size, const char *text, size_t len)
{
	size_t n = len < size ? len : size - 1;
	size_t i;

	for(i = 0; i < n; i++)
		dst[i] = text[i] >= ' ' && text[i] <= '~' ? text[i] : '?';
	dst[n] = 0;
	if(n < len && n > 3)
		memcpy(dst + n - 3, "...", 3);
	return dst;
}

const char *n64_pool_place(char *dst, size_t size, uint32_t row)
{
	unsigned at = row - N64_POOL_PARAMS;

	if(row < N64_POOL_PARAMS)
		snprintf(dst, size, "parameter \"pool\"");
	else if(n64_pool_conf.file)
		snprintf(dst, size, "%s:%u", n64_pool_conf.file, at);
	else
		snprintf(dst, size, "table %.*s, row %u", n64_pool_conf.db_table.len,
				n64_pool_conf.db_table.s, at);
	return dst;
}

int n64_pool_load_put(
		struct n64_pool_load *l, const struct n64_pool_entry *entry)
{
	size_t max = l->max ? 2 * l->max : 64;
	struct n64_pool_entry *v;

	if(l->n == l->max) {
		v = shm_malloc(max * sizeof(*v));
		if(!v)
			return n64_pool_load_fail(l,
					"no shared memory for more than %zu pools, start"
					" kamailio with a larger -m",
					l->n);
		if(l->v) {
			memcpy(v, l->v, l->n * sizeof(*v));
			shm_free(l->v);
		}
		l->v = v;
		l->max = max;
	}
	l->v[l->n++] = *entry;
	return 0;
}

static int put_line(
		struct n64_pool_load *l, unsigned at, const char *line, size_t len)
{
	char place[N64_POOL_PLACE_MAX], value[SHOWN_MAX];
	struct n64_pool_entry entry;
	const char *why = NULL;
	int err = n64_pool_line_parse(&entry, line, len, &why);

	if(err == ENOENT)
		return 0;
	if(!err) {
		entry.row = N64_POOL_PARAMS + at;
		return n64_pool_load_put(l, &entry);
	}
	while(len && (line[len - 1] == '\n' || line[len - 1] == '\r'))
		--len;
	return n64_pool_load_fail(l, "%s, value \"%s\": %s",
			n64_pool_place(place, sizeof(place), N64_POOL_PARAMS + at),
			n64_pool_shown(value, sizeof(value), line, len), why);
}

static int load_file(struct n64_pool_load *l)
{
	FILE *f = fopen(n64_pool_conf.file, "re");
	char *line = NULL;
	size_t size = 0;
	unsigned at = 0;
	ssize_t len;
	int rc = 0;

	errno = f ? 0 : errno;
	while(f && !rc && (len = getline(&line, &size, f)) >= 0)
		rc = put_line(l, ++at, line, len);
	/* a folder can be opened, but not be read */
	if(!rc && (!f || ferror(f)))
		rc = n64_pool_load_fail(l,
				"parameter \"pool_file\", value \"%s\": cannot be read: %s",
				n64_pool_conf.file, strerror(errno));
	free(line);
	if(f)
		fclose(f);
	return rc;
}

/** One network with two prefixes: where is the one, where the other? */
static int conflict(struct n64_pool_load *l, const struct n64_pool_entry *bad)
{
	char place[N64_POOL_PLACE_MAX], other[N64_POOL_PLACE_MAX];
	char value[N64_POOL_TEXT_MAX + 1], pref[PREF64_TEXT_MAX + 1];
	bool table = bad->row >= N64_POOL_PARAMS && !n64_pool_conf.file;

	if(table)
		pref64_print(value, sizeof(value), &bad->pref);
	else
		n64_pool_entry_print(value, sizeof(value), bad);
	pref64_print(pref, sizeof(pref), &bad[-1].pref);
	return n64_pool_load_fail(l,
			"%s%s, value \"%s\": that network has %s already, from %s",
			n64_pool_place(place, sizeof(place), bad->row),
			table ? ", column pref64" : "", value, pref,
			n64_pool_place(other, sizeof(other), bad[-1].row));
}

int n64_pool_load(struct n64_pool *dst, struct n64_pool_load *l)
{
	size_t bad = 0;
	unsigned i;

	for(i = 0; i < n64_pool_conf.entries; i++)
		if(n64_pool_load_put(l, &n64_pool_conf.entry[i]) < 0)
			return -1;
	if(n64_pool_conf.file && load_file(l) < 0)
		return -1;
	if(n64_pool_conf.db_url.len && n64_db_load(l) < 0)
		return -1;
	switch(n64_pool_build(dst, l->v, l->n, &bad)) {
		case 0:
			return 0;
		case EEXIST:
			return conflict(l, &l->v[bad]);
		default:
			return n64_pool_load_fail(l, "%zu pools are too many", l->n);
	}
}
