// The WebSocket /v1/stream: many tasks on one connection, which is opened when the first begins.
import { Refused, Unreachable } from "./errors";
import { apiKey } from "./key";

/* eslint-disable-next-line @typescript-eslint/no-explicit-any */
export type Message = { type: string; id: string } & Record<string, any>;

interface Task {
  take(message: Message): void;
  fail(error: Error): void;
}

/** What is asked, and what comes of it. `done` settles when nothing more comes. */
export interface Running {
  readonly done: Promise<void>;
  cancel(): void;
}

export class Stream {
  #socket: WebSocket | null = null;
  #tasks = new Map<string, Task>();
  #number = 0;

  /**
   * Begins a task. `take` is given every message of it; `last` says which of them ends it. The promise fails with
   * Refused for what the server says is wrong, and with Unreachable when the connection is lost.
   */
  begin(request: Record<string, unknown>, take: (message: Message) => void, last: (message: Message) => boolean): Running {
    const id = `t${++this.#number}`;
    const done = new Promise<void>((resolve, reject) => {
      this.#tasks.set(id, {
        take: (message) => {
          if (message.type === "error") {
            const error = message.error ?? {};
            this.#tasks.delete(id);
            reject(new Refused(error.message ?? "The server refused.", 400, error.code ?? null, error.line, error.column));
            return;
          }
          const ends = last(message);
          if (ends) this.#tasks.delete(id);
          take(message);
          if (ends) resolve();
        },
        fail: reject,
      });
    });
    this.#send({ ...request, id });
    return { done, cancel: () => this.#tasks.has(id) && this.#send({ type: "cancel", id }) };
  }

  #send(message: unknown): void {
    const text = JSON.stringify(message);
    const socket = this.#open();
    if (socket.readyState === WebSocket.OPEN) socket.send(text);
    else socket.addEventListener("open", () => socket.send(text), { once: true });
  }

  #open(): WebSocket {
    if (this.#socket && this.#socket.readyState <= WebSocket.OPEN) return this.#socket;
    const key = apiKey() ? `?access_token=${encodeURIComponent(apiKey())}` : "";
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/stream${key}`);
    socket.addEventListener("message", (event) => {
      const message: Message = JSON.parse(event.data);
      this.#tasks.get(message.id)?.take(message);
    });
    socket.addEventListener("close", () => {
      if (this.#socket === socket) this.#socket = null;
      const lost = [...this.#tasks.values()];
      this.#tasks.clear();
      for (const task of lost) task.fail(new Unreachable());
    });
    this.#socket = socket;
    return socket;
  }
}
