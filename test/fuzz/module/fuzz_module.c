/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/**
 * @file
 * The whole module in Kamailio's core: SCENE_SIZE octets, then a SIP message as
 * it came from the network. It is parsed, the script's functions are called, tm
 * forwards it, it is built and parsed again. A request is then answered: behind
 * a line "===" the input has what the reply has beside the request's fields.
 * Where the module found that a quick look is enough, all of it is done again
 * with the long one, and has to come to the same.
 */
#define _GNU_SOURCE /* memmem */

#include "check.h"
#include "standins.h"
#include "ways.h"
#include "world.h"

#include "../../core/data_lump.h"
#include "../../core/dset.h"
#include "../../core/mem/mem.h"
#include "../../core/msg_translator.h"
#include "../../core/parser/msg_parser.h"
#include "../../core/route.h"
#include "../../core/script_cb.h"
#include "../rr/loose.h"

#include "../fuzz.h"

#include <arpa/inet.h>

#define MAX_MESSAGE 8192

static const char binding[] = "sip:203.0.113.8:40002;pref64=2001:db8:64::/96";

static bool is_request(const struct sip_msg *msg)
{
	return msg->first_line.type == SIP_REQUEST;
}

/** As receive_msg() does it, with the same conditions for going on */
static bool receive(struct sip_msg *msg, const char *text, size_t len,
		const receive_info_t *rcv)
{
	static unsigned id;

	memset(msg, 0, sizeof(*msg));
	msg->buf = malloc(len + 1);
	REQUIRE(msg->buf);
	memcpy(msg->buf, text, len);
	msg->buf[len] = '\0';
	msg->len = len;
	msg->rcv = *rcv;
	msg->id = ++id;
	msg->pid = my_pid();
	if(parse_msg(msg->buf, msg->len, msg) != 0)
		return false;
	(void)parse_headers(
			msg, HDR_FROM_F | HDR_TO_F | HDR_CALLID_F | HDR_CSEQ_F, 0);
	clear_branches();
	if(!msg->via1 || msg->via1->error != PARSE_OK || !msg->callid || !msg->cseq
			|| !msg->from || !msg->to)
		return false;
	return !is_request(msg) || IS_SIP(msg);
}

static void forget(struct sip_msg *msg)
{
	char *buf = msg->buf;

	reset_new_uri(msg);
	free_sip_msg(msg);
	free(buf);
}

/** lookup() and the like */
static void set_target(struct sip_msg *msg, const struct scene *s)
{
	static const char *const dst[TO_MODES] = {[TO_BINDING] = binding,
			[TO_PLAIN] = "sip:198.51.100.9:5060",
			[TO_PEER] = "sip:192.0.2.30:5060"};
	static const char *const ruri[TO_MODES] = {
			[TO_BINDING] = "sip:bob@[2001:db8:1::9]:5060",
			[TO_PLAIN] = "sip:bob@198.51.100.9",
			[TO_ALIAS] = "sip:bob@[2001:db8:1::9];alias=203.0.113.8~40002~1"};
	str text;

	if(ruri[s->to]) {
		text = (str){(char *)ruri[s->to], strlen(ruri[s->to])};
		REQUIRE(rewrite_uri(msg, &text) >= 0);
	}
	if(dst[s->to]) {
		text = (str){(char *)dst[s->to], strlen(dst[s->to])};
		REQUIRE(set_dst_uri(msg, &text) == 0);
	}
}

static int call(struct way *way, struct sip_msg *msg, const char *name,
		const char *arg)
{
	int rc = world_call(msg, name, arg);

	ways_say(way, name, rc, NULL, 0);
	return rc;
}

/** What the script does; what set_notify_net() said is left in done */
static void script(struct sip_msg *msg, struct done *done, struct way *way)
{
	const struct scene *s = done->scene;
	const char *caller = s->with_text ? "caller" : NULL;

	if(s->variables)
		world_variables(msg, way);
	if(done->calls & CALL_VIA)
		call(way, msg, "is_via_nat64", NULL);
	if(done->calls & CALL_ROUTE)
		call(way, msg, "is_route_nat64", NULL);
	if(done->calls & CALL_REGISTER)
		call(way, msg, "fix_nat64_register", NULL);
	if(done->calls & CALL_RR)
		call(way, msg, "add_dual_rr", s->with_text ? ";svc=a;did=1" : NULL);
	if(done->calls & CALL_IS_NOTIFY)
		call(way, msg, "is_notify_nat64", caller ? caller : "callee");
	if(done->calls & CALL_MANAGE)
		way->managed = world_manage(msg, s->parts_out);
	if(done->calls & CALL_SDP)
		call(way, msg, "fix_nat64_sdp", caller);
	/* last: it is what stands there then */
	if(done->calls & CALL_NOTIFY)
		done->set_notify =
				call(way, msg, "set_notify_net", NULL) == 1 && done->on;
	if(s->variables)
		world_variables(msg, way);
}

