# SPDX-License-Identifier: GPL-2.0-or-later
# SPDX-FileCopyrightText: 2026 The nat64sip authors
"""What happens when: sockets that have something, timers that run out."""
import heapq
import itertools
import selectors
import time

T1 = 0.5     # s (RFC 3261 17.1.1.1)
T2 = 4.0
GIVE_UP = 64 * T1


class Loop:
    def __init__(self):
        self.select = selectors.DefaultSelector()
        self.heap, self.order = [], itertools.count()
        self.sending = {}  # what is sent until it is answered

    def add(self, source, take):
        """take() is called when there is something to read"""
        self.select.register(source, selectors.EVENT_READ, take)

    def drop(self, source):
        self.select.unregister(source)

    def later(self, seconds, what, *args):
        heapq.heappush(self.heap, (time.monotonic() + seconds,
                                   next(self.order), what, args))

    def once(self, wait):
        """Take what is there, wait so long at most if nothing is"""
        now = time.monotonic()
        if self.heap:
            wait = max(0.0, min(wait, self.heap[0][0] - now))
        for key, _ in self.select.select(wait):
            key.data()
        now = time.monotonic()
        while self.heap and self.heap[0][0] <= now:
            _, _, what, args = heapq.heappop(self.heap)
            what(*args)

    def repeat(self, key, send, failed, again=True, limit=T2):
        """Send at once, then again and again (RFC 3261 17.1.1.2, 17.1.2.2,
        13.3.1.4) until stop(key); after 32 s failed() is called.

        @param again  False over TCP: once, for TCP does the rest
        @param limit  Longest pause; none for an INVITE
        """
        job = [time.monotonic() + GIVE_UP, T1, send, failed, limit, again]
        self.sending[key] = job
        send()
        self.later(T1 if again else GIVE_UP, self._again, key, job)

    def stop(self, key):
        """Was it still being sent?"""
        return self.sending.pop(key, None) is not None

    def _again(self, key, job):
        if self.sending.get(key) is not job:
            return
        if time.monotonic() >= job[0]:
            del self.sending[key]
            job[3]()
            return
        job[2]()
        job[1] = min(job[1] * 2, job[4])
        left = job[0] - time.monotonic()
        self.later(max(0.0, min(job[1], left)), self._again, key, job)
