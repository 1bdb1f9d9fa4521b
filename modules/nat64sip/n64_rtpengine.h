/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * $nat64(rtpengine): the flags that rtpengine_manage() needs for the message at
 * hand, behind the operator's own.
 */
#ifndef N64_RTPENGINE_H
#define N64_RTPENGINE_H

#include "../../core/parser/msg_parser.h"
#include "../../core/sr_module.h"
#include "../../nat64sip/relay.h"

/** For modparam "rtpengine_address". @return 0, or -1 after one line in the log */
int n64_rtpengine_address(modparam_t type, void *val);

/** For modparam "rtpengine_interface". As above. */
int n64_rtpengine_interface(modparam_t type, void *val);

/** Find out how the module rtpengine is told its set, if it is loaded */
void n64_rtpengine_init(void);

/**
 * The flags for a message: none in any mode but "on", and where it has no SDP, or
 * neither side is behind NAT64.
 */
void n64_rtpengine_tag(char dst[N64_RELAY_TEXT_MAX], struct sip_msg *msg);

#endif
