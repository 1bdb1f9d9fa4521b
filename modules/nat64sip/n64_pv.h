/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The pseudo-variable $nat64(name): what is decided of the message at hand.
 */
#ifndef N64_PV_H
#define N64_PV_H

#include "../../core/pvar.h"

extern pv_export_t n64_pvs[];

#endif
