/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#define _GNU_SOURCE /* memmem */

#include "n64_lumps.h"

#include "../../core/mem/mem.h"
#include "../../nat64sip/pair_params.h"

#include <string.h>
#include <strings.h>

#define LABEL ";n64="

bool n64_lumps_deleted(const struct lump *list, int offset)
{
	for(; list; list = list->next)
		if(list->op == LUMP_DEL && list->u.offset <= offset
				&& offset < list->u.offset + list->len)
			return true;
	return false;
}

/** Call f for each lump hanging on root, root itself last; stops at true */
static struct lump *each(struct lump *root,
		bool (*f)(const struct lump *l, const void *arg), const void *arg)
{
	struct lump *l;

	for(l = root->before; l; l = l->before)
		if(f(l, arg))
			return l;
	for(l = root->after; l; l = l->after)
		if(f(l, arg))
			return l;
	return f(root, arg) ? root : NULL;
}

static bool is_shared(const struct lump *l, const void *arg)
{
	(void)arg;
	return l->flags & LUMPFLAG_SHMEM;
}

bool n64_lumps_shared(const struct lump *list)
{
	for(; list; list = list->next)
		if(each((struct lump *)list, is_shared, NULL))
			return true;
	return false;
}

static bool adds_header(const struct lump *l, const void *arg)
{
	const str *name = arg;

	/* most differ in their first letter */
	return l->op == LUMP_ADD && l->len > name->len
		   && !((l->u.value[0] ^ name->s[0]) & ~0x20)
		   && !strncasecmp(l->u.value, name->s, name->len)
		   && (l->u.value[name->len] == ':' || l->u.value[name->len] == ' ');
}

static void unlink_lump(struct lump *root, struct lump *l)
{
	struct lump *p;

	for(p = root; p->before && p->before != l; p = p->before)
		;
	if(p->before) {
		p->before = l->before;
	} else {
		for(p = root; p->after && p->after != l; p = p->after)
			;
		if(!p->after)
			return;
		p->after = l->after;
	}
	free_lump(l);
	pkg_free(l);
}

bool n64_lumps_add_header(const struct sip_msg *msg, const str *name)
{
	struct lump *root;

	for(root = msg->add_rm; root; root = root->next)
		if(each(root, adds_header, name))
			return true;
	return false;
}

int n64_lumps_drop_header(struct sip_msg *msg, const str *name)
{
	struct lump *root, *l;

	for(root = msg->add_rm; root; root = root->next) {
		l = each(root, adds_header, name);
		if(l && is_shared(l, NULL))
			return -1;
	}
	for(root = msg->add_rm; root; root = root->next)
		while((l = each(root, adds_header, name)) != NULL)
			unlink_lump(root, l);
	return 0;
}

void n64_lumps_undo_deletion(struct sip_msg *msg, int offset)
{
	struct lump *l;

	for(l = msg->add_rm; l; l = l->next)
		if(l->op == LUMP_DEL && l->u.offset == offset && !l->after) {
			remove_lump(msg, l);
			return;
		}
}

/** rr anchors the head of a value at a lump of this type ... */
static bool is_rr_head(const struct lump *root)
{
	return root->op == LUMP_NOP && root->type == HDR_RECORDROUTE_T;
}

/** ... and its tail, ";lr>", before a lump without a type */
static bool is_rr_tail(const struct lump *root)
{
	const struct lump *l;

	if(root->op != LUMP_NOP)
		return false;
	for(l = root->before; l; l = l->before)
		if(l->op == LUMP_ADD && l->type == HDR_RECORDROUTE_T)
			return true;
	return false;
}

static bool contains(const struct lump *l, const void *arg)
{
	const str *text = arg;

	return l->op == LUMP_ADD && l->len >= text->len
		   && memmem(l->u.value, l->len, text->s, text->len);
}

void n64_lumps_find_rr(struct n64_rr_lumps *dst, struct sip_msg *msg)
{
	static const str label = str_init(LABEL);
	struct lump *root;

	memset(dst, 0, sizeof(*dst));
	for(root = msg->add_rm; root; root = root->next) {
		if(!is_rr_head(root) && !is_rr_tail(root))
			continue;
		dst->n += is_rr_head(root);
		dst->shared |= each(root, is_shared, NULL) != NULL;
		dst->labelled |= each(root, contains, &label) != NULL;
	}
}

bool n64_lumps_have_rr(struct sip_msg *msg, const str *text)
{
	struct lump *root;

	for(root = msg->add_rm; root; root = root->next)
		if(is_rr_head(root) && each(root, contains, text))
			return true;
	return false;
}

static void gather(str *dst, int size, const struct lump *l)
{
	struct n64_text text = {l->u.value, l->len};

	if(l->op == LUMP_ADD && l->len > 0)
		dst->len = n64_pair_add_params(dst->s, size, dst->len, text);
}

void n64_lumps_rr_params(str *dst, int size, struct sip_msg *msg)
{
	struct lump *root, *l;

	for(root = msg->add_rm; root; root = root->next) {
		if(!is_rr_head(root) && !is_rr_tail(root))
			continue;
		for(l = root->after; l; l = l->after)
			gather(dst, size, l);
		for(l = root->before; l; l = l->before)
			gather(dst, size, l);
	}
}

void n64_lumps_drop_rr(struct sip_msg *msg)
{
	struct lump *root, *next;

	for(root = msg->add_rm; root; root = next) {
		next = root->next;
		if(is_rr_head(root) || is_rr_tail(root))
			remove_lump(msg, root);
	}
}
