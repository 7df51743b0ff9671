import type { Clock } from "../../../ports/clock.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { type Exchange, exchange } from "../exchange.ts";
import { createVendorGate, type VendorGateOptions } from "../vendor-gate.ts";
import type { GithubAnswer, GithubWrite } from "./github-client.ts";
import { failureOf, waitOf } from "./github-failure.ts";
import { admit, nothingSpent } from "./request-limits.ts";

export interface DoorRequest {
  readonly method: "GET" | GithubWrite["method"];
  readonly url: string;
  /** As messages name it. */
  readonly path: string;
  readonly token: string;
  readonly counts: GithubWrite["counts"];
  readonly accept?: string;
  readonly body?: unknown;
  /** Permissions that the installation is known not to have. */
  readonly lacks?: readonly string[];
  /** ETag of an answer that is known. */
  readonly known?: string | undefined;
}

/** The way to GitHub for one installation, or for the App itself: with a gate and a count of its own. */
export interface Door {
  /** Tried again on an outage. @throws VendorError, GithubError */
  read(request: DoorRequest): Promise<GithubAnswer>;
  /** Sent once. @throws VendorError, GithubError */
  write(request: DoorRequest): Promise<GithubAnswer>;
}

export interface DoorOptions {
  /** Login of the installation's account; null: the App's own requests. */
  readonly account: string | null;
  readonly clock: Clock;
  readonly gate?: Partial<VendorGateOptions>;
}

/** GitHub allows 100 at once; a sandbox of the same installation needs some of them. */
const concurrency = 50;

export const jsonType = "application/vnd.github+json";

type Sent =
  | { readonly kind: "answered"; readonly answer: GithubAnswer }
  | { readonly kind: "not-sent"; readonly error: VendorError };

export const createDoor = ({ account, clock, gate: overrides }: DoorOptions): Door => {
  const vendor = account === null ? "GitHub" : `GitHub (${account})`;
  const gate = createVendorGate({ vendor, clock, concurrency, ...overrides });
  let spending = nothingSpent;

  /** Counted where it is sent, and not where it begins to wait. */
  const refusal = (request: DoorRequest): VendorError | null => {
    const admission = admit(spending, request, clock.now());
    if (admission.kind === "admitted") {
      spending = admission.spending;
      return null;
    }
    const { limit, retryAfterMs } = admission;
    return new VendorError(
      "rate-limited",
      `${vendor} takes no more than ${limit}: the next one goes out in ${Math.ceil(retryAfterMs / 1000)} s.`,
      { retryAfterMs, nothingDone: true },
    );
  };

  const holdWhereSpent = ({ headers }: Exchange): void => {
    const wait = headers.get("x-ratelimit-remaining") === "0" ? waitOf(headers, clock.now()) : null;
    if (wait !== null) gate.holdUntil(clock.now() + wait);
  };

  const send = async (way: "read" | "write", request: DoorRequest): Promise<GithubAnswer> => {
    const sent = await gate[way](async (signal): Promise<Sent> => {
      const error = refusal(request);
      // Thrown in here it would hold back what counts for another limit too.
      if (error !== null) return { kind: "not-sent", error };
      const answer = await exchange({ vendor: "GitHub", redirect: "answer", signal, ...outgoing(request) });
      const failure = failureOf(answer, { ...request, account }, clock.now());
      if (failure !== null) throw failure;
      holdWhereSpent(answer);
      return { kind: "answered", answer: wholeAnswer(request, answer) };
    });
    if (sent.kind === "not-sent") throw sent.error;
    return sent.answer;
  };

  return { read: (request) => send("read", request), write: (request) => send("write", request) };
};

const outgoing = ({ method, url, token, accept = jsonType, known, body }: DoorRequest) => ({
  method,
  url,
  headers: {
    accept,
    authorization: `Bearer ${token}`,
    "x-github-api-version": "2022-11-28",
    ...(known === undefined ? {} : { "if-none-match": known }),
  },
  ...(body === undefined ? {} : { body }),
});

/** An answer that was cut off is an outage, and in a read worth another try. */
const wholeAnswer = ({ method, path, accept = jsonType }: DoorRequest, exchanged: Exchange): GithubAnswer => {
  const answer = toAnswer(exchanged);
  const hasBody = answer.status === 200 || answer.status === 201;
  if (accept === jsonType && hasBody && answer.json === undefined)
    throw new VendorError("malformed", `GitHub's answer to ${method} ${path} is no JSON.`);
  return answer;
};

export const toAnswer = ({ status, headers, text }: Exchange): GithubAnswer => ({
  status,
  headers,
  text,
  json: jsonOf(text),
});

/** Undefined: there is none. */
const jsonOf = (text: string): unknown => {
  try {
    return text === "" ? undefined : (JSON.parse(text) as unknown);
  } catch {
    // Whoever needs JSON parses it by a schema, and undefined fits none.
    return undefined;
  }
};
