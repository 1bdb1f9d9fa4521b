/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * TCP and TLS: a phone behind NAT64 is reached by the connection that it
 * opened, or not at all.
 */
#ifndef N64_REUSE_H
#define N64_REUSE_H

#include "n64_view.h"

/**
 * Let no connection be opened to the phones that a request goes to, nor to the
 * one that its replies go to. In a branch_route, of that branch only; in
 * request_route of all of them. Where one may be connected to and another may
 * not, those are taken out of the destination set whose connection is gone.
 */
bool n64_reuse(const struct n64_view *v);

/** Must replies to this request go over its connection or not at all? */
bool n64_reuse_back(const struct n64_view *v);

#endif
