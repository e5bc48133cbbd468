# SPDX-License-Identifier: MIT
"""The cases: for each its rows (who fetches what, how) and its goals."""

import dataclasses
import typing

from . import probes, tools, world
from .results import at_most, best_of, derived, figure, times_faster

TRIP_MS = 50
PACE_BPS = 5 << 20
CRAWL_BPS = 50000


@dataclasses.dataclass(frozen=True)
class Row:
    name: str
    command: typing.Callable            # from tools.Job to a command
    program: str = "haul"               # "haul", "own", or a peer's name
    kind: str = None                    # of data, instead of the case's
    count: str = None                   # a field of Sizes: so many files only
    scheme: str = None                  # instead of the case's
    relay: tuple = ()                   # options: go through a relay
    discards: bool = False              # leaves no file to compare
    rounds: int = None                  # at most so many, and no warm-up
    timeout: int = 60
    may_time_out: bool = False          # a lower bound is a result as well


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    about: str
    goals: list
    rows: tuple = ()
    base: str = None                    # row that the table compares with
    kind: str = None
    scheme: str = "http"
    rounds: int = None                  # at most
    warmup: bool = True
    probe: typing.Callable = None       # measures what is not a run


def big_http(sizes):
    del sizes
    return Case(
        "http2g", "one big file over http to a file", kind="big",
        base="floor", rows=(
            Row("floor", tools.floor("floor-http"), "own"),
            Row("haul", tools.haul()),
            Row("curl", tools.curl(), "curl"),
            Row("wget2", tools.wget2(), "wget2"),
            Row("aria2c-x5", tools.aria2c(5), "aria2c"),
            Row("axel-n5", tools.axel(5), "axel"),
            Row("parfive", tools.parfive(), "parfive", rounds=2, timeout=90),
        ),
        goals=[
            at_most("haul", 1.3, "floor"),
            best_of("haul", 1.05, ["curl", "wget2"]),
            times_faster("haul", 6, "parfive"),
        ])


def big_null(sizes):
    del sizes
    return Case(
        "http2g-null", "the same, bytes thrown away: CPU of the engine alone",
        kind="big", base="floor-discard", rows=(
            Row("floor-discard", tools.floor_discard("floor-http"), "own",
                discards=True),
            Row("haul-discard", tools.haul("--discard"), discards=True),
        ),
        goals=[at_most("haul-discard", 1.25, "floor-discard", "cpu")])


def big_https(sizes):
    del sizes
    return Case(
        "https2g", "one big file over https (HTTP/1.1)", kind="big",
        scheme="https", base="floor-tls", rows=(
            Row("floor-tls", tools.floor("floor-tls"), "own"),
            Row("haul", tools.haul()),
            Row("curl", tools.curl(), "curl"),
            Row("aria2c-x5", tools.aria2c(5), "aria2c"),
        ),
        goals=[
            at_most("haul", 1.3, "floor-tls"),
            times_faster("haul", 1.3, "aria2c-x5"),
        ])


def small(connections):
    n = connections
    return lambda sizes: Case(
        f"small{n}", f"{sizes.small_count} files of {sizes.small_size} "
        f"bytes, {n} at once", kind="small", base="floor-files", rows=(
            Row("floor-files", tools.floor_files(n), "own"),
            Row("haul", tools.haul("-n", n)),
            Row("haul-no-store", tools.haul("-n", n, "--no-store")),
            Row("curl-Z", tools.curl_parallel(n), "curl"),
            Row("wget2", tools.wget2_list(n), "wget2"),
            Row("aria2c", tools.aria2c_list(n), "aria2c"),
        ),
        goals=[
            at_most("haul", 2.2, "floor-files"),
            at_most("haul", 1.02, "haul-no-store"),
            times_faster("haul", 3, "aria2c"),
            times_faster("haul", 1.1, "wget2"),
            times_faster("haul", 1.05, "curl-Z"),
        ])


def small_few(sizes):
    return Case(
        "small-few", f"{sizes.few_count} of the small files, for parfive",
        kind="small", base="haul", rows=(
            Row("haul", tools.haul(), count="few_count"),
            Row("parfive", tools.parfive(), "parfive", count="few_count",
                rounds=3),
        ),
        goals=[times_faster("haul", 20, "parfive")])


def small_cost(sizes):
    return Case(
        "small-cost", f"system calls and instructions for a small file "
        f"({sizes.cost_count} files less 1), 16 at once", kind="small",
        rows=(
            Row("haul-no-store", tools.haul("-n", 16, "--no-store")),
            Row("haul", tools.haul("-n", 16)),
            Row("floor-files", tools.floor_files(16), "own"),
            Row("curl-Z", tools.curl_parallel(16), "curl"),
            Row("wget2", tools.wget2_list(16), "wget2"),
            Row("aria2c", tools.aria2c_list(16), "aria2c"),
        ),
        probe=probes.cost,
        # The engine alone, and with its runs recorded, as is the default.
        goals=[goal for row in ("haul-no-store", "haul") for goal in (
            figure(f"{row}: system calls a file", 9,
                   f"{row}: ≤ 9 system calls a file"),
            figure(f"{row}: rt_sigaction a file", 0,
                   f"{row}: no rt_sigaction"),
            figure(f"{row}: instructions a file", 120000,
                   f"{row}: ≤ 120,000 instructions a file", digits=0),
        )])


