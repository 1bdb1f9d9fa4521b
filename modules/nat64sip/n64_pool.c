/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_pool.h"

#include "n64_carry.h"
#include "n64_db.h"

#include "../../core/dprint.h"
#include "../../core/mem/shm_mem.h"
#include "../../nat64sip/literal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

struct shared
{
	struct n64_pool set[2];
	struct n64_pool *active; /**< one of them; read and written atomically */
	bool loading;			 /**< a reload is running, likewise */
	time_t flipped;			 /**< monotonic; written by who is loading */
};

/** NULL where nothing is configured */
static struct shared *shared;

static int refuse(
		const char *name, const char *value, int len, const char *why)
{
	LM_ERR("parameter \"%s\", value \"%.*s\": %s\n", name, len, value, why);
	return -1;
}

int n64_pool_add(modparam_t type, void *val)
{
	struct n64_pool_conf *c = &n64_pool_conf;
	struct n64_pool_entry entry;
	const char *text = val, *why;

	(void)type;
	if(n64_pool_entry_parse(&entry, text, strlen(text), &why))
		return refuse("pool", text, strlen(text), why);
	if(c->entries == N64_POOL_PARAMS)
		return refuse("pool", text, strlen(text),
				"is one too many, use parameter pool_file");
	entry.row = c->entries;
	c->entry[c->entries++] = entry;
	return 0;
}

static bool is_table_name(const str *name)
{
	int i;

	for(i = 0; i < name->len; i++)
		if(!isalnum((unsigned char)name->s[i]) && !strchr("_.", name->s[i]))
			return false;
	return name->len > 0;
}

static int check(const struct n64_pool_conf *c)
{
	if(c->file && c->db_url.len)
		return refuse("pool_file", c->file, strlen(c->file),
				"cannot be used together with db_url");
	if(c->db_url.len && !is_table_name(&c->db_table))
		return refuse("db_table", c->db_table.s, c->db_table.len,
				"must be the name of a table");
	return 0;
}

int n64_pool_init(void)
{
	struct n64_pool_conf *c = &n64_pool_conf;
	struct n64_pool_load l = {0};

	if(c->file && !*c->file)
		c->file = NULL;
	if(check(c) < 0)
		return -1;
	if(!c->entries && !c->file && !c->db_url.len)
		return 0;
	shared = shm_malloc(sizeof(*shared));
	if(!shared) {
		SHM_MEM_ERROR;
		return -1;
	}
	memset(shared, 0, sizeof(*shared));
	shared->active = &shared->set[0];
	if((c->db_url.len && n64_db_init(&l) < 0)
			|| n64_pool_load(shared->active, &l) < 0) {
		LM_ERR("%s\n", l.why);
		if(l.v)
			shm_free(l.v);
		return -1;
	}
	return 0;
}

static void empty(struct n64_pool *set)
{
	struct n64_pool_entry *v = (struct n64_pool_entry *)set->v;

	memset(set, 0, sizeof(*set));
	if(v)
		shm_free(v);
}

void n64_pool_destroy(void)
{
	if(!shared)
		return;
	empty(&shared->set[0]);
	empty(&shared->set[1]);
	shm_free(shared);
	shared = NULL;
}

struct n64_pool n64_pool_active(void)
{
	static const struct n64_pool none;

	return shared ? *__atomic_load_n(&shared->active, __ATOMIC_ACQUIRE) : none;
}

static const struct pref64 *find(const struct in_addr *addr)
{
	const struct n64_pool *set =
			__atomic_load_n(&shared->active, __ATOMIC_ACQUIRE);
	const struct n64_pool_entry *entry = n64_pool_find(set, addr);

	return entry ? &entry->pref : NULL;
}

const struct pref64 *n64_pool_pref(const struct ip_addr *ip)
{
	struct in_addr addr;

	if(!shared || ip->af != AF_INET)
		return NULL;
	memcpy(&addr, ip->u.addr, sizeof(addr));
	return find(&addr);
}

const struct pref64 *n64_pool_pref_of_host(const str *host)
{
	struct in_addr addr;

	if(!shared || n64_lit4_parse(&addr, host->s, host->len))
		return NULL;
	return find(&addr);
}

static time_t now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

/** With shared->loading held */
static int reload(struct n64_pool_load *l)
{
	struct n64_pool *idle = &shared->set[shared->active == &shared->set[0]];
	struct n64_pool fresh;

	/* at least the whole pause, whatever part of a second is gone */
	if(shared->flipped && now() - shared->flipped <= N64_POOL_RELOAD_PAUSE)
		return n64_pool_load_fail(l,
				"the last reload was less than %d s ago, wait",
				N64_POOL_RELOAD_PAUSE);
	if(n64_pool_load(&fresh, l) < 0)
		return -1;
	empty(idle);
	*idle = fresh;
	n64_carry_pools(idle, shared->active);
	__atomic_store_n(&shared->active, idle, __ATOMIC_RELEASE);
	shared->flipped = now();
	return 0;
}

int n64_pool_reload(char *why, size_t size)
{
	struct n64_pool_load l = {0};
	int rc = -1;

	if(!n64_pool_conf.file && !n64_pool_conf.db_url.len) {
		n64_pool_load_fail(&l, "there is nothing to load: neither pool_file"
							   " nor db_url is set");
	} else if(__atomic_exchange_n(&shared->loading, true, __ATOMIC_ACQUIRE)) {
		n64_pool_load_fail(&l, "another reload is running, wait");
	} else {
		rc = reload(&l);
		__atomic_store_n(&shared->loading, false, __ATOMIC_RELEASE);
	}
	if(rc == 0)
		return 0;
	if(l.v)
		shm_free(l.v);
	LM_ERR("the pools stay as they are: %s\n", l.why);
	snprintf(why, size, "%s", l.why);
	return -1;
}
