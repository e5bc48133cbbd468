# SPDX-License-Identifier: MIT
"""What came out of a case, the goals set for it, and both as tables."""

import statistics
import typing


class Results:
    """The runs of one case, by row and round; and single figures."""

    def __init__(self, case):
        self.case = case
        self.runs = {}          # row name -> {round: Sample}, counted only
        self.all = []           # (row name, round, Sample), as they came
        self.figures = {}       # name -> number
        self.notes = []         # sentences below the table

    def add(self, row, number, sample):
        self.all.append((row.name, number, sample))
        if number > 0 and (not sample.problem or
                           (sample.timed_out and row.may_time_out)):
            self.runs.setdefault(row.name, {})[number] = sample

    def values(self, row, metric="wall"):
        return [getattr(sample, metric)
                for sample in self.runs.get(row, {}).values()]

    def median(self, row, metric="wall"):
        values = self.values(row, metric)
        return statistics.median(values) if values else None

    def ratio(self, row, base, metric="wall"):
        """The median of the ratios of runs of one round: what disturbs a
        round disturbs both, so it is steadier than a ratio of medians."""
        above, below = self.runs.get(row, {}), self.runs.get(base, {})
        ratios = [getattr(above[number], metric) /
                  max(getattr(below[number], metric), 1e-6)
                  for number in above if number in below]
        return statistics.median(ratios) if ratios else None

    def best(self, rows):
        """The row with the lowest median wall time, or None."""
        present = [row for row in rows if self.values(row)]
        return min(present, key=self.median, default=None)


class Goal(typing.NamedTuple):
    text: str
    measure: typing.Callable    # from Results to a number, or None
    limit: float
    at_most: bool = True
    digits: int = 2

    def judge(self, results):
        """The value and whether it meets the goal; (None, None) if it was
        not measured."""
        value = self.measure(results)
        if value is None:
            return None, None
        # As printed: a goal of 1.30 is met by what shows as 1.30.
        value = round(value, self.digits)
        return value, (value <= self.limit if self.at_most
                       else value >= self.limit)


def at_most(row, limit, base, metric="wall", text=None):
    return Goal(text or f"{row}: {metric} ≤ {limit:g} × {base}",
                lambda results: results.ratio(row, base, metric), limit)


def times_faster(row, limit, peer):
    return Goal(f"{row}: ≥ {limit:g} × as fast as {peer}",
                lambda results: results.ratio(peer, row), limit, False)


def best_of(row, limit, peers):
    def measure(results):
        best = results.best(peers)
        return results.ratio(row, best) if best else None
    return Goal(f"{row}: wall ≤ {limit:g} × the best of {', '.join(peers)}",
                measure, limit)


def figure(name, limit, text, digits=2):
    return Goal(text, lambda results: results.figures.get(name), limit,
                digits=digits)


def derived(row, function, limit, text, digits=2):
    """A goal for the median of function(sample) over a row's runs."""
    def measure(results):
        values = [function(sample)
                  for sample in results.runs.get(row, {}).values()]
        return statistics.median(values) if values else None
    return Goal(text, measure, limit, digits=digits)


# ---- tables ---------------------------------------------------------------

def _number(value, digits=2):
    return "-" if value is None else f"{value:.{digits}f}"


def _row(results, name, base):
    walls = results.values(name)
    if not walls:
        return f"| {name} | - | | | | | | | 0 |"
    spread = f"{_number(results.median(name))} " \
             f"({_number(min(walls))}-{_number(max(walls))})"
    cells = [spread]
    cells += [_number(results.median(name, metric))
              for metric in ("user", "sys", "cpu")]
    cells += [_number(results.ratio(name, base)),
              _number(results.ratio(name, base, "cpu")),
              f"{results.median(name, 'rss_kib') / 1024:.0f}",
              str(len(walls))]
    return f"| {name} | " + " | ".join(cells) + " |"


def runs_table(results, rows, base):
    lines = [f"base: {base}", "",
             "| row | wall median (min-max), s | user | sys | cpu | wall/base "
             "| cpu/base | RSS MiB | runs |",
             "|---|---|---|---|---|---|---|---|---|"]
    lines += [_row(results, name, base) for name in rows]
    return "\n".join(lines)


def figures_table(results):
    lines = ["| figure | value |", "|---|---|"]
    lines += [f"| {name} | {value:,.2f} |"
              for name, value in results.figures.items()]
    return "\n".join(lines)


def problems(results):
    return [f"{row}, round {number}: {sample.problem}"
            for row, number, sample in results.all if sample.problem]


def judge(results):
    """(text, limit, value, met) of every goal of the case."""
    return [(goal.text, goal.limit, *goal.judge(results), goal.digits)
            for goal in results.case.goals]


def goals_table(all_results):
    lines = ["| case | goal | measured | |", "|---|---|---|---|"]
    words = {True: "met", False: "**not met**", None: "not measured"}
    for results in all_results:
        for text, _, value, met, digits in judge(results):
            lines.append(f"| {results.case.name} | {text} | "
                         f"{_number(value, digits)} | {words[met]} |")
    return "\n".join(lines)
