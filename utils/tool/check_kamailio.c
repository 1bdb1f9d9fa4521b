/* SPDX-License-Identifier: GPL-2.0-or-later
 * SPDX-FileCopyrightText: 2026 The nat64sip authors */

/* Does Kamailio take it, and where would it listen? */

#include "check.h"
#include "cfg_read.h"

#include "literal.h"
#include "tool.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_MAX 80

/* Starts it with stdout and stderr in a pipe; -1: it cannot be done */
static int start(const struct check_kamailio *k, const char *config,
		 pid_t *pid)
{
	const char *argv[WORDS_MAX] = {k->path, "-c", "-E", "-f", config};
	size_t n = 5, i;
	int fds[2];

	if (k->libdir) {
		argv[n++] = "-L";
		argv[n++] = k->libdir;
	}
	for (i = 0; i < k->words_n && n + 1 < WORDS_MAX; i++)
		argv[n++] = k->words[i];
	if (pipe(fds) != 0)
		return -1;
	*pid = fork();
	if (*pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		dup2(fds[1], STDERR_FILENO);
		close(fds[0]);
		close(fds[1]);
		execvp(k->path, (char *const *)argv);
		_exit(127);
	}
	close(fds[1]);
	if (*pid > 0)
		return fds[0];
	close(fds[0]);
	return -1;
}

/* Without the process and where in Kamailio's source */
static const char *plain(const char *line)
{
	const char *what = strstr(line, "]: ");

	return what ? what + 3 : line;
}

/* " 0(123) CRITICAL: <core> [core/cfg.y:3790]: yyerror_at(): parse error in
 * config file FILE, line 2, column 29-31: WHAT"; the line before it often has
 * the reason, and one that follows from another error has none */
static bool said_where(struct check *c, const char *line, const char *before)
{
	static const char lead[] = "parse error in config file ";
	const char *file = strstr(line, lead), *at, *what;
	const char *lead_in = "", *close = "";
	unsigned long number;
	char *end;

	if (!file)
		return false;
	file += sizeof(lead) - 1;
	at = strstr(file, ", line ");
	what = at ? strstr(at, ": ") : NULL;
	if (!what)
		return false;
	number = strtoul(at + strlen(", line "), &end, 10);
	if (*end != ',')
		return false;
	what += 2;
	before = before ? plain(before) : "";
	if (*what && *before) {
		lead_in = " (";
		close = ")";
	}
	if (*what || *before)
		check_say_line(c, CHECK_ERROR,
			       cfg_keep(&c->cfg, file, (size_t)(at - file)),
			       (unsigned)number,
			       "Kamailio refuses it: %s%s%s%s", what, lead_in,
			       before, close);
	return true;
}

/* "udp: 0.0.0.0:5060 name x advertise 192.0.2.1:5060", "udp: a [10.0.0.1]:5060":
 * the host is the text before the last colon of its word, or in brackets */
static void read_socket(struct check *c, const char *line)
{
	char proto[8], host[128], shown[160];
	const char *at, *advertised = strstr(line, " advertise ");
	struct check_socket s = {0};
	size_t len;

	if (sscanf(line, " %7[a-z]: %127s", proto, host) != 2)
		return;
	at = strchr(line, '[');
	if (at && sscanf(at, "[%127[^]]", host) != 1)
		return;
	at = at ? NULL : strrchr(host, ':');
	len = at ? (size_t)(at - host) : strlen(host);
	if (n64_lit4_parse(&s.listen, host, len) != 0)
		return;
	snprintf(shown, sizeof(shown), "%s:%s", proto, host);
	s.shown = cfg_keep(&c->cfg, shown, strlen(shown));
	if (advertised) {
		advertised += strlen(" advertise ");
		s.advertise = cfg_keep(&c->cfg, advertised,
				       strcspn(advertised, ":\n"));
	}
	c->sockets =
		cfg_more(c->sockets, c->sockets_n, &c->sockets_max, sizeof(s));
	c->sockets[c->sockets_n++] = s;
}

static void read_lines(struct check *c, FILE *in, const char **last)
{
	bool listing = false;
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, in) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!strncmp(line, "Listening on", 12))
			c->listed = listing = true;
		else if (!strncmp(line, "Aliases:", 8))
			listing = false;
		else if (listing)
			read_socket(c, line);
		else if (said_where(c, line, *last))
			*last = NULL;
		else if (strstr(line, "ERROR: <") || strstr(line, "CRITICAL:"))
			*last = cfg_keep(&c->cfg, line, strlen(line));
	}
	free(line);
}

static int cannot_run(struct check *c, const struct check_kamailio *k)
{
	if (k->named) {
		tool_say("%s cannot be run", k->path);
		return -1;
	}
	check_say(c, CHECK_NOTE, NULL,
		  "%s cannot be run: whether Kamailio takes it, and where it "
		  "listens, is not looked at",
		  k->path);
	return 0;
}

int check_kamailio(struct check *c, const struct check_kamailio *k)
{
	const char *last = NULL;
	int fd, status = 0;
	size_t before = c->n;
	FILE *in;
	pid_t pid;

	fd = start(k, c->config, &pid);
	if (fd >= 0 && (in = fdopen(fd, "r"))) {
		read_lines(c, in, &last);
		fclose(in);
		waitpid(pid, &status, 0);
	}
	if (fd < 0 || (WIFEXITED(status) && WEXITSTATUS(status) == 127))
		return cannot_run(c, k);
	if (status != 0 && c->n == before)
		check_say(c, CHECK_ERROR, NULL, "Kamailio refuses it: %s",
			  last ? plain(last) : "it does not say why");
	return 0;
}
