#!/usr/bin/env python3
"""Runs the program at every call that fails, and at every call at which it is killed: the 1st, the 2nd, ... until none
is left. After each run every output is the whole old one or the whole new one, the exit status is true, and the next
run makes the right bytes and leaves nothing behind. Prints a table: output x call: runs, of these faults that came,
broken.

    sweep.py PROGRAM FAULTS [--points N] [--only OUTPUT,...:CALL,...] [--jobs N] [--folder DIR]

FAULTS is the library made of faults.c; --points tries at most that many places of each call instead of all."""

import argparse
import concurrent.futures
import dataclasses
import errno
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import scenarios  # noqa: E402
import stacks  # noqa: E402

# With what a call may fail; the places take turns.
errors = {
    "open": [errno.EMFILE, errno.EACCES, errno.EIO, errno.ENFILE],
    "list": [errno.EIO, errno.ESTALE],
    "read": [errno.EIO, errno.ESTALE],
    "pread": [errno.EIO, errno.ESTALE, errno.ETIMEDOUT],
    "write": [errno.ENOSPC, errno.EIO, errno.EDQUOT, errno.EFBIG],
    "pwrite": [errno.ENOSPC, errno.EIO, errno.EDQUOT],
    "fsync": [errno.EIO, errno.ENOSPC],
    "close": [errno.EIO, errno.ENOSPC],
    "rename": [errno.EIO, errno.EACCES, errno.EXDEV, errno.EBUSY],
    "link": [errno.EIO, errno.EPERM, errno.EMLINK],
    "unlink": [errno.EBUSY, errno.EACCES, errno.EIO],
    "mkdir": [errno.ENOSPC, errno.EACCES],
    "size": [errno.ENOSPC, errno.EFBIG, errno.EIO],
    "lock": [errno.ENOLCK, errno.EIO],
    "stat": [errno.EIO, errno.ESTALE],
    "mmap": [errno.ENOMEM],
    "thread": [errno.EAGAIN],
    "malloc": [errno.ENOMEM],
}
calls_of_files = "open,read,pread,write,pwrite,size,fsync,close,lock,rename,link,unlink,mkdir"
# The table's columns: name, calls, how long the fault lasts (0: to the end), killed?
faults = ([(call, call, 1, False) for call in errors] +
          [(call + "..", call, 0, False) for call in ("open", "pread", "write", "fsync", "rename", "link", "unlink",
                                                      "thread", "malloc")] +
          [("kill", calls_of_files, 1, True)])
of_reading = ("open", "list", "read", "pread", "stat", "thread", "malloc", "open..", "pread..", "malloc..")
# What cannot be removed or found is left, and the next run sweeps it.
may_leave = {"unlink", "unlink..", "list", "stat", "open", "open..", "rename..", "malloc", "malloc.."}

hidden = re.compile(r"(^|/)\.[^/]*")
tags = re.compile(rb"[0-9a-f]{8}-[0-9]+-[0-9a-f]{8}")


class CannotSweep(Exception):
    """A run without a fault is not as it must be."""


class Folder:
    """What is in a folder, as a value: path -> bytes, None for a folder."""

    @staticmethod
    def read(root):
        found = {}
        for entry in os.scandir(root):
            if entry.is_dir(follow_symlinks=False):
                found[entry.name] = None
                for path, content in Folder.read(entry.path).items():
                    found[entry.name + "/" + path] = content
            else:
                with open(entry.path, "rb") as file:
                    found[entry.name] = file.read()
        return found

    @staticmethod
    def write(root, state):
        shutil.rmtree(root, ignore_errors=True)
        os.mkdir(root)
        for path, content in sorted(state.items()):
            if content is None:
                os.mkdir(os.path.join(root, path))
            else:
                with open(os.path.join(root, path), "wb") as file:
                    file.write(content)


def masked(path, content):
    """The bytes but for what differs from run to run."""
    if content is not None and path.endswith(".html"):
        return re.sub(rb"[0-9][0-9.,]*", b"#", content)
    return content


def part(state, name):
    """An output out of what is there."""
    return {path: masked(path, content) for path, content in state.items()
            if path == name or path.startswith(name + "/")}


def visible(state):
    return {path: masked(path, content) for path, content in state.items() if not hidden.search(path)}


def resolved(state, header):
    """A header as a reader takes it: with the bytes of its data file in place of its name."""
    text = state.get(header)
    if text is None:
        return None
    head, _, rest = text.rpartition(b"\ndata file: ")
    data = rest.split(b"\n")[0].decode()
    return head, state.get(data, b"no such file: " + data.encode())


@dataclasses.dataclass
class Case:
    """A scenario, and what is in the folder of its outputs."""
    scenario: scenarios.Scenario
    before: dict
    wanted: dict  # when the run has succeeded
    final: dict   # and when the runs after it have
    old: dict = None  # where a killed run was before: what there was before that one


