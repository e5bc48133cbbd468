# SPDX-License-Identifier: MIT
"""Writes one line of TAP for each test to the descriptor HAUL_TAP_FD, and
ends a test that runs for more than HAUL_TEST_SECONDS (else 120, or half an
hour with HAUL_TESTS=long).

A test is ok if set-up, call and tear-down all went well. An expected failure
is not ok: haul has none. A test skipped because something is "missing" is not
ok either where all tests must run (CI is set). Failures' last lines follow as
comments.
"""

import os
import signal

import pytest

LONG = os.environ.get("HAUL_TESTS") == "long"
LIMIT_S = float(os.environ.get("HAUL_TEST_SECONDS", 1800 if LONG else 120))


class Tap:
    """The state of one run: numbers given out, and the running test's fate."""

    def __init__(self, out):
        self.out = out
        self.number = 0
        self.broken = []        # what could not even be collected
        self.failed = None      # text of the running test's failure
        self.skipped = None     # reason

    def write(self, line):
        print(line, file=self.out, flush=True)

    def result(self, ok, name, directive=""):
        self.number += 1
        name = name.replace("#", "\\#")
        self.write(f"{'ok' if ok else 'not ok'} {self.number} - {name}"
                   f"{directive}")

    def comment(self, text):
        for line in text.splitlines()[-40:]:
            self.write(f"# {line}")

    def skip(self, name, reason):
        missing = "missing" in reason or "could not import" in reason
        if missing and os.environ.get("CI"):
            self.result(False, name)
            self.comment(reason)
        else:
            self.result(True, name, f" # SKIP {reason}")

    def pytest_collectreport(self, report):
        if report.failed:
            self.broken.append((report.nodeid, report.longreprtext))

    def pytest_collection_finish(self, session):
        self.write(f"1..{len(session.items) + len(self.broken)}")
        for name, text in self.broken:
            self.result(False, f"collect {name}")
            self.comment(text)

    def pytest_runtest_logstart(self):
        self.failed = self.skipped = None

    def pytest_runtest_logreport(self, report):
        if report.failed or hasattr(report, "wasxfail"):
            self.failed = (self.failed or "") + report.longreprtext
        elif report.skipped:
            self.skipped = str(report.longrepr[2])

    def pytest_runtest_logfinish(self, nodeid):
        if self.failed is not None:
            self.result(False, nodeid)
            self.comment(self.failed)
        elif self.skipped is not None:
            self.skip(nodeid, self.skipped.replace("\n", " "))
        else:
            self.result(True, nodeid)

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_call(self, item):
        def too_long(_signal, _frame):
            pytest.fail(f"took more than {LIMIT_S:g} s")

        before = signal.signal(signal.SIGALRM, too_long)
        signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
        yield
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def pytest_configure(config):
    fd = os.environ.pop("HAUL_TAP_FD", None)
    if fd is not None:
        os.set_inheritable(int(fd), False)
        out = os.fdopen(int(fd), "w", encoding="utf-8", errors="replace")
        config.pluginmanager.register(Tap(out), "haul-tap")
