/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The table of pools, through Kamailio's database interface. Connected only
 * while it is read, in mod_init and by the RPC.
 */
#ifndef N64_DB_H
#define N64_DB_H

#include "n64_pool_load.h"

/** What the table "version" must say of the table */
#define N64_DB_VERSION 1

/**
 * Bind the database module. Call in mod_init.
 *
 * @return 0, or -1 and l->why says what is wrong
 */
int n64_db_init(struct n64_pool_load *l);

/** Read the table. @return 0, or -1 and l->why says what is wrong */
int n64_db_load(struct n64_pool_load *l);

#endif
