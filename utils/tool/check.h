/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * What is wrong with a configuration: one file for each kind of question.
 */
#ifndef N64_CHECK_H
#define N64_CHECK_H

#include "cfg.h"

#include <netinet/in.h>

enum severity {
	CHECK_ERROR,   /**< does not start, or phones cannot be served */
	CHECK_WARNING, /**< starts, and serves some phones wrong */
	CHECK_NOTE     /**< what could not be looked at; no finding */
};

struct finding {
	enum severity severity;
	size_t order; /**< where in the configuration, for sorting */
	size_t seq;
	const char *file, *text;
	unsigned line;
};

/** An IPv4 socket, as Kamailio lists it */
struct check_socket {
	struct in_addr listen;
	const char *shown;     /**< "udp:192.0.2.10:5060" */
	const char *advertise; /**< a host; NULL for none */
};

struct check {
	struct cfg cfg;
	const char *config;           /**< the file that was named */
	const struct cfg_tok *module; /**< nat64sip's loadmodule */
	bool script;                  /**< the routes are a KEMI script */
	struct finding *v;
	size_t n, max;
	bool listed; /**< sockets are known */
	struct check_socket *sockets;
	size_t sockets_n, sockets_max;
};

/** What to start Kamailio with */
struct check_kamailio {
	const char *path, *libdir; /**< libdir: NULL for its own */
	const char *const *words;  /**< -A, -l with their values */
	size_t words_n;
	bool named; /**< by --kamailio */
};

/** Put one finding down; at NULL: of the configuration as a whole */
void check_say(struct check *c, enum severity severity,
	       const struct cfg_tok *at, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/** The same with file and line */
void check_say_line(struct check *c, enum severity severity, const char *file,
		    unsigned line, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/** kamailio -c: what it refuses, and where it would listen. @return 0, -1 if
 *  the one that was named cannot be run, after a line on stderr */
int check_kamailio(struct check *c, const struct check_kamailio *k);

/** Modules: there, in order, and with parameters that go with nat64sip */
void check_modules(struct check *c);

/** nat64sip's own parameters */
void check_params(struct check *c);

/** Where it listens, and whether the prefixes may carry that */
void check_sockets(struct check *c);

/** rtpengine's flags */
void check_media(struct check *c);

/** Which calls there are, and their order on the way of a message */
void check_order(struct check *c);

#endif
