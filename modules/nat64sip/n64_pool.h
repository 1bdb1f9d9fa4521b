/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * Pools: which PREF64 do the phones use whose packets come from this IPv4
 * network? Two sets in shared memory; a reload fills the one that is not in
 * use and flips one pointer, so that readers never wait.
 */
#ifndef N64_POOL_SETS_H
#define N64_POOL_SETS_H

#include "n64_pool_load.h"

#include "../../core/ip_addr.h"
#include "../../core/sr_module.h"

/** Seconds after a reload in which the next is refused: a worker may still
 *  read the set that the next reload would overwrite */
#define N64_POOL_RELOAD_PAUSE 5

/** The callback of parameter "pool" */
int n64_pool_add(modparam_t type, void *val);

/**
 * Check the parameters and load. Call in mod_init, before fork.
 *
 * @return 0, or -1 after one line in the log that names parameter, file and
 *         line, or row and column, and the value
 */
int n64_pool_init(void);

void n64_pool_destroy(void);

/**
 * The PREF64 of an address; any family may be asked. To be used at once: the
 * next reload but one overwrites it.
 *
 * @return It, or NULL if there is none
 */
const struct pref64 *n64_pool_pref(const struct ip_addr *ip);

/** As n64_pool_pref(), of a host as it stands in a Via */
const struct pref64 *n64_pool_pref_of_host(const str *host);

/** The set in use; all zero where nothing is configured */
struct n64_pool n64_pool_active(void);

/**
 * Load pool_file or the table again, and use it if all of it is right.
 *
 * @param why Gets, on failure, what the operator must know; the old set stays
 *
 * @return 0, or -1
 */
int n64_pool_reload(char *why, size_t size);

#endif
