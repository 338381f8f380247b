// Requests to the page's own server; to no other.
import { Refused, Unreachable, isAbort, refusal } from "./errors";
import { apiKey } from "./key";

export interface Asked {
  method?: string;
  body?: BodyInit;
  type?: string;
  signal?: AbortSignal;
}

/** The answer, once its head is there and says that all is well. Throws Refused, Unreachable. */
export async function ask(path: string, { method = "GET", body, type, signal }: Asked = {}): Promise<Response> {
  const headers: Record<string, string> = {};
  if (apiKey()) headers.authorization = `Bearer ${apiKey()}`;
  if (type) headers["content-type"] = type;
  let response: Response;
  try {
    response = await fetch(path, { method, body, headers, signal });
  } catch (thrown) {
    throw isAbort(thrown) ? thrown : new Unreachable();
  }
  if (response.ok) return response;
  const refused = await refusal(response);
  if (refused.status === 401) window.dispatchEvent(new Event("rmt-lm:key-wanted"));
  throw refused;
}

export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await ask(path, { signal })).json();
}

export async function postJson<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  const response = await ask(path, { method: "POST", body: JSON.stringify(body), type: "application/json", signal });
  return response.json();
}

/** The lines of an answer that is still being written. */
export async function* lines(response: Response): AsyncGenerator<string> {
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) break;
      const parts = (rest + value).split("\n");
      rest = parts.pop()!;
      yield* parts;
    }
  } catch (thrown) {
    throw isAbort(thrown) || thrown instanceof Refused ? thrown : new Unreachable();
  } finally {
    reader.cancel().catch(() => {});
  }
  if (rest) yield rest;
}

export interface ServerEvent {
  name: string;
  id: string;
  data: string;
}

/** Server-sent events; comments are left out. */
export async function* events(response: Response): AsyncGenerator<ServerEvent> {
  let event: ServerEvent = { name: "message", id: "", data: "" };
  for await (const line of lines(response)) {
    if (line === "") {
      if (event.data && event.data !== "[DONE]") yield event;
      event = { name: "message", id: "", data: "" };
    } else if (line.startsWith("event: ")) event.name = line.slice(7);
    else if (line.startsWith("id: ")) event.id = line.slice(4);
    else if (line.startsWith("data: ")) event.data += line.slice(6);
  }
}
