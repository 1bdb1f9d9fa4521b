/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * explain: what the operator set, from a kamailio.cfg or from options.
 */
#ifndef N64_TOOL_EXPLAIN_CONF_H
#define N64_TOOL_EXPLAIN_CONF_H

#include "capture.h"
#include "cfg.h"
#include "decide.h"
#include "options.h"
#include "pool.h"
#include "ua_policy.h"

#include <stdbool.h>

enum {
	EX_SOCKETS = 64,
	EX_PEERS = 64,
	EX_OWN_ADDRESSES = 16,
	EX_POOLS = 4096,
	EX_NAME_MAX = 128
};

/** A socket of the proxy */
struct ex_socket {
	struct place listen;
	enum n64_transport tp;
	char advertise[EX_NAME_MAX]; /**< host, "" for none */
	uint16_t advertise_port;     /**< 0 for none */
};

struct ex_nets {
	struct n64_net4 v[EX_PEERS];
	unsigned n;
};

/** own_address */
struct ex_own {
	struct in_addr local, own; /**< local 0.0.0.0: of all others */
};

struct ex_conf {
	struct n64_policy policy;
	bool off; /**< mode: nothing is looked at */
	bool dryrun;
	bool wkp_strict, probe;
	bool use_domain, case_sensitive; /**< of the registrar's AoR */
	bool manages;                    /**< nat64_manage() is called */
	bool registers;                  /**< fix_nat64_register() is called */
	unsigned flows, flow_expire;
	int64_t wait; /**< tm's wt_timer, microseconds */
	char notify_header[EX_NAME_MAX], rr_fqdn[EX_NAME_MAX];
	struct ex_nets peers, path_peers;
	struct ex_own own_address[EX_OWN_ADDRESSES];
	size_t own_addresses;
	struct ex_socket socket[EX_SOCKETS];
	size_t sockets;
	struct n64_own own[EX_SOCKETS]; /**< in IPv4; its socket is one of
	                                     these */
	struct n64_owns owns;
	struct n64_pool_entry pool_v[EX_POOLS];
	size_t pools;
	struct n64_pool pool;
	struct n64_ua_policy ua;
	struct cfg cfg;
	const char *file; /**< that was read, NULL for none */
};

/** Its defaults. Freed by ex_conf_free(). */
struct ex_conf *ex_conf_new(void);
void ex_conf_free(struct ex_conf *conf);

/** Read nat64sip's parameters and the sockets of a kamailio.cfg; 0, or -1 after
 *  a line on stderr */
int ex_conf_read(struct ex_conf *conf, const char *file);

/** One parameter as modparam() has it. @return 0, -1 after a line on stderr */
int ex_conf_set(struct ex_conf *conf, const char *name, const char *value);

/** Those of the configuration that was read. @return 0, -1 after a line */
int ex_conf_params(struct ex_conf *conf);

/** "udp:192.0.2.10:5060/198.51.100.10:5060" as kamailio -l, or
 *  "192.0.2.10:5060": UDP, TCP and TLS. @return 0, -1 after a line */
int ex_conf_socket(struct ex_conf *conf, const char *text);

/** After all were read: own addresses, pools. @return 0, -1 after a line */
int ex_conf_done(struct ex_conf *conf);

bool ex_conf_is_in(const struct ex_nets *nets, const struct in_addr *addr);

/** The socket at this address, NULL if it is none of the proxy's */
const struct ex_socket *ex_conf_find(const struct ex_conf *conf,
				     const struct place *at,
				     enum n64_transport tp);

/** Is it there by its address, its own one included, not by 0.0.0.0 alone? */
bool ex_conf_is_named(const struct ex_conf *conf, const struct place *at,
		      enum n64_transport tp);

/** The same address, with any port: a connection of the proxy's begins at one
 *  that nobody chose */
bool ex_conf_is_own_host(const struct ex_conf *conf, const struct place *at);

/** The own address of a socket, NULL if it has none */
const struct n64_own *ex_conf_own(const struct ex_conf *conf,
				  const struct ex_socket *socket);

/** Is this host "myself" for the core (check_self())? */
bool ex_conf_is_self(const struct ex_conf *conf, struct n64_text host,
		     uint16_t port);

/** The PREF64 of the pool that this address is in, or NULL */
const struct pref64 *ex_conf_pool(const struct ex_conf *conf,
				  const struct place *at);

#endif
