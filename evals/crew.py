"""Processes that work through a list together, and of which any may end at any moment, in the middle of anything.

A line of its own leads to each of them. On a queue that they share, half an answer of a process that is gone would be
waited for without end, because the others keep that queue open.
"""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Generic, Never, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

Job = TypeVar("Job")
Answer = TypeVar("Answer")
Craft = Callable[[], AbstractContextManager[Callable[[Job], Answer]]]
"""What a process opens once, to turn jobs into answers. It is sent to the process, so it must pickle."""

PATIENCE = 2.0
"""Seconds after which a process that waits looks whether it was told to end."""
_IN_HAND = 2
"""Jobs that a process has at a time: while one answer is on its way, it works on the next."""


class Broken(Exception):
    """The run could not go on. What was done is kept: the same command takes it up again."""


class _Member(Generic[Job, Answer]):
    """A process as the one that started it sees it, with the jobs that it has not answered."""

    def __init__(self, craft: Craft[Job, Answer]) -> None:
        context = multiprocessing.get_context("spawn")  # the encoder's threads do not survive a fork
        self.line, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=_work, args=(craft, theirs), daemon=True)
        self.process.start()
        theirs.close()  # from here on the end of the process is the end of its line
        self.jobs: deque[Job] = deque()

    def take(self, waiting: deque[Job]) -> None:
        """As many of those that wait as it may have in hand; one that is gone is noticed when it is heard."""
        while waiting and len(self.jobs) < _IN_HAND:
            job = waiting.popleft()
            self.jobs.append(job)
            try:
                self.line.send(job)
            except ConnectionError:
                return

    def hear(self) -> Answer:
        """Its next answer. Raises EOFError or ConnectionError where it is gone, also in the middle of one."""
        answer: Answer = self.line.recv()
        self.jobs.popleft()
        return answer

    def code(self) -> int | None:
        """With what a process whose line is at its end has ended: 0 when it was told to."""
        self.process.join(5 * PATIENCE)
        return self.process.exitcode


def work_through(jobs: Sequence[Job], craft: Craft[Job, Answer], processes: int) -> Iterator[Answer]:
    """Every answer as it comes, in no order. Raises Broken when a process died or all were told to end."""
    waiting = deque(jobs)
    with _crew(craft, min(processes, len(jobs))) as crew:
        while True:
            for member in crew:
                member.take(waiting)
            busy = [member for member in crew if member.jobs]
            if not busy:
                break
            spoke = wait([member.line for member in busy])
            for member in (each for each in busy if each.line in spoke):
                try:
                    answer = member.hear()
                except (EOFError, ConnectionError):
                    _gone(member, crew, waiting)
                else:
                    yield answer


def _gone(member: _Member[Job, Answer], crew: list[_Member[Job, Answer]], waiting: deque[Job]) -> None:
    """One that was told to end leaves its jobs to the others."""
    if code := member.code():
        raise Broken(f"a process ended with exit code {code}; the same command goes on from here")
    crew.remove(member)
    waiting.extendleft(reversed(member.jobs))
    if not crew:
        raise Broken("every process was told to end; the same command goes on from here")


@contextmanager
def _crew(craft: Craft[Job, Answer], count: int) -> Generator[list[_Member[Job, Answer]]]:
    started: list[_Member[Job, Answer]] = []
    try:
        started += (_Member(craft) for _ in range(count))
        yield list(started)
    finally:
        for member in started:
            member.line.close()  # it ends with the job that it is at
        for member in started:
            member.code()
            member.process.kill()


def _work(craft: Craft[Job, Answer], line: Connection[Answer, Job]) -> None:
    """A process, until it is told to end or the one that started it is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption means
    # A signal that raised could be swallowed wherever it hits; between two jobs everything is tidied up.
    ended: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, frame: ended.append(number))
    with craft() as answer:
        gc.freeze()  # what all jobs share is not looked through again and again
        for job in _jobs(line, ended):
            if not _told(line, answer(job)):
                return


def _jobs(line: Connection[Never, Job], ended: Sequence[int]) -> Iterator[Job]:
    while not ended:
        try:
            if line.poll(PATIENCE / 4):
                yield line.recv()
        except (EOFError, ConnectionError):
            return


def _told(line: Connection[Answer, object], answer: Answer) -> bool:
    try:
        line.send(answer)
    except ConnectionError:
        return False
    return True
