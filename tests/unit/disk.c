/* SPDX-License-Identifier: MIT
 *
 * disk.c:
 * - a job works on another thread, and is done on the loop's
 * - jobs of one key run in the order of posting, one at a time
 * - jobs of two keys run side by side
 * - a key that runs does not hold other keys' jobs back
 * - all that has finished is done in one turn of the loop
 * - done may free the job, and post it or others
 * - jobs are pending until their done is called
 * - no thread starts before the first job; freeing ends them all
 * - freeing runs what is posted, and what done functions then post
 * - the threads take no signal but those of their own faults
 * - no descriptors: no disk, and the program lives
 * - no threads to be had: the jobs run all the same
 */
#include "config.h"

#include "engine/disk/disk.h"

#include <dirent.h>
#include <errno.h>
#include <ev.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define TIME_LIMIT_S 60
#define PATIENCE_S 20           /* for what should happen at once */
#define JOBS 2000
#define KEYS 7

/* What most tests use: a loop, a disk, and counters. */
struct bench {
	struct ev_loop *loop;
	struct disk *disk;
	pthread_t loop_thread;
	atomic_uint worked;
	unsigned done;
};

struct job {
	struct disk_job disk;           /* first: a job is found from it */
	struct bench *bench;
	unsigned number;
	sem_t *started, *may_end;       /* posted, awaited; or NULL */
	bool waited_in_vain;
};

static void
bench_init(struct bench *bench, unsigned threads)
{
	*bench = (struct bench){ .loop_thread = pthread_self() };
	atomic_init(&bench->worked, 0);
	bench->loop = ev_loop_new(EVFLAG_AUTO);
	assert_non_null(bench->loop);
	bench->disk = disk_new(bench->loop, threads);
	assert_non_null(bench->disk);
}

static void
bench_release(struct bench *bench)
{
	disk_free(bench->disk);
	ev_loop_destroy(bench->loop);
}

static void
bench_run(struct bench *bench)
{
	while (disk_pending(bench->disk) > 0)
		ev_run(bench->loop, EVRUN_ONCE);
}

static struct job *
job_of(struct disk_job *job)
{
	return (struct job *)job;
}

static bool
await(sem_t *sem)
{
	struct timespec limit;

	clock_gettime(CLOCK_REALTIME, &limit);
	limit.tv_sec += PATIENCE_S;
	while (sem_timedwait(sem, &limit) < 0)
		if (errno != EINTR)
			return false;
	return true;
}

/* Runs on a disk thread: tells nothing by assertions, which jump. */
static void
job_work(struct disk_job *disk_job)
{
	struct job *job = job_of(disk_job);

	if (job->started != NULL)
		sem_post(job->started);
	if (job->may_end != NULL && !await(job->may_end))
		job->waited_in_vain = true;
	atomic_fetch_add(&job->bench->worked, 1);
}

static void
job_done(struct disk_job *disk_job)
{
	struct job *job = job_of(disk_job);

	assert_true(pthread_equal(pthread_self(), job->bench->loop_thread));
	job->bench->done++;
}

static void
job_post(struct job *job, struct bench *bench, uint64_t key)
{
	job->bench = bench;
	job->disk.key = key;
	if (job->disk.work == NULL)
		job->disk.work = job_work;
	if (job->disk.done == NULL)
		job->disk.done = job_done;
	disk_post(bench->disk, &job->disk);
}

static unsigned
count_threads(void)
{
	DIR *dir = opendir("/proc/self/task");
	struct dirent *entry;
	unsigned count = 0;

	assert_non_null(dir);
	while ((entry = readdir(dir)) != NULL)
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count;
}

/* ---- where ---- */

struct where_job {
	struct job job;
	pthread_t worked_on;
};

static void
where_work(struct disk_job *job)
{
	((struct where_job *)job)->worked_on = pthread_self();
}

static void
test_where(void **state)
{
	struct where_job where = { .job.disk.work = where_work };
	struct bench bench;

	(void)state;
	bench_init(&bench, 2);
	job_post(&where.job, &bench, 1);
	bench_run(&bench);
	assert_int_equal(bench.done, 1);
	assert_false(pthread_equal(where.worked_on, pthread_self()));
	bench_release(&bench);
}

/* ---- order ---- */

struct order {
	atomic_int inside;      /* jobs of this key that run now */
	unsigned next;          /* number of the next one; not locked: the
	                           order within the key must do that */
	atomic_bool broken;
};

struct order_job {
	struct job job;
	struct order *order;
};

static void
order_work(struct disk_job *disk_job)
{
	struct order_job *job = (struct order_job *)disk_job;
	struct order *order = job->order;

	if (atomic_fetch_add(&order->inside, 1) != 0 ||
	    order->next++ != job->job.number)
		atomic_store(&order->broken, true);
	if (job->job.number % 16 == 0)
		usleep(200);
	atomic_fetch_sub(&order->inside, 1);
}

