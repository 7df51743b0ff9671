import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../../ports/clock.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { type Exchange, exchange } from "../exchange.ts";

export type Script = (request: IncomingMessage, response: ServerResponse) => void;

/** A vendor on loopback that answers each request by the script, and remembers what reached it. */
export interface ScriptedVendor {
  readonly url: string;
  /** In arrival order; `at` in ms on a clock that never goes back. */
  readonly requests: readonly {
    readonly at: number;
    readonly path: string;
    readonly authorization: string | undefined;
  }[];
  /** The most that were ever at work at once. */
  readonly peak: number;
  /** Requests whose connection the client closed before the answer was complete. */
  readonly givenUp: number;
  follow(script: Script): void;
  /** Resolves when so many requests have arrived in all. */
  reached(count: number): Promise<void>;
  close(): Promise<void>;
}

export const startScriptedVendor = async (script: Script): Promise<ScriptedVendor> => {
  const requests: { at: number; path: string; authorization: string | undefined }[] = [];
  const arrivals = new EventTarget();
  let current = script;
  let atWork = 0;
  let peak = 0;
  let givenUp = 0;
  const server = createServer((request, response) => {
    const { url: path = "", headers } = request;
    requests.push({ at: performance.now(), path, authorization: headers.authorization });
    atWork += 1;
    peak = Math.max(peak, atWork);
    response.on("close", () => {
      atWork -= 1;
      if (!response.writableFinished) givenUp += 1;
    });
    request.resume();
    current(request, response);
    arrivals.dispatchEvent(new Event("arrival"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    get peak() {
      return peak;
    },
    get givenUp() {
      return givenUp;
    },
    follow: (next) => {
      current = next;
    },
    reached: async (count) => {
      while (requests.length < count) await once(arrivals, "arrival");
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
};

export const answering =
  (status: number, body = "{}", headers: Readonly<Record<string, string>> = {}): Script =>
  (_, response) => {
    response.writeHead(status, headers).end(body);
  };

export const hanging: Script = () => undefined;

export const cutting: Script = (request) => {
  request.socket.destroy();
};

/** Answers in the order given; the last one for ever. */
export const inTurn = (first: Script, ...rest: readonly Script[]): Script => {
  const waiting = [first, ...rest];
  return (request, response) => {
    const script = waiting.length > 1 ? waiting.shift() : waiting[0];
    (script ?? first)(request, response);
  };
};

export interface HandClock extends Clock {
  advance(ms: number): void;
}

export const handClock = (start = 1_800_000_000_000): HandClock => {
  let now = start;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
};

/** The simplest adapter there could be: statuses to failures, as every real one maps them. */
export const ask =
  (vendor: ScriptedVendor, path = "/") =>
  async (signal: AbortSignal): Promise<Exchange> => {
    const answer = await exchange({
      vendor: "Acme",
      url: `${vendor.url}${path}`,
      method: "GET",
      headers: { authorization: "Bearer s3cret" },
      signal,
    });
    if (answer.status === 401) throw new VendorError("unauthorised", "Acme does not accept the key.");
    if (answer.status === 404) throw new VendorError("not-found", "Acme has no such thing.");
    if (answer.status === 429) {
      const told = answer.headers.get("retry-after");
      throw new VendorError(
        "rate-limited",
        "Acme asks for patience.",
        told === null ? {} : { retryAfterMs: Number(told) * 1000 },
      );
    }
    if (answer.status >= 500) {
      const told = answer.headers.get("retry-after");
      throw new VendorError(
        "unavailable",
        `Acme answered ${answer.status}.`,
        told === null ? {} : { retryAfterMs: Number(told) * 1000 },
      );
    }
    return answer;
  };
