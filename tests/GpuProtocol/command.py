"""Starts a program, takes its lines of JSON as they come, and ends it when its time is over."""
import json
import os
import signal
import subprocess
import threading


class Outcome:
    """What a program did: rows of JSON, its exit code (None: stopped), its last words."""

    def __init__(self, rows, code, error):
        self.rows, self.code, self.error = rows, code, error

    def reason(self, seconds):
        """Why it is no success, or None."""
        if self.code == 0:
            return None
        if self.code is None:
            return f"stopped after {seconds:.0f} s"
        lines = self.error.strip().splitlines() or ["no message"]
        return f"exit {self.code}: {lines[-1][:300]}"


def run(arguments, seconds, take=None, environment=None, whole=False):
    """Runs a program for so many seconds at most.

    take: called with each row; whole: standard output is one document and not lines.
    """
    try:
        process = subprocess.Popen(arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                                   start_new_session=True, env={**os.environ, **(environment or {})})
    except OSError as error:
        return Outcome([], 127, f"{arguments[0]}: {error.strerror}")
    rows, errors, loose = [], [], []

    def read_rows():
        for line in process.stdout:
            if whole:
                loose.append(line)
                continue
            try:
                row = json.loads(line)
            except ValueError:
                continue
            rows.append(row)
            if take:
                take(row)

    readers = [threading.Thread(target=read_rows), threading.Thread(target=lambda: errors.extend(process.stderr))]
    for reader in readers:
        reader.start()
    code = None
    try:
        code = process.wait(max(seconds, 1))
    except subprocess.TimeoutExpired:
        # The program may have started others: the group goes, and nothing else.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for reader in readers:
        reader.join(5)
    if whole and code == 0:
        try:
            rows.append(json.loads("".join(loose)))
        except ValueError:
            return Outcome(rows, 1, "no document of JSON")
    return Outcome(rows, code, "".join(errors))


def text(arguments, seconds):
    """Standard output of a program, or None where it is not there or fails."""
    try:
        done = subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None
