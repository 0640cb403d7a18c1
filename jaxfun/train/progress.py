"""Progress: what a run reports after each part, and the line on a terminal."""

import sys
import time
from collections.abc import Callable
from typing import Any

from .results import Progress

_SHOWN_AFTER_SECONDS = 2.0


class Clock:
    """Counts the epochs and rows of one run, which may begin in the middle, and estimates the time left."""

    def __init__(self, listen: Callable[[Progress], None] | None, epochs: int, begin: float = 0.0) -> None:
        self.listen, self.epochs, self.begin = listen, epochs, begin
        self.began = time.perf_counter()

    def tell(self, done: float, loss: Any, rows: int, *, known: bool = True) -> None:
        """Report that `done` epochs are over, a fraction within a stream. Reads `loss`, which waits for it."""
        if self.listen is None:
            return
        took = time.perf_counter() - self.began
        rate = (done - self.begin) / took
        left = (self.epochs - done) / rate if known and rate > 0 else None
        self.listen(Progress(int(done), self.epochs, float(loss), rate, rows, left))


def listener(progress: Any) -> Callable[[Progress], None] | None:
    """Return what to call with a `Progress`: the user's function, the line on standard error, or None."""
    if not isinstance(progress, bool) and progress is not None:
        return progress
    if progress is False or (progress is None and not sys.stderr.isatty()):
        return None
    return _Line(0.0 if progress else _SHOWN_AFTER_SECONDS)


class _Line:
    """A progress line on standard error that is rewritten as the run goes on."""

    def __init__(self, after: float) -> None:
        self.after, self.began = after, time.perf_counter()

    def __call__(self, now: Progress) -> None:
        if time.perf_counter() - self.began < self.after:
            return
        speed = f"{now.rate:,.0f} epochs/s" if now.rate >= 1 else f"{now.rate * 60:,.1f} epochs/min"
        left = "" if now.seconds_left is None else f"   {_duration(now.seconds_left)} left"
        text = f"epoch {now.epoch:,} of {now.epochs:,}   {now.rows:,} rows   loss {now.loss:.6g}   {speed}{left}"
        print(f"\r{text:<88}", end="\n" if now.epoch == now.epochs else "", file=sys.stderr, flush=True)


def _duration(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 100 else f"{minutes // 60} h {minutes % 60} min"