class Sweep:
    def __init__(self, arguments):
        self.program = os.path.abspath(arguments.program)
        self.library = os.path.abspath(arguments.faults)
        self.points = arguments.points
        self.jobs = arguments.jobs
        self.root = tempfile.mkdtemp(prefix="stack2nrrd-sweep-", dir=arguments.folder)
        stacks.write_all(self.root)
        self.local = threading.local()
        self.lock = threading.Lock()
        self.places = 0
        self.table = {}
        self.broken = []
        self.known = {}  # what the next run made of a state, so that it is not asked twice
        self.pool = concurrent.futures.ThreadPoolExecutor(self.jobs)

    def place(self):
        """The folders of this thread: of the outputs, and for marks."""
        if not hasattr(self.local, "out"):
            with self.lock:
                self.places += 1
                own = os.path.join(self.root, f"at{self.places}")
            os.mkdir(own)
            self.local.out = os.path.join(own, "out")
            self.local.marks = own
        return self.local.out, self.local.marks

    def start(self, command, **settings):
        """A run of the program, in the folder of the outputs: status and what it said."""
        out, _ = self.place()
        environment = {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C", "TMPDIR": self.root}
        if settings:
            environment["LD_PRELOAD"] = self.library
            environment.update({"FAULT_" + key.upper(): str(value) for key, value in settings.items()})
        try:
            result = subprocess.run([self.program] + command, cwd=out, env=environment, stdin=subprocess.DEVNULL,
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        except subprocess.TimeoutExpired:
            return "hangs", ""
        return result.returncode, result.stderr.decode(errors="replace")

    def made(self, runs, state):
        """What these runs leave where that was."""
        out, _ = self.place()
        Folder.write(out, state)
        for command in runs:
            status, said = self.start(command)
            if status != 0:
                raise CannotSweep(f"without a fault: {' '.join(command)}: status {status}: {said}")
        return Folder.read(out)

    # ------------------------------------------------------------------------------------------- one run, judged

    def judge(self, case, column, n, fired, status, said, after):
        """What is wrong with a run; None if nothing is."""
        name, _, _, killed = column
        is_work = lambda path: any(path == w or path.startswith(w + "/") for w in case.scenario.work)  # noqa: E731
        results = lambda state: {p: c for p, c in visible(state).items() if not is_work(p)}  # noqa: E731
        work = any(is_work(path) for path in after)
        hidden_left = len(visible(after)) != len(after)
        done = results(after) == results(case.wanted)
        undone = results(after) == results(case.before)
        if killed and fired:
            if status != -signal.SIGKILL:
                return f"status {status} instead of a kill"
            return self.judge_parts(case, after) or self.judge_next(case, after)
        if status == 0:
            if not done:
                return "status 0, but the outputs are not those of a whole run"
            if hidden_left and name not in may_leave and case.old is None:
                return "status 0, but hidden files are left"
            return self.judge_next(case, after) if hidden_left or work else None
        if not fired:
            return f"status {status} without a fault: {said}"
        if not isinstance(status, int) or status < 0:
            return f"ends by {status}: {said}"
        if case.old is not None:  # what that run had left may be put right by now, or not yet
            problem = self.judge_parts(case, after)
            if problem:
                return f"status {status}: {problem}"
        elif not undone:
            return f"status {status}, but the outputs are not those of before"
        if hidden_left and name not in may_leave and case.old is None:
            return f"status {status}, and hidden files are left"
        allowed = {"malloc": {6}, "mmap": {6}, "thread": {6}, "open": {5, 6}}.get(name.rstrip("."), {5})
        if status not in allowed:
            return f"status {status}: {said}"
        lines = [line for line in said.splitlines() if not line.startswith("stack2nrrd: warning: ")]
        if len(lines) != 1 or not lines[0].startswith("stack2nrrd: ") or "damaged" in said or "a bug in" in said:
            return f"status {status}, and no sentence that fits: {said!r}"
        return self.judge_next(case, after) if hidden_left or work else None

    @staticmethod
    def judge_parts(case, after):
        """Every output is the old or the new one, and no header has the samples of another."""
        scenario, states = case.scenario, [case.before, case.old or {}, case.wanted, case.final]
        samples = {data for _, data in scenario.pairs}
        headers = {header for header, _ in scenario.pairs}
        for name in scenario.outputs:
            now = part(after, name)
            if name in headers or (not now and name in samples) or now in [part(state, name) for state in states]:
                continue
            return f"{name} is neither the old nor the new one"
        for header, _ in scenario.pairs:
            if resolved(after, header) not in [resolved(state, header) for state in states]:
                return f"{header} has other samples than its own"
        return None

    def judge_next(self, case, after):
        """The next run, without a fault."""
        scenario = case.scenario
        texts, seen = [], {}
        for path, content in sorted(after.items()):
            texts.append((path.encode(), content or b"", content is None))
        number = lambda match: seen.setdefault(match.group(), b"tag%d" % len(seen))  # noqa: E731
        key = (scenario.name, tuple((tags.sub(number, path), tags.sub(number, content), is_folder)
                                    for path, content, is_folder in texts))
        if key not in self.known:
            problem = None
            out, _ = self.place()
            for command in scenario.runs_after():
                status, said = self.start(command)
                if status != 0:
                    problem = f"the next run ends with {status}: {said}"
                    break
            if problem is None:
                state = Folder.read(out)
                if {path: masked(path, content) for path, content in state.items()} != visible(case.final):
                    problem = "the next run leaves " + ", ".join(sorted(state)) + " of which some are not right"
            self.known[key] = problem
        return self.known[key]

    def run_one(self, case, column, n):
        scenario, before = case.scenario, case.before
        name, calls, times, killed = column
        out, marks = self.place()
        Folder.write(out, before)
        fired_path = os.path.join(marks, "fired")
        if os.path.exists(fired_path):
            os.remove(fired_path)
        error = 0 if killed else errors[calls][n % len(errors[calls])]
        status, said = self.start(scenario.faulted(), call=calls, at=n, times=times, errno=error, fired=fired_path)
        fired = os.path.exists(fired_path)
        problem = self.judge(case, column, n, fired, status, said, Folder.read(out))
        with self.lock:
            row = self.table.setdefault(scenario.name, {}).setdefault(name, [0, 0, 0])
            row[0] += 1
            row[1] += fired
            if problem:
                row[2] += 1
                kind = "kill" if killed else errno.errorcode[error]
                old = "after a kill" if case.old is not None else "old outputs" if before else "none before"
                self.broken.append(f"{scenario.name} ({old}): {name} {n} {kind}: {problem}")
        return fired

    # --------------------------------------------------------------------------------------------- all of them

    def counts(self, case):
        """How many calls of each kind a run makes, and in which order those that change files come."""
        scenario, before = case.scenario, case.before
        out, marks = self.place()
        Folder.write(out, before)
        count, trace = os.path.join(marks, "count"), os.path.join(marks, "trace")
        status, said = self.start(scenario.faulted(), count=count, trace=trace)
        if status != 0 or not os.path.exists(count):
            raise CannotSweep(f"the calls of {scenario.name} cannot be counted: status {status}: {said}")
        counts = {}
        for line in pathlib.Path(count).read_text().splitlines():
            call, number = line.split()
            counts[call] = int(number)
        lines = pathlib.Path(trace).read_text(errors="surrogateescape").splitlines()
        if case.old is None:
            self.check_order(case, [line.split("\t") for line in lines], out)
        return counts

    def check_order(self, case, trace, out):
        """What has a name is durable before it gets it, samples before their header, and names at the end."""
        scenario = case.scenario
        out = os.path.realpath(out)

        def whole(path):
            return os.path.normpath(os.path.join(out, path))

        def wrong(what):
            self.broken.append(f"{scenario.name}: order: {what}")

        outputs = {whole(name) for name in scenario.outputs}
        made = {whole(name) for name in scenario.outputs if part(case.wanted, name) != part(case.before, name)}
        unsynced, named, unsettled = set(), set(), set()
        for call, path, other in trace:
            path = whole(path)
            if call in ("write", "mkdir"):
                unsynced.add(path)
                unsynced.add(os.path.dirname(path))
            elif call == "fsync":
                unsynced.discard(path)
                if path == out:
                    unsettled.clear()
            elif call in ("rename", "exchange", "link") and whole(other) in outputs:
                for each in unsynced:
                    if each == path or each.startswith(path + "/"):
                        wrong(f"{os.path.basename(each)} is not durable when it becomes {other}")
                for header, data in scenario.pairs:
                    if whole(other) == whole(header) and whole(data) in unsettled:
                        wrong(f"the name of {data} is not durable when {header} gets its own")
                named.add(whole(other))
                unsettled.add(whole(other))
        if unsettled:
            wrong("names are not durable in the end: " + ", ".join(sorted(unsettled)))
        if not made <= named:
            wrong("never named: " + ", ".join(sorted(made - named)))
        with self.lock:
            row = self.table.setdefault(scenario.name, {}).setdefault("order", [0, 0, 0])
            row[0] += 1
            row[2] += any(each.startswith(f"{scenario.name}: order") for each in self.broken)

    def killed_midway(self, case):
        """What is there when a run was killed while it gave its outputs their names."""
        scenario, before = case.scenario, case.before
        renames = self.counts(case)["rename"]
        out, _ = self.place()
        Folder.write(out, before)
        self.start(scenario.faulted(), call="rename", at=renames // 2 + 1, errno=0)
        return Folder.read(out)

    def places_of(self, column, count):
        if self.points == 0:  # where all allocations fail from one on, most places are like the one before
            return list(range(1, count + 1, 7 if column[0] == "malloc.." else 1))
        if count <= self.points:
            return list(range(1, count + 1))
        step = (count - 1) / (self.points - 1)
        return sorted({1 + round(i * step) for i in range(self.points)})

    def sweep(self, scenario, only):
        begun = time.monotonic()
        old = self.made(scenario.runs_old(), {})
        for way in ["old"] if scenario.reads_only else ["old", "none", "killed"]:
            before = {} if way == "none" else old
            before = self.made(scenario.runs_before(), before) if scenario.before else before
            wanted = self.made([scenario.faulted()], before)
            final = self.made(scenario.runs_after(), before)
            if way == "killed":
                before = self.killed_midway(Case(scenario, before, wanted, final))
            made = sorted({path.split("/")[0] for path in final})
            if made != sorted(scenario.outputs):
                raise CannotSweep(f"{scenario.name} makes {made}, but {scenario.outputs} was expected")
            case = Case(scenario, before, wanted, final, old if way == "killed" else None)
            counts = self.counts(case)
            if not only:
                self.short(case)
            for column in faults:
                if (column[0] not in only) if only else (scenario.reads_only and column[0] not in of_reading):
                    continue
                if column[1] == "malloc" and way != "old" and self.points == 0:
                    continue  # allocations are the same, whatever is there
                count = sum(counts[call] for call in column[1].split(","))
                runs = [self.pool.submit(self.run_one, case, column, n) for n in self.places_of(column, count)]
                for run in runs:
                    run.result()
                # Until none comes: the order of threads, and of what is in a folder, may bring some more.
                n = count + 1
                while self.points == 0 and self.run_one(case, column, n):
                    n += 1
        runs = sum(each[0] for each in self.table[scenario.name].values())
        print(f"{scenario.name}: {runs} runs, {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)

    def short(self, case):
        """Seven bytes at a time, and interrupted: no harm at all."""
        scenario, before, wanted = case.scenario, case.before, case.wanted
        out, _ = self.place()
        Folder.write(out, before)
        status, said = self.start(scenario.faulted(), short=7)
        right = status == 0 and {p: masked(p, c) for p, c in Folder.read(out).items()} == visible(wanted)
        row = self.table.setdefault(scenario.name, {}).setdefault("short", [0, 0, 0])
        row[0] += 1
        row[1] += 1
        if not right:
            row[2] += 1
            self.broken.append(f"{scenario.name}: short reads and writes: status {status}: {said}")

    def print_table(self):
        columns = ["order", "short"] + [column[0] for column in faults]
        columns = [each for each in columns if any(each in row for row in self.table.values())]
        total = {}
        print("runs / faults that came / broken")
        width = max(len(name) for name in list(self.table) + ["all"])
        for name, row in self.table.items():
            print(f"{name:{width}}")
            for column in columns:
                if column in row:
                    print(f"{'':{width}}  {column:9} {row[column][0]:7} {row[column][1]:7} {row[column][2]:6}")
                    sums = total.setdefault(column, [0, 0, 0])
                    total[column] = [a + b for a, b in zip(sums, row[column])]
        print("all")
        for column in columns:
            print(f"{'':{width}}  {column:9} {total[column][0]:7} {total[column][1]:7} {total[column][2]:6}")
        runs, came, broken = (sum(each[i] for each in total.values()) for i in range(3))
        print(f"{runs} runs, {came} faults that came, {broken} broken")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("faults")
    parser.add_argument("--points", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--folder", default="/dev/shm" if os.access("/dev/shm", os.W_OK) else None)
    arguments = parser.parse_args()
    output, _, calls = arguments.only.partition(":")
    calls = calls.split(",") if calls else []
    chosen = [each for each in scenarios.sinks + scenarios.sources if not output or each.name in output.split(",")]
    if not chosen or set(calls) - {column[0] for column in faults}:
        raise SystemExit(f"--only {arguments.only}: there is no such output or call")
    sweep = Sweep(arguments)
    try:
        for scenario in chosen:
            try:
                sweep.sweep(scenario, calls)
            except CannotSweep as problem:
                sweep.broken.append(str(problem))
    finally:
        sweep.pool.shutdown(cancel_futures=True)
        shutil.rmtree(sweep.root, ignore_errors=True)
    sweep.print_table()
    for problem in sweep.broken[:200]:
        print("broken: " + problem.rstrip())
    sys.exit(1 if sweep.broken else 0)


if __name__ == "__main__":
    main()
