/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/** @file nathelper: its aliases as it writes them, and $avp(received) */
#include "standins.h"

#include "../../core/data_lump.h"
#include "../../core/dset.h"
#include "../../core/mem/mem.h"
#include "../../core/parser/contact/parse_contact.h"
#include "../../core/parser/parse_uri.h"
#include "../../core/usr_avp.h"
#include "../../nat64sip/alias.h"

#include "../fuzz.h"

#include <arpa/inet.h>

#define MAX_URI 1024

/** ";alias=198.51.100.7~40001~1" of where the message came from */
static int print_alias(char *dst, size_t size, const struct sip_msg *msg)
{
	char host[INET6_ADDRSTRLEN];

	inet_ntop(msg->rcv.src_ip.af, msg->rcv.src_ip.u.addr, host, sizeof(host));
	return snprintf(dst, size, ";alias=%s~%u~%d", host,
			(unsigned)msg->rcv.src_port, msg->rcv.proto);
}

static int set_contact_alias(struct sip_msg *msg, char *p1, char *p2)
{
	struct sip_uri uri;
	struct lump *anchor;
	contact_t *c;
	char alias[96], *text;
	int n, br;

	(void)p1;
	(void)p2;
	if(!msg->contact || parse_contact(msg->contact) < 0)
		return -1;
	c = ((contact_body_t *)msg->contact->parsed)->contacts;
	if(!c || parse_uri(c->uri.s, c->uri.len, &uri) < 0 || c->uri.len > MAX_URI)
		return -1;
	REQUIRE(c->uri.s >= msg->buf && c->uri.s < msg->buf + msg->len);
	n = print_alias(alias, sizeof(alias), msg);
	br = c->uri.s[-1] != '<';
	text = pkg_malloc(c->uri.len + n + 2);
	REQUIRE(text);
	text[0] = '<';
	memcpy(text + br, c->uri.s, c->uri.len);
	memcpy(text + br + c->uri.len, alias, n);
	text[br + c->uri.len + n] = '>';
	anchor = del_lump(msg, c->uri.s - msg->buf, c->uri.len, HDR_CONTACT_T);
	REQUIRE(anchor);
	n += c->uri.len;
	REQUIRE(insert_new_lump_after(anchor, text, n + 2 * br, HDR_CONTACT_T));
	c->uri.s = text + br;
	c->uri.len = n;
	return 1;
}

/** The alias becomes the destination, the Request-URI is without it */
static int handle_ruri_alias(struct sip_msg *msg, char *p1, char *p2)
{
	struct n64_text params;
	char dst[MAX_URI];
	struct n64_alias a;
	str text = {dst, 0};

	(void)p1;
	(void)p2;
	if(parse_sip_msg_uri(msg) < 0)
		return -1;
	params.p = msg->parsed_uri.params.s;
	params.len = msg->parsed_uri.params.len;
	if(n64_alias_find(&a, params) || a.host.len > MAX_URI / 2)
		return 2;
	text.len = snprintf(dst, sizeof(dst), "sip:%.*s:%u", (int)a.host.len,
			a.host.p, (unsigned)a.port);
	return set_dst_uri(msg, &text) < 0 ? -1 : 1;
}

int nathelper_received(struct sip_msg *msg, char *p1, char *p2)
{
	char uri[96], host[INET6_ADDRSTRLEN];
	avp_name_t name;
	int_str val;

	(void)p1;
	(void)p2;
	inet_ntop(msg->rcv.src_ip.af, msg->rcv.src_ip.u.addr, host, sizeof(host));
	val.s.s = uri;
	val.s.len = snprintf(uri, sizeof(uri),
			strchr(host, ':') ? "sip:[%s]:%u" : "sip:%s:%u", host,
			(unsigned)msg->rcv.src_port);
	name.s.s = (char *)"received";
	name.s.len = 8;
	return add_avp(AVP_NAME_STR | AVP_VAL_STR, name, val) < 0 ? -1 : 1;
}

ksr_cmd_export_t standin_nathelper[] = {
		{"set_contact_alias", set_contact_alias, 0, 0, 0, 0, 0, 0},
		{"handle_ruri_alias", handle_ruri_alias, 0, 0, 0, 0, 0, 0},
		{"fix_nated_register", nathelper_received, 0, 0, 0, 0, 0, 0},
		{0, 0, 0, 0, 0, 0, 0, 0}};