def round_trips(sizes):
    trip = TRIP_MS / 1000
    far = ("--delay", TRIP_MS)

    def row(name, command, program="haul"):
        return Row(name, command, program, count="trip_count", relay=far)

    def goal(n):
        ideal = -(-sizes.trip_count // n) * trip
        # The connection's own round trip is set-up, and allowed for.
        return derived(
            f"haul-{n}", lambda sample: (sample.wall - trip) / ideal, 1.05,
            f"haul-{n}: wall less one trip ≤ 1.05 × {ideal:.2f} s")

    return Case(
        "rtt50", f"{sizes.trip_count} small files at {TRIP_MS} ms round trip",
        kind="small", base="floor-16", rounds=2, warmup=False, rows=(
            row("floor-16", tools.floor_files(16), "own"),
            row("haul-5", tools.haul("-n", 5)),
            row("haul-16", tools.haul("-n", 16)),
            row("haul-32", tools.haul("-n", 32)),
            row("curl-Z-16", tools.curl_parallel(16), "curl"),
        ),
        goals=[goal(5), goal(16), goal(32)])


def paced(sizes):
    pace = ("--rate", PACE_BPS)

    def goal(n):
        ideal = sizes.mid / PACE_BPS / n
        return derived(f"haul-s{n}", lambda sample: sample.wall / ideal, 1.05,
                       f"haul-s{n}: wall ≤ 1.05 × {ideal:.2f} s")

    return Case(
        "paced", f"{sizes.mid >> 20} MiB, each connection held to "
        f"{PACE_BPS >> 20} MiB/s", kind="mid", base="haul-s5", rounds=3,
        warmup=False, rows=(
            Row("haul-s5", tools.haul("-s", 5), relay=pace),
            Row("haul-s16", tools.haul("-s", 16), relay=pace),
            Row("aria2c-x5", tools.aria2c(5), "aria2c", relay=pace),
            Row("aria2c-x16", tools.aria2c(16), "aria2c", relay=pace),
        ),
        goals=[
            goal(5), goal(16),
            at_most("haul-s5", 1, "aria2c-x5"),
            at_most("haul-s16", 1, "aria2c-x16"),
        ])


def crawler(sizes):
    pace = ("--rate", PACE_BPS)

    def crawl(position):
        # One only: a connection opened in place of the crawler is good.
        return (*pace, "--slow-every", 1000, "--slow-at", position,
                "--slow-rate", CRAWL_BPS)

    return Case(
        "crawler", f"{sizes.mid >> 20} MiB; of five connections one crawls "
        f"at {CRAWL_BPS // 1000} kB/s, the others do {PACE_BPS >> 20} MiB/s",
        kind="mid", base="haul-four-good", rounds=2, warmup=False, rows=(
            Row("haul-four-good", tools.haul("-s", 4), relay=pace),
            Row("haul-1st-crawls", tools.haul("-s", 5), relay=crawl(1)),
            Row("haul-2nd-crawls", tools.haul("-s", 5), relay=crawl(2)),
            Row("haul-5th-crawls", tools.haul("-s", 5), relay=crawl(5)),
            Row("aria2c-5th-crawls", tools.aria2c(5), "aria2c",
                relay=crawl(5), may_time_out=True),
        ),
        goals=[
            at_most("haul-1st-crawls", 1.3, "haul-four-good"),
            at_most("haul-2nd-crawls", 1.3, "haul-four-good"),
            at_most("haul-5th-crawls", 1.3, "haul-four-good"),
            times_faster("haul-5th-crawls", 2, "aria2c-5th-crawls"),
        ])


def million(sizes):
    return Case(
        "million", f"a list of {sizes.url_count:,} URLs",
        probe=probes.million,
        goals=[
            figure("bytes an item beyond its URL", 100,
                   "≤ 100 bytes an item beyond its URL's text", digits=1),
            figure("seconds to the first request", 1,
                   "first request ≤ 1 s after start"),
        ])


def rate(sizes):
    limit = ("--limit-rate", sizes.rate_bps)
    rows = (
        Row("haul-1", tools.haul(*limit), kind="rate-one"),
        Row("haul-20", tools.haul(*limit, "-n", 20), kind="rate-many"),
        Row("haul-1-https", tools.haul(*limit), kind="rate-one",
            scheme="https"),
        Row("haul-20-https", tools.haul(*limit, "-n", 20),
            kind="rate-many", scheme="https"),
        Row("aria2c-20", tools.aria2c_list(
            20, f"--max-overall-download-limit={sizes.rate_bps}"), "aria2c",
            kind="rate-many", rounds=1),
    )
    ideal = sizes.rate_seconds
    goals = []
    for row in rows[:4]:
        goals += [
            derived(row.name, lambda sample: abs(ideal / sample.wall - 1) *
                    100, 3, f"{row.name}: rate within 3 %"),
            derived(row.name, lambda sample: sample.cpu / sample.wall * 100,
                    5, f"{row.name}: ≤ 5 % CPU"),
            # Ten times what full socket buffers would need.
            derived(row.name, lambda sample: sample.voluntary / sample.wall,
                    2000, f"{row.name}: ≤ 2,000 wake-ups a second (no busy "
                    "loop)", digits=0),
        ]
    return Case(
        "rate", f"limit of {sizes.rate_bps / 1e6:g} MB/s for "
        f"{sizes.rate_seconds} s: one file, {world.RATE_FILES} files, https",
        base="haul-1", kind="rate-one", rounds=2, warmup=False, rows=rows,
        goals=goals)


# What the budget may cut comes last: the slow and noisy ones.
MAKERS = [small_cost, small(5), small(16), million, rate, paced, round_trips,
          big_null, big_https, big_http, small_few, crawler]


def all_cases(sizes):
    return [make(sizes) for make in MAKERS]
