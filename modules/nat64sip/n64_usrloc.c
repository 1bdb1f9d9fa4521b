/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "n64_usrloc.h"

#include "n64_bad.h"

#include "../../core/dprint.h"
#include "../../core/parser/parse_to.h"
#include "../../core/parser/parse_uri.h"
#include "../../core/sr_module.h"
#include "../../core/strutils.h"
#include "../../core/ut.h"
#include "../../nat64sip/binding.h"
#include "../../nat64sip/literal.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

/** The registrar takes no longer one */
#define AOR_MAX 256
#define TABLE_MAX 64

static const char default_table[] = "location";

/** Of the registrar, as the configuration file sets them; where to find them
 *  does not change */
static struct
{
	const int *case_sensitive;
	const str *realm_prefix;
} reg;

/** A parameter of the registrar; NULL if it has none of that name */
static const void *reg_param(char *name, modparam_t type)
{
	struct sr_module *mod = find_module_by_name("registrar");
	modparam_t found;

	return mod ? find_param_export(mod, name, type, &found) : NULL;
}

const usrloc_api_t *n64_usrloc(void)
{
	static usrloc_api_t api;
	static bool tried, bound;
	bind_usrloc_t bind;

	/* not in mod_init: usrloc refuses until it has been set up itself */
	if(tried)
		return bound ? &api : NULL;
	tried = true;
	bind = (bind_usrloc_t)(void (*)(void))find_export("ul_bind_usrloc", 1, 0);
	bound = bind && bind(&api) == 0;
	reg.case_sensitive = reg_param("case_sensitive", PARAM_INT);
	reg.realm_prefix = reg_param("realm_prefix", PARAM_STR);
	return bound ? &api : NULL;
}

/** The host without the registrar's realm_prefix */
static str realm(const str *host)
{
	const str *prefix = reg.realm_prefix;
	str out = *host;

	if(prefix && prefix->len > 0 && prefix->len < host->len
			&& !memcmp(prefix->s, host->s, prefix->len)) {
		out.s += prefix->len;
		out.len -= prefix->len;
	}
	return out;
}

/** Would un_escape() take it: printable characters only? It complains of what a
 *  phone wrote as of a fault of ours; the registrar, which refuses the message,
 *  says it too. */
static bool can_unescape(const str *text)
{
	char high, low;
	int i;

	for(i = 0; i < text->len; i++) {
		if(text->s[i] != '%')
			continue;
		if(i + 2 >= text->len)
			return false;
		high = text->s[++i];
		low = text->s[++i];
		if(high < '2' || high > '7' || !isxdigit((unsigned char)low)
				|| (high == '7' && (low == 'f' || low == 'F')))
			return false;
	}
	return true;
}

/** The AoR as the registrar makes it of the To URI: user, or user@host where
 *  usrloc's use_domain is set; lower case, but for the user if the registrar's
 *  case_sensitive is set */
static int get_aor(str *aor, struct sip_msg *msg, bool use_domain)
{
	struct sip_uri uri;
	str lower, host;
	int user_len;

	if(parse_to_header(msg) < 0
			|| parse_uri(get_to(msg)->uri.s, get_to(msg)->uri.len, &uri) < 0
			|| uri.user.len + uri.host.len + 1 > AOR_MAX)
		return -1;
	aor->len = uri.user.len;
	if(!can_unescape(&uri.user) || un_escape(&uri.user, aor) < 0)
		return -1;
	user_len = aor->len;
	if(use_domain) {
		host = realm(&uri.host);
		if(user_len)
			aor->s[aor->len++] = '@';
		memcpy(aor->s + aor->len, host.s, host.len);
		aor->len += host.len;
	}
	lower = *aor;
	if(user_len && reg.case_sensitive && *reg.case_sensitive) {
		lower.s += user_len;
		lower.len -= user_len;
	}
	strlower(&lower);
	return 0;
}

/** The mark of a binding, and whether it is of this address */
static enum n64_bound read_binding(
		struct pref64 *pref, const ucontact_t *c, const struct in_addr *src)
{
	struct in_addr addr;
	struct sip_uri uri;
	int err;

	/* with a Path, received is what another proxy says */
	if(c->received.len <= 0 || c->path.len > 0 || !VALID_CONTACT(c, time(NULL))
			|| parse_uri(c->received.s, c->received.len, &uri) < 0
			|| n64_lit4_parse(&addr, uri.host.s, uri.host.len))
		return N64_BOUND_NONE;
	err = n64_binding_read(
			pref, (struct n64_text){uri.params.s, uri.params.len});
	if(err)
		return err == ENOENT ? N64_BOUND_NONE : N64_BOUND_MALFORMED;
	return addr.s_addr == src->s_addr ? N64_BOUND_HERE : N64_BOUND_ELSEWHERE;
}

/** The strongest of a record's bindings, of equal ones the latest */
static enum n64_bound read_record(
		struct pref64 *pref, const urecord_t *r, const struct in_addr *src)
{
	enum n64_bound best = N64_BOUND_NONE, bound;
	const ucontact_t *c;
	struct pref64 its = {0};
	time_t when = 0;

	for(c = r->contacts; c; c = c->next) {
		bound = read_binding(&its, c, src);
		if(bound == N64_BOUND_NONE || bound < best
				|| (bound == best && c->last_modified < when))
			continue;
		best = bound;
		when = c->last_modified;
		*pref = its;
	}
	return best;
}

static int find_table(udomain_t **d, const usrloc_api_t *ul, const str *table)
{
	char name[TABLE_MAX + 1];

	if(table->len > 0 && table->len <= TABLE_MAX) {
		memcpy(name, table->s, table->len);
		name[table->len] = '\0';
		if(ul->get_udomain(name, d) == 0)
			return 0;
	}
	LM_ERR("fix_nat64_register(\"%.*s\"): usrloc has no such table\n",
			table->len, table->s);
	return -1;
}

int n64_usrloc_find(enum n64_bound *bound, struct pref64 *pref,
		struct sip_msg *msg, const str *table)
{
	const usrloc_api_t *ul = n64_usrloc();
	char buf[AOR_MAX];
	str aor = {buf, 0};
	struct in_addr src;
	udomain_t *d;
	urecord_t *r;

	*bound = N64_BOUND_NONE;
	if(!ul || msg->rcv.src_ip.af != AF_INET)
		return 0;
	if(table->len <= 0) {
		if(ul->get_udomain(default_table, &d) < 0)
			return 0;
	} else if(find_table(&d, ul, table) < 0) {
		return -1;
	}
	if(get_aor(&aor, msg, ul->use_domain) < 0)
		return 0;
	memcpy(&src, msg->rcv.src_ip.u.addr, sizeof(src));
	ul->lock_udomain(d, &aor);
	if(ul->get_urecord(d, &aor, &r) == 0) {
		*bound = read_record(pref, r, &src);
		ul->release_urecord(r);
	}
	ul->unlock_udomain(d, &aor);
	if(*bound == N64_BOUND_MALFORMED)
		n64_bad(msg, N64_BAD_MARK);
	return 0;
}
