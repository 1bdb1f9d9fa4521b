#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors

. ../../etc/config
. ../../libs/utils

LOG=/tmp/kamailio-tn64xx0001.log
CALLS=/tmp/kamailio-tn64xx0001-calls.log

# call PORT FAMILY HOST URI-HOST
call() {
	sipp -sf uac.xml -i 127.0.0.1 -p "$1" -m 1 -timeout 20 -nostdin \
		-key family "$2" -key host "$3" -key uri_host "$4" \
		-trace_logs -log_file ${CALLS} -log_overwrite false \
		127.0.0.1:5060 >/dev/null 2>&1
}

rm -f ${LOG} ${CALLS}
echo "--- start kamailio -f ./kamailio-tn64xx0001.cfg"
${KAMBIN} -P ${KAMPID} -w ${KAMRUN} -Y ${KAMRUN} \
	-f ./kamailio-tn64xx0001.cfg -a no -E >${LOG} 2>&1 || exit 1
sipp -sn uas -i 127.0.0.1 -p 5080 -nostdin >/dev/null 2>&1 &
uas=$!
for _ in $(seq 100); do
	ss -Huln | grep -q 127.0.0.1:5060 && ss -Huln |
		grep -q 127.0.0.1:5080 && break
	sleep 0.1
done

ret=0
call 5070 IP6 2001:db8::2 '[2001:db8::2]' || ret=1
call 5071 IP4 127.0.0.1 127.0.0.1 || ret=1

kill ${uas}
kill_pidfile ${KAMPID}

grep -q "TN64: behind NAT64" ${LOG} || ret=1
grep -q "TN64: on IPv4" ${LOG} || ret=1
grep -qx "TN64: c=IN IP6 2001:db8:64::7f00:1" ${CALLS} || ret=1
grep -qx "TN64: c=IN IP4 127.0.0.1" ${CALLS} || ret=1
exit ${ret}
