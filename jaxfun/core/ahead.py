"""Reading ahead: a thread makes the next items of an iterable while the caller works on the last."""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


def ahead(items: Iterable[T], depth: int = 2) -> Iterator[T]:
    """Yield `items`, of which a thread makes up to `depth` ahead.

    The thread has ended when the iterator is exhausted, closed or raises. An exception of `items` is raised here.

    >>> list(ahead(range(3)))
    [0, 1, 2]
    """
    made: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()  # an item or an error, by the first
    room, stopped = threading.Semaphore(depth), threading.Event()
    source = iter(items)  # here: an error of it would leave the caller waiting

    def work() -> None:
        try:
            while room.acquire() and not stopped.is_set():
                made.put(("item", next(source)))
        except StopIteration:
            made.put(("end", None))
        except BaseException as error:  # of any kind: the caller waits for it
            made.put(("error", error))
        finally:
            close = getattr(source, "close", lambda: None)
            close()  # a generator closes its file in this thread

    thread = threading.Thread(target=work, name="jaxfun reads ahead", daemon=True)
    thread.start()
    try:
        while (each := made.get())[0] == "item":
            room.release()
            yield each[1]
        if each[0] == "error":
            raise each[1]
    finally:
        stopped.set()
        room.release()
        thread.join()
