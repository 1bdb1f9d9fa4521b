/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What the operator set: parameters checked once, at start.
 */
#ifndef N64_CONF_H
#define N64_CONF_H

#include "n64_mode.h"

#include "../../core/sr_module.h"
#include "../../core/str.h"
#include "../../core/usr_avp.h"

#include "../../nat64sip/decide.h"
#include "../../nat64sip/options.h"

#include <stdbool.h>

#define N64_MAX_PEERS 64
#define N64_MAX_OWN_ADDRESSES 16

/** How phones reach the socket on local; INADDR_ANY: all not advertised */
struct n64_own_address
{
	struct in_addr local, own;
};

struct n64_conf
{
	struct n64_policy policy;
	enum n64_mode mode; /**< at start */
	bool wkp_strict;
	str notify_header;
	struct n64_net4 peers[N64_MAX_PEERS];
	unsigned peers_n;
	struct n64_net4 path_peers[N64_MAX_PEERS];
	unsigned path_peers_n;
	struct n64_own_address own[N64_MAX_OWN_ADDRESSES];
	unsigned own_n;
	str received_avp; /**< ends with NUL; empty: the registrar's */
	str rr_fqdn;	  /**< a name that each side resolves to us, or empty */
	bool probe;
	unsigned flows;			 /**< size of the flow cache */
	unsigned flow_expire;	 /**< seconds that a proof holds */
	unsigned probe_interval; /**< seconds between keepalives, 0 for none */
};

/** Read-only once mod_init has run */
extern struct n64_conf n64_conf;

/** The parameters as Kamailio's module interface wants them */
extern param_export_t n64_conf_params[];

/**
 * Check what is only known when all parameters are read.
 *
 * @return 0, or -1 after one line in the log that names parameter and value
 */
int n64_conf_init(void);

/** Does the operator trust this source's PortaSIP-Notify? */
bool n64_conf_is_peer(const struct in_addr *addr);

/** Does the operator trust this source to send back only the Path values that
 *  it got from us? */
bool n64_conf_is_path_peer(const struct in_addr *addr);

#endif
