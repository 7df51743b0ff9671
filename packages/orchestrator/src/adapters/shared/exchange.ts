import { VendorError } from "../../ports/vendor-error.ts";

export interface Exchange {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface OutgoingRequest {
  /** As messages name the receiver: `Linear`. */
  readonly vendor: string;
  readonly url: string;
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** `answer`: a redirect is an answer like any other, and is not followed. Default `error`. */
  readonly redirect?: "error" | "answer";
  readonly signal: AbortSignal;
}

/** No honest answer to a question of ours is larger. */
const maxAnswerBytes = 32 * 1024 * 1024;

/**
 * One request and the whole of its answer, whatever its status.
 * @throws VendorError `timeout`, `unreachable` (whether the work was done is unknown), `malformed` (too large),
 * `unauthorised` (a credential that cannot be sent)
 */
export const exchange = async (request: OutgoingRequest): Promise<Exchange> => {
  const { vendor, url, method, headers, body, redirect = "error", signal } = request;
  if (!isPlain(url))
    throw new VendorError("unreachable", `${vendor}'s URL is none, or has a password in it.`);
  try {
    const response = await fetch(url, {
      method,
      headers: sendable(vendor, {
        accept: "application/json",
        "user-agent": "ai-implement",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...headers,
      }),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // Followed, a redirect would carry the credential to wherever it points.
      redirect: redirect === "error" ? "error" : "manual",
      signal,
    });
    return { status: response.status, headers: response.headers, text: await boundedText(vendor, response) };
  } catch (error) {
    if (error instanceof VendorError) throw error;
    if (signal.aborted)
      throw new VendorError("timeout", `${vendor} did not answer in time.`, { cause: error });
    throw new VendorError("unreachable", `${vendor} cannot be reached: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
};

/** fetch would refuse any other with a message that quotes the whole of it, password included. */
const isPlain = (url: string): boolean => {
  try {
    const { username, password } = new URL(url);
    return username === "" && password === "";
  } catch {
    return false;
  }
};

const sendable = (vendor: string, headers: Readonly<Record<string, string>>): Headers => {
  try {
    return new Headers(headers);
  } catch {
    // The reason quotes the whole value, which is the credential: it goes into no message and no cause.
    throw new VendorError(
      "unauthorised",
      `The credential for ${vendor} has a character that no HTTP header can carry: look for line ends and quotation marks in it.`,
    );
  }
};

const boundedText = async (vendor: string, { body }: Response): Promise<string> => {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxAnswerBytes)
      throw new VendorError("malformed", `${vendor} answered with more than ${maxAnswerBytes} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

/** `fetch failed` says nothing; its cause does: `connect ECONNREFUSED 127.0.0.1:1`. */
const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== "" ? error.cause.message : error.message;
};
