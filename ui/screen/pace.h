/* SPDX-License-Identifier: MIT
 *
 * How much a far terminal is sent, by its own answers: a question ("are you
 * well?", CSI 5 n) goes out behind each frame, and the answer says that the
 * frame has been drawn. So what is on a slow line is never more than about a
 * second's worth, and a key's answer is not behind a minute of old progress.
 * Pure: the time is told. Costs are bytes, or any estimate of them.
 */
#ifndef HAUL_UI_PACE_H
#define HAUL_UI_PACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PACE_ASKED 16

struct pace_question {
	int64_t asked_ms;
	int cost;               /* of what was sent since the one before */
};

struct pace {
	bool on;                /* false: nothing is asked */
	bool told;              /* it has answered before */
	int missed;             /* answers in a row that did not come */
	struct pace_question asked[PACE_ASKED]; /* unanswered, oldest first */
	size_t count;
	int64_t answered_ms;    /* the last answer */
	int rate;               /* cost a second; 0 is not known */
};

void pace_init(struct pace *, bool on);

/* A question was sent behind so much. */
void pace_ask(struct pace *, int cost, int64_t now_ms);
void pace_answer(struct pace *, int64_t now_ms);

/* Forgets what is unanswered: nobody is there to answer. */
void pace_forget(struct pace *);

/* When a frame may be sent, in ms from now at most: an answer may make it
 * sooner. urgent: it answers a key. */
int pace_wait_ms(struct pace *, bool urgent, int64_t now_ms);

/* What a frame may cost now. */
int pace_budget(const struct pace *);

#endif
