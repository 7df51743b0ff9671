import type { z } from "zod";
import type { Clock } from "../../../ports/clock.ts";
import { VendorError } from "../../../ports/vendor-error.ts";
import { exchange } from "../../shared/exchange.ts";
import { createVendorGate, type VendorGateOptions } from "../../shared/vendor-gate.ts";
import { spentUntil } from "./rate-limit.ts";
import { type Answer, readAnswer } from "./read-answer.ts";

export interface LinearApiOptions {
  /** `LINEAR_API_KEY`. */
  readonly apiKey: string;
  /** `LINEAR_API_URL`. */
  readonly apiUrl: string;
  readonly clock: Clock;
  readonly gate?: Partial<VendorGateOptions>;
}

export interface GraphqlRequest {
  readonly document: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export type MutationAnswer<Value> =
  | { readonly kind: "done"; readonly data: Value }
  /**
   * One field of the document was refused. Linear's payloads cannot be null, so nothing is known of the others: they
   * were carried out, or not begun.
   */
  | { readonly kind: "refused"; readonly field: string; readonly error: VendorError };

/** Linear's GraphQL API: every request of ours goes through here. */
export interface LinearApi {
  /** @throws VendorError also where only a part of the answer failed */
  query<Schema extends z.ZodType>(request: GraphqlRequest, schema: Schema): Promise<z.infer<Schema>>;
  /** @throws VendorError where the whole document failed, or whether it did is unknown */
  mutate<Schema extends z.ZodType>(
    request: GraphqlRequest,
    schema: Schema,
  ): Promise<MutationAnswer<z.infer<Schema>>>;
}

const vendor = "Linear";

export const createLinearApi = ({ apiKey, apiUrl, clock, gate: settings }: LinearApiOptions): LinearApi => {
  const gate = createVendorGate({ vendor, clock, concurrency: 4, ...settings });

  const send = async ({ document, variables }: GraphqlRequest, signal: AbortSignal): Promise<Answer> => {
    const received = await exchange({
      vendor,
      url: apiUrl,
      method: "POST",
      headers: { authorization: headerValue(apiKey) },
      body: { query: document, variables },
      signal,
    });
    const spent = spentUntil(received.headers, clock.now());
    if (spent !== null) gate.holdUntil(spent);
    return readAnswer(received, clock.now());
  };

  return {
    query: (request, schema) =>
      gate.read(async (signal) => {
        const answer = await send(request, signal);
        if (answer.kind === "failed") throw answer.error;
        return fitting(answer.data, schema);
      }),
    mutate: (request, schema) =>
      gate.write(async (signal) => {
        const answer = await send(request, signal);
        if (answer.kind === "data") return { kind: "done", data: fitting(answer.data, schema) };
        if (answer.field === null) throw answer.error;
        return { kind: "refused", field: answer.field, error: answer.error };
      }),
  };
};

/** What is no header makes `fetch` fail with a message that quotes it: a key belongs into no message. */
const headerValue = (apiKey: string): string => {
  if (/^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
  throw new VendorError(
    "unauthorised",
    "LINEAR_API_KEY has characters in it that no key has, such as a space or a line break: set it anew.",
  );
};

const fitting = <Schema extends z.ZodType>(data: unknown, schema: Schema): z.infer<Schema> => {
  const parsed = schema.safeParse(data);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new VendorError(
    "malformed",
    `Linear's answer is not what its documentation says, at ${issue?.path.join(".") ?? "its root"}.`,
    { cause: parsed.error },
  );
};