static void forward(struct sip_msg *msg, struct done *done)
{
	str text = {(char *)binding, sizeof(binding) - 1};

	/* tm takes no request whose headers do not end */
	if(msg->REQ_METHOD == METHOD_ACK || !done->scene->relayed
			|| parse_headers(msg, HDR_EOH_F, 0) < 0 || !msg->eoh)
		return;
	tm_enter();
	tm_forward(msg);
	if(done->scene->to == TO_BOTH && !msg->dst_uri.len
			&& set_dst_uri(msg, &text) == 0) {
		tm_forward(msg);
		/* as tm leaves the message behind its branches */
		reset_dst_uri(msg);
	}
	tm_leave();
}

static char *build(struct sip_msg *msg, unsigned *len)
{
	static const char branch[] = MCOOKIE "fuzz.0";
	struct dest_info dst;
	struct ip_addr to = {.af = AF_INET, .len = 4};

	/* as forward_reply() and tm do */
	if(!is_request(msg)) {
		(void)parse_headers(msg, HDR_VIA2_F, 0);
		return build_res_buf_from_sip_res(msg, len);
	}
	/* an empty one is none that a reply could be parsed with */
	msg->add_to_branch_len = sizeof(branch) - 1;
	memcpy(msg->add_to_branch_s, branch, sizeof(branch) - 1);
	init_dest_info(&dst);
	dst.proto = PROTO_UDP;
	dst.send_sock = world_socket(PROTO_UDP);
	inet_pton(AF_INET, WORLD_TARGET, to.u.addr);
	init_su(&dst.to, &to, 5060);
	return build_req_buf_from_sip_req(msg, len, &dst, 0);
}

static bool parses(const char *text, size_t len, const receive_info_t *rcv)
{
	struct sip_msg msg;
	bool ok = receive(&msg, text, len, rcv)
			  && parse_headers(&msg, HDR_EOH_F, 0) == 0;

	forget(&msg);
	return ok;
}

/**
 * One message through all of it, with the module or, where way is NULL, without.
 *
 * @return Was there a message to send on?
 */
static bool pass(struct built *dst, const char *text, size_t len,
		struct done *done, struct way *way)
{
	struct sip_msg msg;
	unsigned out = 0;
	bool ok;

	memset(dst, 0, sizeof(*dst));
	ok = receive(&msg, text, len, &done->scene->rcv);
	done->request = is_request(&msg);
	set_route_type(done->request ? REQUEST_ROUTE : CORE_ONREPLY_ROUTE);
	if(ok && way)
		ok = exec_pre_script_cb(
					 &msg, done->request ? REQUEST_CB_TYPE : ONREPLY_CB_TYPE)
			 != 0;
	if(ok && done->request) {
		if(done->scene->loose)
			loose_route(&msg);
		if(!msg.dst_uri.len)
			set_target(&msg, done->scene);
	}
	if(ok && way) {
		script(&msg, done, way);
		if(done->request)
			forward(&msg, done);
		else if(done->scene->known)
			tm_relay_reply(&msg);
		ways_leave(way, &msg);
	}
	if(ok)
		dst->p = build(&msg, &out);
	if(dst->p && way)
		ways_sent(way, dst->p, out);
	dst->len = out;
	forget(&msg);
	if(dst->p)
		dst->parses = parses(dst->p, dst->len, &done->scene->rcv);
	return dst->p != NULL;
}

static void begin_done(struct done *done, const struct scene *s)
{
	memset(done, 0, sizeof(*done));
	done->scene = s;
	done->calls = s->calls;
	done->on = s->mode == 0;
}

/** @return Is there a message that was sent on? It is in with, to be freed */
static bool check_message(struct built *with, struct way *way,
		const char *text, size_t len, const struct scene *s)
{
	struct built without;
	struct done done;
	bool sent;

	begin_done(&done, s);
	sent = pass(&without, text, len, &done, NULL);
	if(pass(with, text, len, &done, way)) {
		REQUIRE(sent);
		check_built(with, &without, &done);
	}
	if(without.p)
		pkg_free(without.p);
	return with->p != NULL;
}

