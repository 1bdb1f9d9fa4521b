/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * nat64sip's parameters, refused where the module refuses them (n64_conf.c).
 */
#include "explain_conf.h"

#include "literal.h"
#include "text.h"
#include "tool.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int refuse(const char *name, const char *value, const char *right)
{
	tool_say("parameter \"%s\", value \"%s\": %s", name, value, right);
	return -1;
}

static bool is(const char *text, const char *word)
{
	return n64_text_is(text, strlen(text), word);
}

static int add_net(struct ex_nets *nets, const char *name, const char *value)
{
	if (nets->n == EX_PEERS)
		return refuse(name, value, "is one too many");
	if (n64_net4_parse(&nets->v[nets->n], value, strlen(value)))
		return refuse(name, value,
			      "must be an IPv4 network such as 192.0.2.0/24");
	nets->n++;
	return 0;
}

static int add_peer(struct ex_conf *c, const char *name, const char *value)
{
	return add_net(&c->peers, name, value);
}

static int add_path_peer(struct ex_conf *c, const char *name,
			 const char *value)
{
	return add_net(&c->path_peers, name, value);
}

static int add_own(struct ex_conf *c, const char *name, const char *value)
{
	struct ex_own *own = &c->own_address[c->own_addresses];

	if (c->own_addresses == EX_OWN_ADDRESSES)
		return refuse(name, value, "is one too many");
	if (n64_own_address_parse(&own->local, &own->own, value,
				  strlen(value)))
		return refuse(name, value,
			      "must be an IPv4 address such as 198.51.100.10, "
			      "or LISTEN=OWN such as 10.0.0.5=198.51.100.10");
	c->own_addresses++;
	return 0;
}

static int add_pool(struct ex_conf *c, const char *name, const char *value)
{
	struct n64_pool_entry entry;
	const char *why;

	if (n64_pool_entry_parse(&entry, value, strlen(value), &why))
		return refuse(name, value, why);
	if (c->pools == EX_POOLS)
		return refuse(name, value, "is one too many");
	c->pool_v[c->pools++] = entry;
	return 0;
}

/* 0: there is nothing in this line */
static int add_line(struct ex_conf *c, const char *line, size_t len,
		    const char **why)
{
	struct n64_pool_entry entry;
	int err = n64_pool_line_parse(&entry, line, len, why);

	if (err)
		return err == EINVAL ? -1 : 0;
	*why = "is too long";
	if (c->pools == EX_POOLS)
		return -1;
	c->pool_v[c->pools++] = entry;
	return 0;
}

static int add_pool_file(struct ex_conf *c, const char *name, const char *path)
{
	FILE *f = *path ? fopen(path, "re") : NULL;
	const char *why = NULL;
	char *line = NULL;
	size_t size = 0;
	ssize_t len;
	int err = 0;

	if (!*path)
		return 0;
	if (!f)
		return refuse(name, path, strerror(errno));
	while (!err && (len = getline(&line, &size, f)) >= 0)
		err = add_line(c, line, (size_t)len, &why);
	free(line);
	fclose(f);
	return err ? refuse(name, path, why) : 0;
}

static int no_database(struct ex_conf *c, const char *name, const char *value)
{
	(void)c;
	return refuse(name, value,
		      "explain reads no database: give its pools as pool or "
		      "pool_file");
}

static int add_ua(struct ex_conf *c, const char *name, const char *value)
{
	struct n64_ua_fault fault;

	if (n64_ua_add(&c->ua, value, strlen(value), &fault))
		return refuse(name, value, fault.what);
	return 0;
}

static int set_prefix(struct ex_conf *c, const char *name, const char *value)
{
	const char *why;

	memset(&c->policy.pref, 0, sizeof(c->policy.pref));
	if (*value &&
	    pref64_parse(&c->policy.pref, value, strlen(value), &why))
		return refuse(name, value, why);
	return 0;
}

static int set_detect(struct ex_conf *c, const char *name, const char *value)
{
	if (n64_detect_parse(&c->policy.detect, value, strlen(value)))
		return refuse(name, value,
			      "must be a list of via, contact and sdp");
	return 0;
}

static int set_mode(struct ex_conf *c, const char *name, const char *value)
{
	c->off = is(value, "off");
	c->dryrun = is(value, "dryrun");
	if (c->off || c->dryrun || is(value, "on"))
		return 0;
	return refuse(name, value, "must be on, dryrun or off");
}

static int set_believe(struct ex_conf *c, const char *name, const char *value)
{
	c->policy.believe_configured = is(value, "configured");
	if (c->policy.believe_configured || is(value, "shown"))
		return 0;
	return refuse(name, value, "must be shown or configured");
}

static int copy(char dst[EX_NAME_MAX], const char *name, const char *value)
{
	if (strlen(value) >= EX_NAME_MAX)
		return refuse(name, value, "is too long");
	snprintf(dst, EX_NAME_MAX, "%s", value);
	return 0;
}

