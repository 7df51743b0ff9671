export interface HttpRequest {
  readonly method: "GET" | "POST" | "DELETE";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole of it, the last byte of the answer included; in ms. */
  readonly timeoutMs: number;
  /** A longer answer is refused. */
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Null where it is not JSON: a proxy's error page, of which the status says what there is to know. */
  readonly body: unknown;
}

/** One request. @throws Error when there is no answer within the limits, or one that sends us elsewhere */
export const exchange = async ({
  url,
  timeoutMs,
  maxBytes,
  ...request
}: HttpRequest): Promise<HttpAnswer> => {
  const timeout = new AbortController();
  // Not `AbortSignal.timeout`, which keeps no process alive: where a server closes the connection as soon as it is made, as
  // one does that is being killed, Node's fetch never settles, and with nothing else to do the process would end.
  const timer = setTimeout(
    () => timeout.abort(new Error(`no answer within ${timeoutMs / 1000} s`)),
    timeoutMs,
  );
  try {
    const response = await fetch(url, {
      ...request,
      // The credential in its headers is meant for this address and no other.
      redirect: "error",
      signal: timeout.signal,
    });
    return { status: response.status, body: parseJson(await boundedText(response, maxBytes)) };
  } finally {
    clearTimeout(timer);
  }
};

/** An answer that may be another in a moment. */
export const isTransient = ({ status }: HttpAnswer): boolean =>
  status >= 500 || status === 408 || status === 429;

/** What went wrong, as `fetch` and the network put it. */
export const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.message === "fetch failed"
    ? error.cause.message
    : error.message;
};

const boundedText = async ({ body }: Response, maxBytes: number): Promise<string> => {
  if (body === null) return "";
  const chunks: Uint8Array[] = [];
  let size = 0;
  // Leaving the loop early cancels the rest.
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw new Error(`the answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // See `HttpAnswer.body`.
    return null;
  }
};
