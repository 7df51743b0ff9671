import {
  type ClaimRequest,
  type CredentialRequest,
  type Job,
  jobSchema,
  type Progress,
  progressAnswerSchema,
  type ResultRequest,
  repositoryCredentialSchema,
} from "@ai-implement/contracts";
import { z } from "zod";
import type { RenewalAnswer } from "../git/repository-access.ts";
import { exchange, type HttpAnswer, isTransient, messageOf } from "../http/exchange.ts";
import { type Patience, patiently } from "../http/patiently.ts";

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

/** Where nothing is at stake yet, the waiting may be given up. */
export interface StoppablePatience extends Patience {
  readonly signal: AbortSignal;
}

/** The orchestrator as the runner sees it (§8.1, §10). No call rejects; every call may be repeated. */
export interface OrchestratorClient {
  /** @param proof called before every try, for a bearer that lives shorter than patience lasts */
  claim(
    proof: () => Promise<string>,
    request: ClaimRequest,
    patience: StoppablePatience,
  ): Promise<ClaimAnswer>;
  /** A fresh credential for the job's repository. */
  credential(
    runToken: string,
    request: CredentialRequest,
    patience: StoppablePatience,
  ): Promise<RenewalAnswer>;
  /** Asked once: the next one makes up for it. */
  progress(runToken: string, progress: Progress): Promise<ProgressAnswer>;
  result(runToken: string, result: ResultRequest, patience: Patience): Promise<ResultAnswer>;
}

export interface ClientOptions {
  readonly url: string;
  /** Of one request, in ms. */
  readonly timeoutMs: number;
}

type Endpoint = "claim" | "credential" | "progress" | "result";

const errorBodySchema = z.object({ error: z.string().max(1_000) });

export const createOrchestratorClient = (options: ClientOptions): OrchestratorClient => {
  return {
    claim: async (proof, request, { signal, ...patience }) => {
      const ask = async () => post(options, "claim", await proof(), request);
      const tried = await patiently(patience, ask, signal);
      if (tried.kind === "none") return { kind: "unreachable", message: tried.message };
      if (tried.value.status !== 200) return { kind: "refused", message: describe(tried.value) };
      const job = jobSchema.safeParse(tried.value.body);
      return job.success
        ? { kind: "granted", job: job.data }
        : {
            kind: "unreachable",
            message: `the job it sent is not one that this runner understands; do both have the same version? ${z.prettifyError(job.error)}`,
          };
    },
    credential: async (runToken, request, { signal, ...patience }) => {
      const tried = await patiently(patience, () => post(options, "credential", runToken, request), signal);
      if (tried.kind === "none") return { kind: "unreachable", message: tried.message };
      if (tried.value.status !== 200) return { kind: "refused", message: describe(tried.value) };
      const credential = repositoryCredentialSchema.safeParse(tried.value.body);
      return credential.success
        ? { kind: "granted", credential: credential.data }
        : { kind: "unreachable", message: "the answer is not a credential" };
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
      const tried = await patiently(patience, () => post(options, "result", runToken, result));
      if (tried.kind === "none") return { kind: "unreachable", message: tried.message };
      const { status } = tried.value;
      if (status === 200) return { kind: "delivered" };
      return status === 409 ? { kind: "closed" } : { kind: "refused", message: describe(tried.value) };
    },
  };
};

/** A job with a hundred relatives, each with the longest of descriptions. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** @throws Error when there is no answer, or one that may be another in a moment */
const post = async (
  { url, timeoutMs }: ClientOptions,
  what: Endpoint,
  bearer: string,
  body: unknown,
): Promise<HttpAnswer> => {
  const answer = await exchange({
    method: "POST",
    url: `${url.replace(/\/+$/, "")}/runner/${what}`,
    headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
    body: JSON.stringify(body),
    timeoutMs,
    maxBytes: maxAnswerBytes,
  });
  if (isTransient(answer)) throw new Error(describe(answer));
  return answer;
};

const describe = ({ status, body }: HttpAnswer): string => {
  const parsed = errorBodySchema.safeParse(body);
  return parsed.success ? `HTTP ${status}: ${parsed.data.error}` : `HTTP ${status}`;
};