/* RFC 3261 25.1: token */
static bool is_token(const char *text)
{
	static const char chars[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-.!%*_+`'~";

	return *text && text[strspn(text, chars)] == '\0';
}

static int set_header(struct ex_conf *c, const char *name, const char *value)
{
	if (!is_token(value))
		return refuse(name, value,
			      "must be the name of a header field");
	return copy(c->notify_header, name, value);
}

static int set_fqdn(struct ex_conf *c, const char *name, const char *value)
{
	if (*value && n64_host_kind(value, strlen(value)) != N64_HOST_NAME)
		return refuse(name, value,
			      "must be a host name, which resolves to this "
			      "proxy");
	return copy(c->rr_fqdn, name, value);
}

/* As Kamailio's configuration has it: yes and no are numbers, too */
static bool read_number(long *dst, const char *text)
{
	static const char *const words[2][4] = {
		{"no", "false", "off", "disable"},
		{"yes", "true", "on", "enable"},
	};
	char *end;
	size_t i;

	for (i = 0; i < 8; i++) {
		*dst = i / 4;
		if (is(text, words[i / 4][i % 4]))
			return true;
	}
	*dst = strtol(text, &end, 0);
	return *text && !*end;
}

static int number(long *dst, const char *name, const char *value, long min,
		  long max)
{
	char right[48];

	if (read_number(dst, value) && *dst >= min && *dst <= max)
		return 0;
	if (max == 1)
		return refuse(name, value, "must be 0 or 1");
	snprintf(right, sizeof(right), "must be %ld to %ld", min, max);
	return refuse(name, value, right);
}

static int set_switch(bool *dst, const char *name, const char *value)
{
	long n;

	if (number(&n, name, value, 0, 1))
		return -1;
	*dst = n == 1;
	return 0;
}

static int set_bounded(unsigned *dst, const char *name, const char *value)
{
	long n;

	if (number(&n, name, value, 1, 1 << 24))
		return -1;
	*dst = (unsigned)n;
	return 0;
}

static int set_strict(struct ex_conf *c, const char *name, const char *value)
{
	return set_switch(&c->wkp_strict, name, value);
}

static int set_probe(struct ex_conf *c, const char *name, const char *value)
{
	return set_switch(&c->probe, name, value);
}

static int set_flows(struct ex_conf *c, const char *name, const char *value)
{
	return set_bounded(&c->flows, name, value);
}

static int set_expire(struct ex_conf *c, const char *name, const char *value)
{
	return set_bounded(&c->flow_expire, name, value);
}

/* The probes of a capture are in it */
static int set_interval(struct ex_conf *c, const char *name, const char *value)
{
	long n;

	(void)c;
	return number(&n, name, value, 0, 86400);
}

/* set NULL: nothing that explain says hangs on it. db_url of a file is not
 * looked at: its pools are not known */
static const struct {
	const char *name;
	int (*set)(struct ex_conf *c, const char *name, const char *value);
	bool by_hand; /**< --set only */
} params[] = {
	{"pref64", set_prefix, false},
	{"pool", add_pool, false},
	{"pool_file", add_pool_file, false},
	{"notify_peer", add_peer, false},
	{"path_peer", add_path_peer, false},
	{"own_address", add_own, false},
	{"ua_policy", add_ua, false},
	{"notify_header", set_header, false},
	{"rr_fqdn", set_fqdn, false},
	{"detect", set_detect, false},
	{"believe", set_believe, false},
	{"mode", set_mode, false},
	{"wkp_strict", set_strict, false},
	{"probe", set_probe, false},
	{"flows", set_flows, false},
	{"flow_expire", set_expire, false},
	{"probe_interval", set_interval, false},
	{"db_url", no_database, true},
	{"db_table", NULL, false},
	{"received_avp", NULL, false},
	{"rtpengine_address", NULL, false},
	{"rtpengine_interface", NULL, false},
};

enum { PARAMS = sizeof(params) / sizeof(params[0]) };

int ex_conf_set(struct ex_conf *c, const char *name, const char *value)
{
	size_t i;

	for (i = 0; i < PARAMS; i++) {
		if (!strcmp(params[i].name, name))
			return params[i].set ? params[i].set(c, name, value)
					     : 0;
	}
	return refuse(name, value, "is no parameter of nat64sip");
}

int ex_conf_params(struct ex_conf *c)
{
	const struct cfg_tok *v;
	size_t i, at;

	for (i = 0; i < PARAMS; i++) {
		at = 0;
		while (params[i].set && !params[i].by_hand &&
		       (v = cfg_param_next(&c->cfg, &at, "nat64sip",
					   params[i].name))) {
			if (params[i].set(c, params[i].name, v->text))
				return -1;
		}
	}
	return 0;
}
