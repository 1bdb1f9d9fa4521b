/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#define _GNU_SOURCE /* memrchr */

#include "n64_path.h"

#include "n64_ask.h"
#include "n64_bad.h"
#include "n64_conf.h"
#include "n64_lumps.h"
#include "n64_mode.h"
#include "n64_register.h"
#include "n64_stats.h"

#include "../../core/dprint.h"
#include "../../core/mem/mem.h"
#include "../../core/parser/parse_uri.h"
#include "../../nat64sip/binding.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#define PATH_HEAD "Path: <"

static bool is_path_head(const struct lump *l)
{
	return l->op == LUMP_ADD && l->len >= (int)sizeof(PATH_HEAD) - 1
		   && !strncasecmp(l->u.value, PATH_HEAD, sizeof(PATH_HEAD) - 1);
}

/** Put the mark into the parameters of a value, before their ">" */
static int mark_tail(struct lump *l, const struct pref64 *pref)
{
	const char *end = memrchr(l->u.value, '>', l->len);
	size_t head = end - l->u.value, rest = l->len - head, n;
	size_t size = l->len + sizeof(";pref64=") + PREF64_TEXT_MAX;
	char *text = pkg_malloc(size);

	if(!text) {
		PKG_MEM_ERROR;
		return -1;
	}
	n = n64_binding_print(
			text, size - rest, (struct n64_text){l->u.value, head}, pref);
	if(!n) {
		pkg_free(text);
		return -1;
	}
	memcpy(text + n, end, rest);
	pkg_free(l->u.value);
	l->u.value = text;
	l->len = n + rest;
	return 0;
}

/** A value ends with the lump that has its ">"; path writes one or, with
 *  enable_r2, two before the same anchor */
static int mark_values(struct lump *root, const struct pref64 *pref)
{
	bool inside = false;
	struct lump *l;
	int n = 0;

	for(l = root->before; l; l = l->before) {
		inside |= is_path_head(l);
		if(!inside || l->op != LUMP_ADD || !memrchr(l->u.value, '>', l->len))
			continue;
		if(mark_tail(l, pref) < 0)
			return -1;
		inside = false;
		++n;
	}
	return n;
}

static int mark(struct sip_msg *msg, const struct pref64 *pref)
{
	struct lump *root;
	int n = 0, rc;

	/* in shared memory it is not ours to change */
	if(n64_lumps_shared(msg->add_rm))
		return 0;
	for(root = msg->add_rm; root; root = root->next) {
		rc = mark_values(root, pref);
		if(rc < 0) {
			counter_inc(n64_stats.failed);
			return -1;
		}
		n += rc;
	}
	if(n > 0)
		counter_inc(n64_stats.marked);
	return 0;
}

int n64_path_register(const struct n64_view *v)
{
	const struct n64_verdict *phone = &v->near.source;

	/* who is behind another proxy is for that one to know */
	if(!v->direct || n64_mode_of(v->msg) != N64_MODE_ON)
		return 0;
	n64_ask(v);
	if(!n64_register_told(phone))
		return 0;
	return mark(v->msg, &phone->pref);
}

bool n64_path_from_peer(const struct sip_msg *msg)
{
	struct in_addr src;

	if(!n64_conf.path_peers_n || msg->rcv.src_ip.af != AF_INET)
		return false;
	memcpy(&src, msg->rcv.src_ip.u.addr, sizeof(src));
	return n64_conf_is_path_peer(&src);
}

bool n64_path_to_peer(const struct n64_view *v)
{
	struct in_addr addr;

	if(!n64_conf.path_peers_n || v->hop.af != AF_INET)
		return false;
	addr = v->hop.to.sin.sin_addr;
	return n64_conf_is_path_peer(&addr);
}

void n64_path_read(struct n64_view *v, struct n64_text params)
{
	int err;

	if(!n64_binding_named(params))
		return;
	v->path_named = true;
	/* the first value is the one that loose_route() goes by */
	if(v->path.len || !n64_path_from_peer(v->msg))
		return;
	err = n64_binding_read(&v->path, params);
	if(err && err != ENOENT)
		n64_bad(v->msg, N64_BAD_MARK);
}
