/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_keepalive.h"

#include "n64_cache.h"
#include "n64_conf.h"
#include "n64_mode.h"
#include "n64_probe.h"
#include "n64_proto.h"
#include "n64_usrloc.h"

#include "../../core/dprint.h"
#include "../../core/mem/mem.h"
#include "../../core/parser/parse_uri.h"
#include "../../core/timer_proc.h"
#include "../../nat64sip/binding.h"
#include "../../nat64sip/literal.h"

#include <stdbool.h>
#include <string.h>

/** Grows in steps of this size */
#define BUF_STEP 16384

/** One contact as usrloc's get_all_ucontacts() packs it: lengths and texts, not
 *  aligned */
struct packed
{
	str contact, received, path, ruid;
	struct socket_info *sock;
	unsigned int cflags, aorhash;
};

static const char *take(const char *p, void *dst, size_t len)
{
	memcpy(dst, p, len);
	return p + len;
}

static const char *take_str(const char *p, str *dst)
{
	p = take(p, &dst->len, sizeof(dst->len));
	dst->s = (char *)p;
	return p + dst->len;
}

/** @return The next one's place; NULL behind the last */
static const char *unpack(struct packed *c, const char *p)
{
	p = take_str(p, &c->contact);
	if(!c->contact.len)
		return NULL;
	p = take_str(p, &c->received);
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): the pointer is packed */
	p = take(p, &c->sock, sizeof(c->sock));
	p = take(p, &c->cflags, sizeof(c->cflags));
	p = take_str(p, &c->path);
	p = take_str(p, &c->ruid);
	return take(p, &c->aorhash, sizeof(c->aorhash));
}

/** Is this flow one of a phone behind NAT64, or may it be? What the flow itself
 *  has shown counts before the mark. */
static bool is_nat64(const struct n64_probe_to *to, bool marked)
{
	struct n64_flow_key key;
	struct n64_fact fact;

	n64_probe_key(&key, to);
	return n64_cache_find(&fact, &key) ? fact.hint || fact.nat64 : marked;
}

static void handle(const struct packed *c)
{
	struct n64_probe_to to = {.sock = c->sock};
	struct n64_flow_key key;
	struct pref64 pref;
	struct sip_uri uri;
	bool marked;

	/* another node's flow has no socket here; by a Path it is another
	 * proxy's */
	if(!c->sock || !c->received.len || c->path.len
			|| parse_uri(c->received.s, c->received.len, &uri) < 0
			|| n64_lit4_parse(&to.addr, uri.host.s, uri.host.len))
		return;
	to.proto = n64_uri_proto(&uri);
	if(to.proto != PROTO_UDP && to.proto != PROTO_TCP && to.proto != PROTO_TLS)
		return;
	to.port = n64_uri_port(&uri);
	marked = n64_binding_read(
					 &pref, (struct n64_text){uri.params.s, uri.params.len})
			 == 0;
	n64_probe_key(&key, &to);
	if(is_nat64(&to, marked) && n64_cache_claim_keepalive(&key)
			&& n64_probe_send(&to, true) < 0)
		n64_cache_unclaim(&key);
}

/** All contacts of one part; NULL if there is no memory. The buffer is kept. */
static const char *fetch(const usrloc_api_t *ul, unsigned part)
{
	static char *buf;
	static int size;
	int more = BUF_STEP;

	if(buf)
		more = ul->get_all_ucontacts(
				buf, size, 0, part, n64_conf.probe_interval, 0);
	while(more > 0) {
		char *bigger = pkg_realloc(buf, size + more + BUF_STEP);

		if(!bigger) {
			PKG_MEM_ERROR;
			return NULL;
		}
		buf = bigger;
		size += more + BUF_STEP;
		more = ul->get_all_ucontacts(
				buf, size, 0, part, n64_conf.probe_interval, 0);
	}
	return more == 0 ? buf : NULL;
}

/** Each second another part of the registrations: all of them in one interval */
static void tick(unsigned int ticks, void *param)
{
	static unsigned part;
	const usrloc_api_t *ul = n64_usrloc();
	struct packed c;
	const char *p;

	(void)ticks;
	(void)param;
	if(!ul || n64_mode_now() != N64_MODE_ON)
		return;
	p = fetch(ul, part);
	part = (part + 1) % n64_conf.probe_interval;
	while(p && (p = unpack(&c, p)))
		handle(&c);
}

static bool wanted(void)
{
	return n64_conf.probe && n64_conf.probe_interval > 0;
}

int n64_keepalive_init(void)
{
	return wanted() ? register_basic_timers(1) : 0;
}

int n64_keepalive_check(void)
{
	const usrloc_api_t *ul;

	if(!wanted())
		return 0;
	ul = n64_usrloc();
	if(!ul || ul->db_mode == DB_ONLY) {
		LM_ERR("parameter \"probe_interval\", value \"%u\": needs the module"
			   " usrloc, with a db_mode other than 3\n",
				n64_conf.probe_interval);
		return -1;
	}
	return 0;
}

int n64_keepalive_start(void)
{
	if(!wanted())
		return 0;
	return fork_basic_timer(PROC_TIMER, "nat64sip keepalive", 1, tick, NULL, 1)
						   < 0
				   ? -1
				   : 0;
}
