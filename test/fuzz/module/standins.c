/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/** @file The modules as the core's loader lists them; rr's parameters */
#include "standins.h"

#include "../../core/tcp_conn.h"
#include "../../lib/srdb1/db.h"
#include "../outbound/api.h"
#include "../rr/api.h"

#include "../fuzz.h"

/* rr's own, but for its script interface */
str i_user = {0, 0};
int append_fromtag = 1, enable_double_rr = 1, enable_full_lr, add_username;
int rr_force_send_socket, enable_socket_mismatch_warning, rr_ignore_sips;
int rr_sockname_mode;
ob_api_t rr_obb;

static ksr_cmd_export_t rr_cmds[] = {
		{"load_rr", (cmd_function)(void (*)(void))load_rr, 0, 0, 0, 0, 0, 0},
		{0, 0, 0, 0, 0, 0, 0, 0}};
static param_export_t rr_params[] = {
		{"enable_double_rr", PARAM_INT, &enable_double_rr}, {0, 0, 0}};
static char received_avp[] = "$avp(received)", *received_avp_p = received_avp;
static param_export_t registrar_params[] = {
		{"received_avp", PARAM_STRING, &received_avp_p}, {0, 0, 0}};

static struct sr_module list[] = {
		{.exports = {.name = "tm", .cmds = standin_tm}},
		{.exports = {.name = "rr", .cmds = rr_cmds, .params = rr_params}},
		{.exports = {.name = "nathelper", .cmds = standin_nathelper}},
		{.exports = {.name = "usrloc", .cmds = standin_usrloc}},
		{.exports = {.name = "registrar", .params = registrar_params}},
};

/* No connection but the one that the message came over */
struct tcp_connection *tcpconn_get(int id, struct ip_addr *ip, int port,
		union sockaddr_union *local, ticks_t timeout)
{
	static struct tcp_connection con;

	(void)id;
	(void)local;
	(void)timeout;
	return ip && port == 40001 ? &con : NULL;
}

/* No database */
int db_bind_mod(const str *url, db_func_t *f)
{
	(void)url;
	(void)f;
	return -1;
}

int db_table_version(const db_func_t *f, db1_con_t *con, const str *table)
{
	(void)f;
	(void)con;
	(void)table;
	return -1;
}

void standins_begin(void)
{
	size_t i;

	/* a handle of NULL: dlsym() looks in the program itself */
	for(i = 0; i < sizeof(list) / sizeof(list[0]); i++) {
		list[i].next = modules;
		modules = &list[i];
	}
}

void standins_set(const struct scene *s)
{
	tm_set(s);
	usrloc_set(s);
}

void standins_end(void)
{
	tm_end();
}