static bool starts(const char *p, size_t n, const char *word)
{
	return n > strlen(word) && !strncasecmp(p, word, strlen(word));
}

/** The fields that a response copies (RFC 3261 8.2.6.2, 12.1.1) */
static size_t copy_fields(char *dst, const struct built *req, bool shows)
{
	static const char received[] = ";received=2001:db8:64::c000:20a";
	static const char *const names[] = {
			"Via:", "Record-Route:", "From:", "To:", "Call-ID:", "CSeq:"};
	const char *p = req->p, *end = req->p + req->len, *nl;
	size_t used = 0, i, n;

	for(; p < end && (nl = memchr(p, '\n', end - p)); p = nl + 1) {
		n = nl - p + 1;
		for(i = 0; i < 6 && !starts(p, n, names[i]); i++)
			;
		if(n <= 2)
			break;
		if(i == 6)
			continue;
		memcpy(dst + used, p, n);
		used += n;
		if(i > 0 || !shows || n < 3)
			continue;
		used -= 2;
		memcpy(dst + used, received, sizeof(received) - 1);
		used += sizeof(received) - 1;
		memcpy(dst + used, "\r\n", 2);
		used += 2;
		shows = false;
	}
	return used;
}

/** The target answers what was sent */
static void check_reply(const struct built *req, struct way *way,
		const char *rest, size_t len, const struct scene *s)
{
	static const char line[] = "SIP/2.0 200 OK\r\n";
	static const char plain[] = "Contact: <sip:bob@[2001:db8:1::9]:5060>\r\n"
								"Content-Length: 0\r\n\r\n";
	char *text = malloc(sizeof(line) + req->len + 64 + len + sizeof(plain));
	size_t used = sizeof(line) - 1;
	struct scene back = *s;
	struct built with;

	REQUIRE(text);
	memcpy(text, line, used);
	used += copy_fields(text + used, req, s->shows);
	memcpy(text + used, len ? rest : plain, len ? len : sizeof(plain) - 1);
	used += len ? len : sizeof(plain) - 1;
	inet_pton(AF_INET, WORLD_TARGET, back.rcv.src_ip.u.addr);
	back.rcv.src_ip.af = AF_INET;
	back.rcv.src_ip.len = 4;
	back.rcv.src_port = 5060;
	back.rcv.proto = PROTO_UDP;
	back.rcv.bind_address = world_socket(PROTO_UDP);
	init_su(&back.rcv.src_su, &back.rcv.src_ip, 5060);
	back.from_peer = false;
	back.known = true;
	back.loose = false;
	tm_answer(&back);
	if(check_message(&with, way, text, used, &back))
		pkg_free(with.p);
	free(text);
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	world_begin();
	return 0;
}

/** A message, and the reply to it, in a world where nothing was before */
static void take(struct way ways[2], const char *text, size_t len,
		const struct scene *s)
{
	static const char mark[] = "\n===\n";
	const char *rest;
	struct built sent;
	size_t left = 0;

	ways_begin(&ways[0]);
	ways_begin(&ways[1]);
	rest = memmem(text, len, mark, sizeof(mark) - 1);
	if(rest) {
		left = len - (rest - text) - (sizeof(mark) - 1);
		len = rest - text;
		rest += sizeof(mark) - 1;
	}
	world_set(s);
	if(check_message(&sent, &ways[0], text, len, s)) {
		if(!starts(text, len, "SIP/2.0 "))
			check_reply(&sent, &ways[1], rest, left, s);
		pkg_free(sent.p);
	}
	world_end();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct way quick[2], full[2];
	const char *text = (const char *)data + SCENE_SIZE;
	struct scene s;
	int i;

	if(size <= SCENE_SIZE || size > MAX_MESSAGE)
		return 0;
	scene_read(&s, data);
	ways_take(true);
	take(quick, text, size - SCENE_SIZE, &s);
	if(ways_quick()) {
		ways_take(false);
		take(full, text, size - SCENE_SIZE, &s);
		ways_check(&quick[0], &full[0]);
		/* of a request that the module cannot understand the long way keeps
		 * nothing for its reply */
		if(!full[0].broken)
			ways_check(&quick[1], &full[1]);
		for(i = 0; i < 2; i++)
			ways_free(&full[i]);
	}
	for(i = 0; i < 2; i++)
		ways_free(&quick[i]);
	return 0;
}
