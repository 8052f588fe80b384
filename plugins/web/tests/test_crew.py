"""The threads that answer: few of them where all goes quickly, more where one is slow; and answers that come later."""

import asyncio
import gc
import threading
import time
import weakref
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from pressframe import StoreError
from pressframe_web import Later, Response
from pressframe_web._crew import Crew, Pause


@pytest.fixture
def crew():
    crew = Crew(4, "tested")
    yield crew
    crew.stop()


def run(asking):
    """Return what comes of *asking*, in a loop of its own: this thread has that of Playwright, once a browser runs."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, asking).result()


def together(crew, *works):
    """Return what each of *works* comes to, asked for at the same time."""

    async def ask():
        return await asyncio.gather(*map(crew.run, works), return_exceptions=True)

    return run(asyncio.wait_for(ask(), 60))


def test_quick_work_is_done_by_one_thread_in_order(crew):
    done = []

    def work(number):
        done.append((number, threading.get_ident()))
        return number

    assert together(crew, *(lambda number=number: work(number) for number in range(100))) == list(range(100))
    assert [number for number, _ in done] == list(range(100))
    assert len({thread for _, thread in done}) == 1


def test_slow_work_keeps_nobody_waiting_as_long_as_there_are_threads(crew):
    quick = threading.Event()

    assert together(crew, *[lambda: quick.wait(60)] * 3, lambda: quick.set() or "quick") == [True, True, True, "quick"]


def test_no_more_threads_than_were_granted_work_at_once(crew):
    lock, now, most = threading.Lock(), [0], [0]

    def work():
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        time.sleep(0.05)
        with lock:
            now[0] -= 1

    together(crew, *[work] * 12)

    assert 2 <= most[0] <= 4


def test_a_failure_is_that_works_own(crew):
    def fail():
        raise LookupError("on purpose")

    first, second = together(crew, fail, lambda: "well")

    assert isinstance(first, LookupError)
    assert second == "well"


def test_what_waits_for_something_keeps_no_thread(crew):
    """Ten times as many wait as there are threads, for what the last of them does."""
    awaited = Future()
    waiting = [lambda: Pause(awaited, lambda: awaited.result() + 1)] * 40

    assert together(crew, *waiting, lambda: awaited.set_result(41)) == [42] * 40 + [None]


def test_a_crew_serves_one_loop_after_the_other_and_drops_what_nobody_waits_for(crew):
    late = Future()

    async def give_up():
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(crew.run(lambda: Pause(late, lambda: "too late")), 0.05)

    run(give_up())
    late.set_result(None)

    assert together(crew, lambda: "next") == ["next"]


def later(until, then):
    return lambda request, site: Later(until=until, then=then)


@pytest.fixture
def answers(served, monkeypatch):
    """Has a route answer as given, and returns what comes of it."""

    def answer(endpoint):
        found = served.app.endpoints.find("GET", "/do/boom")
        object.__setattr__(found.route, "endpoint", endpoint)
        return served.visitor.get("/do/boom")

    return answer


def test_an_answer_may_come_later_and_later_again(answers):
    first, second = Future(), Future()
    threading.Timer(0.05, first.set_result, [1]).start()
    threading.Timer(0.1, second.set_result, [2]).start()

    reply = answers(
        later(
            first,
            lambda: Later(until=second, then=lambda: Response(body=str(first.result() + second.result()).encode())),
        )
    )

    assert (reply.status, reply.text) == (200, "3")


def test_what_a_request_held_is_free_without_the_collector_once_it_is_answered(answers):
    """Circles would make it run all the time under load, and stop every answer for as long."""
    until, held = Future(), []
    threading.Timer(0.05, until.set_result, [None]).start()

    def endpoint(request, site):
        held.extend(weakref.ref(one) for one in (request, site))
        return Later(until=until, then=lambda: Response(body=f"{request.path} {until.done()}".encode()))

    gc.collect()
    gc.disable()
    try:
        reply = answers(endpoint)
        answers(lambda request, site: Response())  # the thread and the loop have let go of the one before
        left = [one() for one in held]
    finally:
        gc.enable()

    assert reply.text == "/do/boom True"
    assert left == [None, None]


@pytest.mark.parametrize(("error", "status"), [(StoreError("locked"), 503), (LookupError("gone"), 500)])
def test_a_late_failure_is_told_as_an_early_one(answers, error, status):
    failed = Future()
    failed.set_exception(error)

    reply = answers(later(failed, failed.result))

    assert reply.status == status
    assert (reply.headers.get("retry-after") == "5") is (status == 503)