static void
test_order(void **state)
{
	struct order orders[KEYS] = { 0 };
	struct order_job *jobs = calloc(JOBS, sizeof *jobs);
	struct bench bench;
	unsigned i;

	(void)state;
	assert_non_null(jobs);
	bench_init(&bench, 4);
	for (i = 0; i < JOBS; i++) {
		jobs[i].job.disk.work = order_work;
		jobs[i].job.number = i / KEYS;
		jobs[i].order = &orders[i % KEYS];
		job_post(&jobs[i].job, &bench, i % KEYS);
	}
	bench_run(&bench);
	assert_int_equal(bench.done, JOBS);
	for (i = 0; i < KEYS; i++) {
		assert_false(atomic_load(&orders[i].broken));
		assert_int_equal(orders[i].next, (JOBS + KEYS - 1 - i) / KEYS);
	}
	bench_release(&bench);
	free(jobs);
}

/* Each of two jobs waits for the other one to have started. */
static void
test_side_by_side(void **state)
{
	sem_t first, second;
	struct job a = { .started = &first, .may_end = &second };
	struct job b = { .started = &second, .may_end = &first };
	struct bench bench;

	(void)state;
	sem_init(&first, 0, 0);
	sem_init(&second, 0, 0);
	bench_init(&bench, 2);
	job_post(&a, &bench, 1);
	job_post(&b, &bench, 2);
	bench_run(&bench);
	assert_false(a.waited_in_vain);
	assert_false(b.waited_in_vain);
	bench_release(&bench);
	sem_destroy(&first);
	sem_destroy(&second);
}

/* The first of key 1 ends only when the job of key 2, posted last, has run;
 * the second thread must pass the held ones by. */
static void
test_held_back(void **state)
{
	sem_t passed;
	struct job first = { .may_end = &passed }, held[3] = { 0 };
	struct job other = { .started = &passed };
	struct bench bench;
	unsigned i;

	(void)state;
	sem_init(&passed, 0, 0);
	bench_init(&bench, 2);
	job_post(&first, &bench, 1);
	for (i = 0; i < 3; i++)
		job_post(&held[i], &bench, 1);
	job_post(&other, &bench, 2);
	bench_run(&bench);
	assert_false(first.waited_in_vain);
	assert_int_equal(bench.done, 5);
	bench_release(&bench);
	sem_destroy(&passed);
}

/* ---- coming back ---- */

/* With one thread, all before the last one have finished when that starts. */
static void
test_one_turn(void **state)
{
	sem_t started, may_end;
	struct job jobs[100] = { 0 };
	struct job last = { .started = &started, .may_end = &may_end };
	struct bench bench;
	unsigned i;

	(void)state;
	sem_init(&started, 0, 0);
	sem_init(&may_end, 0, 0);
	bench_init(&bench, 1);
	for (i = 0; i < 100; i++)
		job_post(&jobs[i], &bench, i);
	job_post(&last, &bench, 0);
	assert_true(await(&started));
	assert_int_equal(disk_pending(bench.disk), 101);
	assert_int_equal(bench.done, 0);
	ev_run(bench.loop, EVRUN_ONCE);
	assert_int_equal(bench.done, 100);
	assert_int_equal(disk_pending(bench.disk), 1);
	sem_post(&may_end);
	bench_run(&bench);
	assert_int_equal(bench.done, 101);
	bench_release(&bench);
	sem_destroy(&started);
	sem_destroy(&may_end);
}

/* Frees itself; the first ones post two more each. */
static void
breed_done(struct disk_job *disk_job)
{
	struct job *job = job_of(disk_job);
	struct bench *bench = job->bench;
	unsigned i, number = job->number;

	bench->done++;
	free(job);
	for (i = 0; number > 0 && i < 2; i++) {
		struct job *child = calloc(1, sizeof *child);

		assert_non_null(child);
		child->number = number - 1;
		child->disk.done = breed_done;
		job_post(child, bench, i);
	}
}

static struct job *
breed(unsigned generations)
{
	struct job *job = calloc(1, sizeof *job);

	assert_non_null(job);
	job->number = generations;
	job->disk.done = breed_done;
	return job;
}

static void
test_done_posts(void **state)
{
	struct bench bench;

	(void)state;
	bench_init(&bench, 3);
	job_post(breed(7), &bench, 1);
	assert_int_equal(disk_pending(bench.disk), 1);
	bench_run(&bench);
	assert_int_equal(bench.done, 255);
	bench_release(&bench);
}

static void
again_done(struct disk_job *disk_job)
{
	struct job *job = job_of(disk_job);

	assert_int_equal(disk_pending(job->bench->disk), 0);
	if (++job->bench->done < 10)
		disk_post(job->bench->disk, disk_job);
}

static void
test_same_job_again(void **state)
{
	struct job job = { .disk.done = again_done };
	struct bench bench;

	(void)state;
	bench_init(&bench, 2);
	job_post(&job, &bench, 1);
	bench_run(&bench);
	assert_int_equal(bench.done, 10);
	assert_int_equal(atomic_load(&bench.worked), 10);
	bench_release(&bench);
}

/* ---- beginning and end ---- */

