/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Reading pools, from the parameter, a file or a table, into one array; and
 * what to tell the operator of the first entry that is wrong.
 */
#ifndef N64_POOL_LOAD_H
#define N64_POOL_LOAD_H

#include "../../core/str.h"
#include "../../nat64sip/pool.h"

#include <stddef.h>
#include <stdint.h>

/** How many "pool" parameters there may be, and the rows that are theirs */
#define N64_POOL_PARAMS 256

/** Longest message, with NUL */
#define N64_POOL_WHY_MAX 512

/** Longest text of a place, with NUL */
#define N64_POOL_PLACE_MAX 320

/** What the operator set. file is NULL or ends with NUL. */
struct n64_pool_conf
{
	struct n64_pool_entry entry[N64_POOL_PARAMS];
	unsigned entries;
	char *file;
	str db_url, db_table;
};

/** Read-only once mod_init has run */
extern struct n64_pool_conf n64_pool_conf;

/** A set that is being loaded; all zero before */
struct n64_pool_load
{
	struct n64_pool_entry *v; /**< shared memory, the caller's to free */
	size_t n, max;
	char why[N64_POOL_WHY_MAX]; /**< what is wrong */
};

/**
 * Read all that is configured.
 *
 * @param dst Gets the pool, over l->v
 *
 * @return 0, or -1 and l->why says what is wrong
 */
int n64_pool_load(struct n64_pool *dst, struct n64_pool_load *l);

/** Add one entry. @return 0, or -1 and l->why says so */
int n64_pool_load_put(
		struct n64_pool_load *l, const struct n64_pool_entry *entry);

/** Say what is wrong. @return -1 */
int n64_pool_load_fail(struct n64_pool_load *l, const char *fmt, ...)
		__attribute__((format(printf, 2, 3)));

/**
 * A value from outside as a log line may hold it: printable, not too long.
 *
 * @return dst
 */
const char *n64_pool_shown(
		char *dst, size_t size, const char *text, size_t len);

/**
 * Where an entry was read: 'parameter "pool"', "/etc/pools:3" or
 * "table nat64sip_pool, row 3".
 *
 * @return dst
 */
const char *n64_pool_place(char *dst, size_t size, uint32_t row);

#endif
