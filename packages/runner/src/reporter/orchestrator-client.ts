import {
  type ClaimRequest,
  type Job,
  jobSchema,
  type Progress,
  progressAnswerSchema,
  type ResultRequest,
} from "@ai-implement/contracts";
import pRetry from "p-retry";
import { z } from "zod";

export type ClaimAnswer =
  | { readonly kind: "granted"; readonly job: Job }
  /** The attempt is somebody else's, over, or not ours to claim: nothing was spent. */
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "unreachable"; readonly message: string };

export type ProgressAnswer =
  | { readonly kind: "heard" }
  /** The attempt is closed: end now. */
  | { readonly kind: "stop"; readonly message: string }
  | { readonly kind: "unreachable"; readonly message: string };

export type ResultAnswer =
  | { readonly kind: "delivered" }
  /** It ended already, with another result or without one. */
  | { readonly kind: "closed" }
  | { readonly kind: "refused"; readonly message: string }
  | { readonly kind: "unreachable"; readonly message: string };

/** How long to go on when the orchestrator does not answer, in ms. Waits double from `firstDelay` and are spread. */
export interface Patience {
  readonly firstDelay: number;
  readonly maxDelay: number;
  readonly inAll: number;
}

/** Before the claim nothing is at stake, so the waiting may be given up. */
export interface ClaimPatience extends Patience {
  readonly signal: AbortSignal;
}

/** The orchestrator as the runner sees it (§8.1, §10). No call rejects; every call may be repeated. */
export interface OrchestratorClient {
  claim(claimToken: string, request: ClaimRequest, patience: ClaimPatience): Promise<ClaimAnswer>;
  /** Asked once: the next one makes up for it. */
  progress(runToken: string, progress: Progress): Promise<ProgressAnswer>;
  result(runToken: string, result: ResultRequest, patience: Patience): Promise<ResultAnswer>;
}

export interface ClientOptions {
  readonly url: string;
  /** Of one request, in ms. */
  readonly timeoutMs: number;
}

interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
}

const errorBodySchema = z.object({ error: z.string().max(1_000) });

export const createOrchestratorClient = (options: ClientOptions): OrchestratorClient => {
  return {
    claim: async (claimToken, request, patience) => {
      const answer = await patiently(patience, () => post(options, "claim", claimToken, request));
      if (typeof answer === "string") return { kind: "unreachable", message: answer };
      if (answer.status !== 200) return { kind: "refused", message: describe(answer) };
      const job = jobSchema.safeParse(answer.body);
      return job.success
        ? { kind: "granted", job: job.data }
        : {
            kind: "unreachable",
            message: `the job it sent is not one that this runner understands; do both have the same version? ${z.prettifyError(job.error)}`,
          };
    },
    progress: async (runToken, progress) => {
      let answer: HttpAnswer;
      try {
        answer = await post(options, "progress", runToken, progress);
      } catch (error) {
        return { kind: "unreachable", message: messageOf(error) };
      }
      // 409: another instance holds the claim.
      if ([401, 403, 404, 409, 410].includes(answer.status))
        return { kind: "stop", message: describe(answer) };
      if (answer.status !== 200) return { kind: "unreachable", message: describe(answer) };
      const parsed = progressAnswerSchema.safeParse(answer.body);
      return parsed.success && parsed.data.stop
        ? { kind: "stop", message: "the attempt is closed" }
        : { kind: "heard" };
    },
    result: async (runToken, result, patience) => {
      const answer = await patiently(patience, () => post(options, "result", runToken, result));
      if (typeof answer === "string") return { kind: "unreachable", message: answer };
      if (answer.status === 200) return { kind: "delivered" };
      return answer.status === 409 ? { kind: "closed" } : { kind: "refused", message: describe(answer) };
    },
  };
};

/** @throws Error when there is no answer, or one that may be another in a moment */
const post = async (
  { url, timeoutMs }: ClientOptions,
  what: "claim" | "progress" | "result",
  bearer: string,
  body: unknown,
): Promise<HttpAnswer> => {
  const response = await fetch(`${url.replace(/\/+$/, "")}/runner/${what}`, {
    method: "POST",
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    // The bearer is meant for this address and no other.
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
  });
  const text = await response.text();
  const answer = { status: response.status, body: parseJson(text) };
  if (answer.status >= 500 || answer.status === 408 || answer.status === 429)
    throw new Error(describe(answer));
  return answer;
};

/** The answer, or what was wrong the last time when patience ran out. */
const patiently = async (
  { firstDelay, maxDelay, inAll, signal }: Patience & { readonly signal?: AbortSignal },
  ask: () => Promise<HttpAnswer>,
): Promise<HttpAnswer | string> => {
  try {
    return await pRetry(
      // A TypeError, which is what fetch throws, counts as a mistake of ours to p-retry unless it knows its words.
      () => ask().catch((error: unknown) => Promise.reject(new Error(messageOf(error), { cause: error }))),
      {
        retries: Number.POSITIVE_INFINITY,
        factor: 2,
        minTimeout: firstDelay,
        maxTimeout: maxDelay,
        maxRetryTime: inAll,
        randomize: true,
        signal,
      },
    );
  } catch (error) {
    return messageOf(error);
  }
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's error page: the status says what there is to know.
    return null;
  }
};

const describe = ({ status, body }: HttpAnswer): string => {
  const parsed = errorBodySchema.safeParse(body);
  return parsed.success ? `HTTP ${status}: ${parsed.data.error}` : `HTTP ${status}`;
};

const messageOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.message === "fetch failed"
    ? error.cause.message
    : error.message;
};
