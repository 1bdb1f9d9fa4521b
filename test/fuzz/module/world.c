/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

#include "world.h"

#include "standins.h"

#include "../../core/basex.h"
#include "../../core/cfg_core.h"
#include "../../core/counters.h"
#include "../../core/dset.h"
#include "../../core/globals.h"
#include "../../core/mem/shm_mem.h"
#include "../../core/mod_fix.h"
#include "../../core/parser/parse_hname2.h"
#include "../../core/pvapi.h"
#include "../../core/pvar.h"
#include "../../core/socket_info.h"
#include "../../core/timer.h"
#include "../../core/usr_avp.h"
#include "../../modules/nat64sip/n64_cache.h"
#include "../../modules/nat64sip/n64_conf.h"
#include "../../modules/nat64sip/n64_mode.h"
#include "../../modules/nat64sip/n64_ua.h"

#include "../fuzz.h"

#include <arpa/inet.h>

extern struct module_exports exports;

static struct socket_info sockets[3];

/* Shared memory from malloc(), so that ASan sees what is done to it */
static void *shm_new(void *pool, size_t size, const char *file,
		const char *func, unsigned int line, const char *mod)
{
	(void)pool;
	(void)file;
	(void)func;
	(void)line;
	(void)mod;
	return malloc(size);
}

static void shm_drop(void *pool, void *p, const char *file, const char *func,
		unsigned int line, const char *mod)
{
	(void)pool;
	(void)file;
	(void)func;
	(void)line;
	(void)mod;
	free(p);
}

static void begin_memory(void)
{
	_shm_root.xmalloc = shm_new;
	_shm_root.xmalloc_unsafe = shm_new;
	_shm_root.xfree = shm_drop;
	_shm_root.xfree_unsafe = shm_drop;
}

struct socket_info *world_socket(int proto)
{
	if(proto == PROTO_UDP)
		return &sockets[0];
	return &sockets[proto == PROTO_TLS || proto == PROTO_WSS ? 2 : 1];
}

static void add_socket(struct socket_info *si, int proto, int port)
{
	static const char *const names[] = {[PROTO_UDP] = "udp:192.0.2.10:5060",
			[PROTO_TCP] = "tcp:192.0.2.10:5060",
			[PROTO_TLS] = "tls:192.0.2.10:5061"};
	struct socket_info **at;

	si->name = (str)str_init(WORLD_ADDRESS);
	si->address_str = si->name;
	si->address.af = AF_INET;
	si->address.len = 4;
	inet_pton(AF_INET, WORLD_ADDRESS, si->address.u.addr);
	si->port_no = port;
	si->port_no_str.s = (char *)(port == 5060 ? "5060" : "5061");
	si->port_no_str.len = 4;
	si->proto = proto;
	si->sock_str = (str){(char *)names[proto], strlen(names[proto])};
	si->flags = SI_IS_IP;
	si->socket = -1;
	init_su(&si->su, &si->address, si->port_no);
	at = get_sock_info_list(proto);
	REQUIRE(at);
	*at = si;
}

/** $avp(NAME), which the module pv would bring */
static int parse_avp(pv_spec_t *sp, str *in)
{
	sp->pvp.pvn.type = PV_NAME_INTSTR;
	sp->pvp.pvn.u.isname.type = AVP_NAME_STR;
	sp->pvp.pvn.u.isname.name.s = *in;
	return 0;
}

static pv_export_t avp_pv[] = {
		{{"avp", 3}, PVT_AVP, pv_get_null, NULL, parse_avp, 0, 0, 0},
		{{0, 0}, 0, 0, 0, 0, 0, 0, 0}};

static void begin_core(void)
{
	default_core_cfg.debug = L_ALERT - 100;
	ksr_hname_init_index();
	REQUIRE(init_counters() == 0 && pv_init_buffer() == 0);
	REQUIRE(pv_init_api() == 0 && init_dst_set() == 0);
	REQUIRE(init_timer() == 0 && init_avps() == 0);
	REQUIRE(register_pvars_mod((char *)"pv", avp_pv) == 0);
	REQUIRE(register_pvars_mod((char *)"nat64sip", exports.pv_items) == 0);
	add_socket(&sockets[0], PROTO_UDP, 5060);
	add_socket(&sockets[1], PROTO_TCP, 5060);
	add_socket(&sockets[2], PROTO_TLS, 5061);
}

static void set_param(const char *name, const char *value)
{
	param_export_t *p;

	for(p = exports.params; p->name && strcmp(p->name, name) != 0; p++)
		;
	REQUIRE(p->name);
	if(p->type & PARAM_USE_FUNC)
		REQUIRE(((param_func_t)p->param_pointer)(p->type, (void *)value) == 0);
	else
		*(str *)p->param_pointer = (str){(char *)value, strlen(value)};
}

/** One line of it has every message looked at */
static void set_policy(bool force)
{
	static const char *const lines[] = {"no-sdp ^NoSdp", "no-rr ^NoRr",
			"fqdn ^Fqdn", "off ^Off", "force ^Force"};
	size_t i;

	n64_ua_destroy();
	for(i = 0; i < sizeof(lines) / sizeof(lines[0]) - !force; i++)
		set_param("ua_policy", lines[i]);
}

