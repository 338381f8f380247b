"""Sockets without a library between: requests that stop anywhere, and just enough of WebSocket."""

from __future__ import annotations

import base64
import json
import os
import socket
import struct

from server import PATIENCE, Server

HOST = b"host: 127.0.0.1\r\n"


def connect(server: Server, timeout: float = PATIENCE) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout)


def json_request(path: str, body: object) -> bytes:
    text = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {len(text)}\r\n"
    return head.encode() + HOST + b"\r\n" + text


def chunk(text: bytes) -> bytes:
    return f"{len(text):x}\r\n".encode() + text + b"\r\n"


def upload_head(path: str, content_type: str = "text/plain") -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\ncontent-type: {content_type}\r\ntransfer-encoding: chunked\r\n".encode()
        + HOST
        + b"\r\n"
    )


def send(server: Server, request: bytes, timeout: float = PATIENCE) -> socket.socket:
    """Connected, with this much of a request sent."""
    connection = connect(server, timeout)
    connection.sendall(request)
    return connection


def read_until(connection: socket.socket, mark: bytes) -> bytes:
    """All that came, up to where `mark` was seen or the peer closed."""
    data = bytearray()
    while data.find(mark, max(0, len(data) - 65536 - len(mark))) < 0 and (piece := connection.recv(65536)):
        data += piece
    return bytes(data)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/") else 0


def reset(connection: socket.socket) -> None:
    """Closed as by a process that died: the peer sees a reset, not an end."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


class WebSocket:
    """Text messages both ways; a ping is answered."""

    def __init__(self, server: Server, path: str = "/v1/stream"):
        key = base64.b64encode(os.urandom(16))
        head = f"GET {path} HTTP/1.1\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
        self.connection = send(server, head.encode() + HOST + b"sec-websocket-key: " + key + b"\r\n\r\n")
        answer = read_until(self.connection, b"\r\n\r\n")
        if status_of(answer) != 101:
            raise RuntimeError(f"no upgrade: {answer!r}")
        self.unread = answer.split(b"\r\n\r\n", 1)[1]

    def send(self, message: object) -> None:
        self._send_frame(0x1, json.dumps(message).encode())

    def receive(self) -> dict | None:
        """Nothing once the peer has closed."""
        while True:
            first, size = self._take(2)
            if size == 126:
                size = int.from_bytes(self._take(2), "big")
            elif size == 127:
                size = int.from_bytes(self._take(8), "big")
            payload = self._take(size)
            if first & 0xF == 0x8:
                return None
            if first & 0xF == 0x9:
                self._send_frame(0xA, payload)
            if first & 0xF == 0x1:
                return json.loads(payload)

    def close(self) -> None:
        self._send_frame(0x8, struct.pack(">H", 1000))
        self.connection.close()

    def _send_frame(self, opcode: int, payload: bytes) -> None:
        size = len(payload)
        head = bytes([0x80 | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 1 << 16:
            head += bytes([0x80 | 126]) + struct.pack(">H", size)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", size)
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
        self.connection.sendall(head + mask + masked)

    def _take(self, size: int) -> bytes:
        while len(self.unread) < size:
            piece = self.connection.recv(65536)
            if not piece:
                raise ConnectionError("closed without a closing handshake")
            self.unread += piece
        taken, self.unread = self.unread[:size], self.unread[size:]
        return taken
