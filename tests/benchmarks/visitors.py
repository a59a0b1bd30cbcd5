"""Visitors of a running dashboard without a browser: Streamlit's own messages over a WebSocket."""

import asyncio
import random
import statistics
import time
from collections.abc import Callable
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect

ANSWERS_WITHIN_S = 120


class Visitor:
    """One session; `visit` runs a page and waits until it is drawn."""

    def __init__(self, connection: ClientConnection):
        self.connection = connection
        self.session = ""

    @classmethod
    async def at(cls, address: str) -> Self:
        """A new session on the server at this address, which has not run anything yet."""
        socket = address.replace("http", "ws", 1) + "/_stcore/stream"
        return cls(await connect(socket, origin=address, subprotocols=["streamlit"], max_size=None))

    async def visit(self, page: str, query: str = "") -> float:
        """Seconds from asking for a page by its name to its last message. Raises RuntimeError when it fails."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = query
        begun = time.perf_counter()
        await self.connection.send(asked.SerializeToString())
        async with asyncio.timeout(ANSWERS_WITHIN_S):
            while True:
                told = ForwardMsg.FromString(await self.connection.recv(decode=False))
                if told.WhichOneof("type") == "new_session":
                    self.session = told.new_session.initialize.session_id
                if told.delta.new_element.HasField("exception"):
                    raise RuntimeError(f"{page} failed: {told.delta.new_element.exception.message}")
                if told.WhichOneof("type") == "script_finished":
                    return time.perf_counter() - begun

    async def leave(self) -> None:
        """End the session."""
        await self.connection.close()


async def warm_reruns(address: str, page: str, query: str, times: int) -> float:
    """The median seconds of a rerun of a page in one session, once everything is warm."""
    visitor = await Visitor.at(address)
    for _ in range(3):
        await visitor.visit(page, query)
    seconds = [await visitor.visit(page, query) for _ in range(times)]
    await visitor.leave()
    return statistics.median(seconds)


async def crowd(
    address: str, places: list[tuple[str, str]], *, sessions: int, think_s: float, enough: Callable[[], bool]
) -> list[float]:
    """The seconds of every run that so many sessions ask for, each thinking about that long in between."""
    everybody = [_somebody(address, places, think_s, enough, number) for number in range(sessions)]
    return [seconds for each in await asyncio.gather(*everybody) for seconds in each]


async def _somebody(
    address: str, places: list[tuple[str, str]], think_s: float, enough: Callable[[], bool], number: int
) -> list[float]:
    chance = random.Random(number)  # noqa: S311
    visitor = await Visitor.at(address)
    # The first visit of everybody at once is no part of a working day.
    await visitor.visit(*places[number % len(places)])
    await asyncio.sleep(chance.uniform(0, think_s))
    seconds = []
    while not enough():
        seconds.append(await visitor.visit(*chance.choice(places)))
        await asyncio.sleep(chance.uniform(0.5, 1.5) * think_s)
    await visitor.leave()
    return seconds