static void begin_module(void)
{
	static const char *const params[][2] = {{"pref64", WORLD_PREF64},
			{"pool", "203.0.113.0/24=64:ff9b::/96"},
			{"pool", "203.0.113.128/25=2001:db8:100::/40"},
			{"notify_peer", "192.0.2.30"}, {"path_peer", "192.0.2.30"},
			{"rr_fqdn", "sip.example.test"},
			{"rtpengine_address", "192.0.2.20"}};
	size_t i;

	set_policy(true);
	for(i = 0; i < sizeof(params) / sizeof(params[0]); i++)
		set_param(params[i][0], params[i][1]);
	REQUIRE(exports.init_mod_f() == 0);
	REQUIRE(counters_prefork_init(1) == 0);
}

void world_begin(void)
{
	begin_memory();
	begin_core();
	standins_begin();
	begin_module();
}

static void tell(enum n64_flow_state state, const struct ip_addr *ip, int port)
{
	static const char text[] = WORLD_PREF64;
	struct n64_flow_key key;
	struct pref64 pref;

	REQUIRE(!pref64_parse(&pref, text, sizeof(text) - 1, NULL));
	n64_cache_key(&key, ip, port, PROTO_UDP);
	if(ip->af != AF_INET)
		return;
	if(state == N64_FLOW_NAT64)
		n64_cache_prove(&key, &pref);
	else if(state == N64_FLOW_NOT_NAT64)
		n64_cache_disprove(&key);
	else if(state == N64_FLOW_HINT)
		n64_cache_hint(&key);
}

static void set_conf(const struct scene *s)
{
	static const char text[] = WORLD_PREF64;
	static str fqdn = str_init("sip.example.test"), none = STR_NULL;

	memset(&n64_conf.policy.pref, 0, sizeof(n64_conf.policy.pref));
	if(s->pref64)
		REQUIRE(!pref64_parse(
				&n64_conf.policy.pref, text, sizeof(text) - 1, NULL));
	n64_conf.policy.believe_configured = s->configured;
	n64_conf.rr_fqdn = s->fqdn ? fqdn : none;
	n64_conf.probe = s->probe;
	n64_conf.wkp_strict = !s->any_wkp;
	n64_mode_switch(s->mode);
	n64_conf.peers_n = n64_conf.path_peers_n = s->no_peers ? 0 : 1;
	if(n64_ua_forces() == s->no_force)
		set_policy(!s->no_force);
}

void world_set(const struct scene *s)
{
	struct ip_addr target = {.af = AF_INET, .len = 4};

	set_conf(s);
	standins_set(s);
	n64_cache_destroy();
	REQUIRE(n64_cache_init(16, 3600) == 0);
	inet_pton(AF_INET, WORLD_TARGET, target.u.addr);
	tell(s->source_flow, &s->rcv.src_ip, s->rcv.src_port);
	tell(s->target_flow, &target, 5060);
}

void world_end(void)
{
	standins_end();
	clear_branches();
	reset_avps();
}

static cmd_export_t *command(const char *name, int param_no)
{
	cmd_export_t *c;

	for(c = exports.cmds; c->name; c++)
		if(!strcmp(c->name, name) && c->param_no == param_no)
			return c;
	REQUIRE(!"there is no such function");
	return NULL;
}

int world_call(struct sip_msg *msg, const char *name, const char *arg)
{
	cmd_export_t *c = command(name, arg != NULL);
	fparam_t param = {.type = FPARAM_STR};
	int rc;

	if(arg)
		param.v.str = (str){(char *)arg, strlen(arg)};
	rc = c->function(msg, arg ? (char *)&param : NULL, NULL);
	REQUIRE(rc == 1 || rc == 2 || rc == -1 || rc == -2);
	return rc;
}

int world_manage(struct sip_msg *msg, unsigned parts_out)
{
	cmd_export_t *c = command("nat64_manage", 1);
	char flags[5], *p = flags;
	void *param = flags;
	int i, rc;

	for(i = 0; i < 4; i++)
		if(parts_out & (1u << i))
			*p++ = "arns"[i];
	*p = '\0';
	REQUIRE(c->fixup(&param, 1) == 0);
	rc = c->function(msg, param, NULL);
	REQUIRE(rc == 1 || rc == -1 || rc == -2);
	return rc;
}

void world_variables(struct sip_msg *msg, struct way *way)
{
	static const char *const names[] = {"source", "target", "source_pref64",
			"target_pref64", "why", "sdp", "rtpengine"};
	static pv_spec_t specs[sizeof(names) / sizeof(names[0])];
	static bool parsed;
	char text[48];
	str s = {text, 0};
	pv_value_t val;
	size_t i;

	for(i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		s.len = snprintf(text, sizeof(text), "$nat64(%s)", names[i]);
		REQUIRE(parsed || pv_parse_spec(&s, &specs[i]));
		memset(&val, 0, sizeof(val));
		REQUIRE(pv_get_spec_value(msg, &specs[i], &val) == 0);
		REQUIRE((val.flags & PV_VAL_NULL)
				|| (val.rs.s && val.rs.len >= 0 && !val.rs.s[val.rs.len]));
		if(!(val.flags & PV_VAL_NULL))
			ways_say(way, names[i], 0, val.rs.s, val.rs.len);
	}
	parsed = true;
}
