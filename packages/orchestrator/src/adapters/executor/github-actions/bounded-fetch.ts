import { VendorError } from "../../../ports/vendor-error.ts";

export interface BoundedRequest {
  /** As messages name whoever is asked. */
  readonly vendor: string;
  readonly url: URL;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

export interface BoundedAnswer {
  readonly status: number;
  /** Null: there were more than `maxBytes`, and the rest was not read. */
  readonly bytes: Uint8Array | null;
}

/**
 * A GET without any credential, which follows no redirect.
 * @throws VendorError `timeout`, `unreachable`
 */
export const boundedFetch = async ({
  vendor,
  url,
  maxBytes,
  signal,
}: BoundedRequest): Promise<BoundedAnswer> => {
  try {
    const response = await fetch(url, {
      headers: { accept: "*/*", "user-agent": "ai-implement" },
      redirect: "error",
      signal,
    });
    return { status: response.status, bytes: await readBounded(response, maxBytes) };
  } catch (error) {
    // The URL may be a credential in itself: it is in no message, and no cause is kept that might quote it.
    if (signal.aborted) throw new VendorError("timeout", `${vendor} did not answer in time.`);
    const code = codeOf(error);
    throw new VendorError("unreachable", `${vendor} cannot be reached${code === null ? "" : ` (${code})`}.`);
  }
};

const readBounded = async ({ body }: Response, maxBytes: number): Promise<Uint8Array | null> => {
  if (body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    // Leaving the loop cancels the body.
    if (size > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
};

/** `ECONNREFUSED`: all that can be told without quoting anything. */
const codeOf = (error: unknown): string | null => {
  if (!(error instanceof Error)) return null;
  const { cause } = error;
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return null;
};

/** https anywhere; http to this machine only. */
export const isSafeAddress = ({ protocol, hostname, username, password }: URL): boolean =>
  username === "" &&
  password === "" &&
  (protocol === "https:" || (protocol === "http:" && loopback.has(hostname)));

const loopback: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