static void
test_threads(void **state)
{
	unsigned before = count_threads();
	struct job job = { 0 };
	struct bench bench;
	int i;

	(void)state;
	disk_free(NULL);
	bench_init(&bench, 3);
	assert_int_equal(count_threads(), before);
	job_post(&job, &bench, 1);
	assert_in_range(count_threads(), before + 1, before + 3);
	bench_run(&bench);
	bench_release(&bench);
	for (i = 0; i < PATIENCE_S * 1000 && count_threads() > before; i++)
		usleep(1000);   /* a joined thread is listed a moment more */
	assert_int_equal(count_threads(), before);
}

static void
test_free_runs_all(void **state)
{
	struct job jobs[50] = { 0 };
	struct bench bench;
	unsigned i;

	(void)state;
	bench_init(&bench, 2);
	for (i = 0; i < 50; i++)
		job_post(&jobs[i], &bench, i % 3);
	job_post(breed(4), &bench, 1);
	bench_release(&bench);
	assert_int_equal(bench.done, 50 + 31);
	assert_int_equal(atomic_load(&bench.worked), 50 + 31);
}

/* ---- the system ---- */

struct signal_job {
	struct job job;
	sigset_t blocked;
};

static void
signal_work(struct disk_job *job)
{
	pthread_sigmask(SIG_BLOCK, NULL, &((struct signal_job *)job)->blocked);
}

/* What a thread can only cause itself: blocked, it would end the program
 * without its handler. */
static bool
signal_is_fault(int number)
{
	return number == SIGSEGV || number == SIGBUS || number == SIGFPE ||
	    number == SIGILL || number == SIGABRT || number == SIGSYS ||
	    number == SIGTRAP;
}

static void
test_signals(void **state)
{
	struct signal_job job = { .job.disk.work = signal_work };
	struct bench bench;
	sigset_t mine;
	int i;

	(void)state;
	bench_init(&bench, 1);
	job_post(&job.job, &bench, 1);
	bench_run(&bench);
	pthread_sigmask(SIG_BLOCK, NULL, &mine);
	for (i = 1; i < 32; i++) {
		if (i == SIGKILL || i == SIGSTOP)
			continue;
		assert_int_equal(sigismember(&job.blocked, i),
		    !signal_is_fault(i));
		assert_false(sigismember(&mine, i));
	}
	bench_release(&bench);
}

static void
test_no_descriptors(void **state)
{
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	struct rlimit before, none;
	struct disk *disk;

	(void)state;
	assert_non_null(loop);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	none = before;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	disk = disk_new(loop, 1);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
	assert_null(disk);
	ev_loop_destroy(loop);
}

/* Root may have any number of threads: the child becomes another user.
 * Returns its exit status: 0 good, 1 bad, 2 threads could not be forbidden. */
static int
run_without_threads(void)
{
	const struct rlimit none = { 0, 0 };
	struct job a = { 0 }, b = { 0 };
	struct bench bench;
	unsigned before = count_threads();

	if (geteuid() == 0 && setresuid(65534, 65534, 65534) < 0)
		return 2;
	if (setrlimit(RLIMIT_NPROC, &none) < 0)
		return 2;
	bench_init(&bench, 2);
	job_post(&a, &bench, 1);
	job_post(&b, &bench, 1);
	if (count_threads() > before)
		return 2;
	if (atomic_load(&bench.worked) != 2 || bench.done != 0)
		return 1;
	ev_run(bench.loop, EVRUN_ONCE);
	if (bench.done != 2)
		return 1;
	job_post(&a, &bench, 1);
	bench_release(&bench);
	return bench.done == 3 ? 0 : 1;
}

static void
test_no_threads(void **state)
{
	pid_t child = fork();
	int status;

	(void)state;
	assert_true(child >= 0);
	if (child == 0) {
		alarm(PATIENCE_S);
		_exit(run_without_threads());
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 2)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		{ "a job works elsewhere and is done on the loop's thread",
		    test_where, NULL, NULL, NULL },
		{ "jobs of one key run in order, one at a time", test_order,
		    NULL, NULL, NULL },
		{ "jobs of two keys run side by side", test_side_by_side,
		    NULL, NULL, NULL },
		{ "a key that runs lets other keys' jobs pass",
		    test_held_back, NULL, NULL, NULL },
		{ "all that has finished is done in one turn", test_one_turn,
		    NULL, NULL, NULL },
		{ "done may free its job and post others", test_done_posts,
		    NULL, NULL, NULL },
		{ "done may post its job again", test_same_job_again,
		    NULL, NULL, NULL },
		{ "threads start with the first job and end with the disk",
		    test_threads, NULL, NULL, NULL },
		{ "freeing runs what is posted to its end",
		    test_free_runs_all, NULL, NULL, NULL },
		{ "the threads take no signal but those of their own faults",
		    test_signals, NULL, NULL, NULL },
		{ "without descriptors there is no disk, and no crash",
		    test_no_descriptors, NULL, NULL, NULL },
		{ "without threads the jobs run all the same",
		    test_no_threads, NULL, NULL, NULL },
	};

	alarm(TIME_LIMIT_S);
	return cmocka_run_group_tests_name("disk", tests, NULL, NULL);
}
