"""A provider's server that takes 80 ms for each message, and any number at once: of Twilio's API and of Telegram's."""

import asyncio
import json
import sys

DELAY = 0.08  # seconds
taken = 0


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    global taken
    while head := await reader.readuntil(b"\r\n\r\n"):
        named = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:] if line)
        await reader.readexactly(int(named.get(b"content-length", 0)))
        if head.startswith(b"GET /taken"):
            writer.write(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n%d" % taken)
            break
        await asyncio.sleep(DELAY)
        taken += 1
        body = json.dumps(answer(head.split(b" ")[1].decode())).encode()
        kind, length = b"Content-Type: application/json\r\n", b"Content-Length: %d\r\n\r\n"
        writer.write(b"HTTP/1.1 201 Created\r\n" + kind + length % len(body) + body)
    await writer.drain()
    writer.close()


def answer(path: str) -> dict[str, object]:
    if path.startswith("/bot"):
        chat = {"id": 1, "type": "private"}
        return {"ok": True, "result": {"message_id": taken, "date": 1_780_000_000, "chat": chat}}
    return {"sid": f"SM{taken:032d}", "status": "queued"}


async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await serve(reader, writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main(port: int) -> None:
    server = await asyncio.start_server(handle, "127.0.0.1", port, backlog=512)
    print(f"Serving on {port}", flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[sys.argv.index("--port") + 1])))
