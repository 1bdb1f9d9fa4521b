/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_held.h"

#include "n64_cache.h"

#include "../../core/atomic_ops.h"
#include "../../core/config.h"
#include "../../core/dprint.h"
#include "../../core/locking.h"
#include "../../core/mem/shm_mem.h"
#include "../../core/receive.h"
#include "../../core/sr_module.h"
#include "../../core/timer_proc.h"

#include <string.h>

/** Probes are few, and answered within a round trip */
#define PLACES 32
/** Who forks further on may have several answers; nobody may have all places */
#define PLACES_OF_PHONE 4
/** A 200 with a large SDP is half of it */
#define OCTETS 8192
/** Microseconds between two looks: far below a round trip to a mobile phone */
#define LOOK 20000

struct answer
{
	struct n64_flow_key phone;
	receive_info_t from;
	unsigned patience;
	unsigned number; /**< in the order in which they came */
	int len;		 /**< 0: the place is free */
	char text[OCTETS];
};

struct held
{
	gen_lock_t lock;
	atomic_t n; /**< places that are taken */
	unsigned number;
	struct answer place[PLACES];
};

static struct held *held;
static bool handing_on;
static bool changed_before;

int n64_held_init(void)
{
	held = shm_malloc(sizeof(*held));
	if(!held) {
		SHM_MEM_ERROR;
		return -1;
	}
	memset(held, 0, sizeof(*held));
	lock_init(&held->lock);
	changed_before = find_module_by_name("topoh")
					 || find_module_by_name("topos")
					 || find_module_by_name("gzcompress");
	return register_basic_timers(1);
}

void n64_held_destroy(void)
{
	if(held)
		shm_free(held);
	held = NULL;
}

static bool is_it(const struct answer *a, const struct sip_msg *rpl)
{
	return a->len == (int)rpl->len && !memcmp(a->text, rpl->buf, rpl->len);
}

static bool is_of(const struct answer *a, const struct n64_flow_key *phone)
{
	return a->len && a->phone.addr.s_addr == phone->addr.s_addr
		   && a->phone.port == phone->port && a->phone.tp == phone->tp;
}

/** The place that has it already, or a free one, or NULL */
static struct answer *place_for(
		const struct n64_flow_key *phone, const struct sip_msg *rpl)
{
	struct answer *a = held->place, *free = NULL;
	int of_phone = 0;

	for(; a < held->place + PLACES; a++) {
		if(is_it(a, rpl))
			return a;
		of_phone += is_of(a, phone);
		if(!a->len && !free)
			free = a;
	}
	return of_phone < PLACES_OF_PHONE ? free : NULL;
}

bool n64_held_keep(const struct n64_flow_key *phone, unsigned patience,
		const struct sip_msg *rpl)
{
	struct answer *a;

	if(changed_before || rpl->len > OCTETS)
		return false;
	lock_get(&held->lock);
	a = place_for(phone, rpl);
	if(a && !a->len) {
		a->phone = *phone;
		a->patience = patience;
		a->number = held->number++;
		a->from = rpl->rcv;
		a->len = rpl->len;
		memcpy(a->text, rpl->buf, rpl->len);
		atomic_inc(&held->n);
	}
	lock_release(&held->lock);
	return a;
}

bool n64_held_handing_on(void)
{
	return handing_on;
}

static bool is_due(const struct answer *a)
{
	return a->len && !n64_cache_asked(&a->phone, a->patience);
}

/** Take the first one out whose phone has answered, or has had its time */
static int take(char *text, receive_info_t *from)
{
	struct answer *a, *first = NULL;
	int len = 0;

	lock_get(&held->lock);
	for(a = held->place; a < held->place + PLACES; a++)
		if(is_due(a) && (!first || (int)(a->number - first->number) < 0))
			first = a;
	if(first) {
		len = first->len;
		memcpy(text, first->text, len);
		text[len] = '\0';
		*from = first->from;
		first->len = 0;
		atomic_dec(&held->n);
	}
	lock_release(&held->lock);
	return len;
}

static void look(unsigned int ms, void *param)
{
	/* as large as the core's own: what is called before the script may write
	 * more than there was */
	static char text[BUF_SIZE + 1];
	receive_info_t from;
	int len;

	(void)ms;
	(void)param;
	if(!atomic_get(&held->n))
		return;
	handing_on = true;
	while((len = take(text, &from)) > 0)
		receive_msg(text, len, &from);
	handing_on = false;
}

int n64_held_start(void)
{
	if(!held)
		return 0;
	return fork_basic_utimer(PROC_TIMER, "nat64sip held answers", 1, look,
				   NULL,
				   LOOK) < 0
				   ? -1
				   : 0;
}
