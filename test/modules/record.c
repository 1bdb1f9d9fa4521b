/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * For the test of 'nat64sip explain': a module that writes each message that
 * comes and goes to stderr, in the order in which nat64sip's debug lines stand
 * there, as it is behind TLS and WebSockets. One line a message:
 * N64RECORD PID SECONDS I|O PROTO FROM PORT TO PORT HEX
 */
#include "../../core/dprint.h"
#include "../../core/events.h"
#include "../../core/ip_addr.h"
#include "../../core/mem/mem.h"
#include "../../core/receive.h"
#include "../../core/sr_module.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

MODULE_VERSION

#define HEAD 256

struct way
{
	char direction;
	int proto;
	struct ip_addr from, to;
	unsigned short from_port, to_port;
};

static const char *name_of(int proto)
{
	static const char *const names[] = {
			"none", "udp", "tcp", "tls", "sctp", "ws", "wss"};

	return proto >= 0 && proto < 7 ? names[proto] : "none";
}

static int print_head(char *p, const struct way *w)
{
	char from[IP_ADDR_MAX_STRZ_SIZE], to[IP_ADDR_MAX_STRZ_SIZE];
	struct ip_addr a = w->from, b = w->to;
	struct timespec now;

	from[ip_addr2sbuf(&a, from, sizeof(from) - 1)] = '\0';
	to[ip_addr2sbuf(&b, to, sizeof(to) - 1)] = '\0';
	clock_gettime(CLOCK_MONOTONIC, &now);
	return snprintf(p, HEAD, "N64RECORD %d %ld.%06ld %c %s %s %d %s %d ",
			(int)getpid(), (long)now.tv_sec, now.tv_nsec / 1000, w->direction,
			name_of(w->proto), from, w->from_port, to, w->to_port);
}

/** One write() a line, so that those of all processes stay whole */
static void put(const struct way *w, const char *data, int len)
{
	static const char hex[] = "0123456789abcdef";
	char *line = pkg_malloc(HEAD + 2 * len + 1);
	int i, n;

	if(!line)
		return;
	n = print_head(line, w);
	for(i = 0; i < len; i++) {
		line[n++] = hex[(unsigned char)data[i] >> 4];
		line[n++] = hex[data[i] & 15];
	}
	line[n++] = '\n';
	if(write(STDERR_FILENO, line, n) != n)
		LM_ERR("cannot write\n");
	pkg_free(line);
}

static int on_in(sr_event_param_t *evp)
{
	const struct receive_info *rcv = evp->rcv;
	const str *data = evp->data;
	struct way w = {'I', rcv->proto, rcv->src_ip, rcv->dst_ip, rcv->src_port,
			rcv->dst_port};

	put(&w, data->s, data->len);
	return 0;
}

static int on_out(sr_event_param_t *evp)
{
	struct dest_info *dst = evp->dst;
	const str *data = evp->data;
	struct way w = {.direction = 'O', .proto = dst->proto};

	su2ip_addr(&w.to, &dst->to);
	w.to_port = su_getport(&dst->to);
	w.from = w.to;
	if(dst->send_sock) {
		w.from = dst->send_sock->address;
		w.from_port = dst->send_sock->port_no;
	}
	put(&w, data->s, data->len);
	return 0;
}

/** Its lines, and of no other module */
static int level_of(char *name, int len, int *level)
{
	if(len != 8 || memcmp(name, "nat64sip", 8) != 0)
		return -1;
	*level = L_DBG;
	return 0;
}

static int mod_init(void)
{
	set_module_debug_level_cb(level_of);
	return sr_event_register_cb(SREV_NET_DATA_IN, on_in) < 0
						   || sr_event_register_cb(SREV_NET_DATA_OUT, on_out)
									  < 0
				   ? -1
				   : 0;
}

struct module_exports exports = {
		"record", DEFAULT_DLFLAGS, 0, 0, 0, 0, 0, mod_init, 0, 0};
