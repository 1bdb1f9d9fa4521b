/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/** @file How large what is kept is, as this compiler lays it out */
#include "../../nat64sip/flows.h"
#include "../../nat64sip/pool.h"

#include <stdio.h>

int main(void)
{
	static const unsigned flows[] = {1000, 10000, 100000, 1000000};

	printf("%zu octets: one place of the flow cache\n",
	       sizeof(struct n64_flow));
	for (size_t i = 0; i < sizeof(flows) / sizeof(flows[0]); i++)
		printf("%.1f octets a flow: its table for %u, two places "
		       "each\n",
		       (double)n64_flows_bytes(flows[i]) / flows[i], flows[i]);
	printf("%zu octets: one network of a pool\n",
	       sizeof(struct n64_pool_entry));
	return 0;
}
