import type {
  ClaimRequest,
  CredentialRequest,
  Job,
  Progress,
  RepositoryCredential,
  ResultRequest,
  RunReport,
} from "@ai-implement/contracts";
import { canonicalJson } from "../../core/receipt/canonical-json.ts";
import { type ExecutorResource, isTerminal, type Run, type RunId } from "../../core/run.ts";
import { isJobOf, type JobIdentity } from "../../core/runs/job-identity.ts";
import { isPermanent } from "../../ports/delivery-error.ts";
import { attemptHandle } from "../../ports/executor.ts";
import type { JobIdentities } from "../../ports/job-identities.ts";
import type { Store } from "../../ports/store.ts";
import { VendorError } from "../../ports/vendor-error.ts";
import type { Adapters } from "../adapters.ts";
import type { JobMaker } from "./job-maker.ts";
import type { IntakeRedaction } from "./redact-intake.ts";
import type { RepositoryAccesses } from "./repository-accesses.ts";
import type { RunEvents } from "./run-events.ts";
import type { RunTokens } from "./run-tokens.ts";

export type ClaimOutcome =
  | { readonly kind: "granted"; readonly job: Job }
  | { readonly kind: "unauthorised" }
  /** Another runner holds it: exit before spending anything. */
  | { readonly kind: "already-claimed" }
  /** The run has ended or never was. */
  | { readonly kind: "closed" }
  /** Who the job is cannot be told now: ask again. */
  | { readonly kind: "unavailable" };

export type CredentialOutcome =
  | { readonly kind: "granted"; readonly credential: RepositoryCredential }
  | { readonly kind: "unauthorised" }
  | { readonly kind: "not-the-claimant" }
  /** The run has ended, or its repository needs none. */
  | { readonly kind: "closed" };

export type ProgressOutcome =
  | { readonly kind: "accepted"; readonly stop: boolean }
  | { readonly kind: "unauthorised" }
  /** The bearer is right, but another instance holds the claim. */
  | { readonly kind: "not-the-claimant" };

export type ResultOutcome =
  | { readonly kind: "accepted" }
  | { readonly kind: "unauthorised" }
  | { readonly kind: "not-the-claimant" }
  /** It has a different result already, or it ended without one: recorded, changes nothing (§10, §15). */
  | { readonly kind: "closed" };

/** What a runner can ask of us (§8.1, §10). Every call may be repeated and gets the same answer. */
export interface RunnerGateway {
  /** The bearer is the claim token, or the identity of a job on the code host's machines (§8.4). @throws DeliveryError */
  claim(bearer: string, request: ClaimRequest): Promise<ClaimOutcome>;
  /** A credential that is good for a while, for the attempt's repository alone (§11.2). @throws DeliveryError */
  credential(bearer: string, request: CredentialRequest): Promise<CredentialOutcome>;
  /** The run is the one that the bearer is bound to. */
  progress(bearer: string, progress: Progress): Promise<ProgressOutcome>;
  result(bearer: string, result: ResultRequest): Promise<ResultOutcome>;
}

export interface RunnerGatewayDependencies {
  readonly store: Store;
  readonly adapters: Pick<Adapters, "executors">;
  readonly runEvents: RunEvents;
  readonly tokens: RunTokens;
  /** What is stored of a report, and so what the same report is compared with. */
  readonly intake: IntakeRedaction;
  readonly jobs: JobMaker;
  readonly accesses: RepositoryAccesses;
  /** Null: no executor here has jobs that an issuer vouches for. */
  readonly identities: JobIdentities | null;
  /** The audience that a job's identity has to be meant for. */
  readonly orchestratorUrl: () => string;
}

export const createRunnerGateway = (dependencies: RunnerGatewayDependencies): RunnerGateway => ({
  async claim(bearer, { runId, instance }) {
    const { runEvents, jobs } = dependencies;
    const proof = await proofOf(dependencies, bearer, runId);
    if (proof.kind !== "proven") return proof;
    const { resource } = proof;
    const who = resource === null ? { instance } : { instance, resource };
    const applied = await runEvents.apply(runId, { kind: "claimed", ...who });
    if (applied === null || isTerminal(applied.run.state)) return { kind: "closed" };
    // A repeated claim of the same process gets the same job: its first answer may have been lost.
    if (applied.run.claimedBy !== instance) return { kind: "already-claimed" };
    return { kind: "granted", job: await jobs.make(applied.run) };
  },

  async credential(bearer, { instance }) {
    const { store, tokens, accesses } = dependencies;
    const runId = tokens.verify("run", bearer);
    if (runId === null) return { kind: "unauthorised" };
    const run = (await store.findRun(runId))?.value;
    if (run === undefined || isTerminal(run.state)) return { kind: "closed" };
    if (run.claimedBy !== instance) return { kind: "not-the-claimant" };
    const credential = await accesses.grant(run);
    return credential === null ? { kind: "closed" } : { kind: "granted", credential };
  },

  async progress(bearer, { instance, steps, activity }) {
    const { store, runEvents, tokens } = dependencies;
    const runId = tokens.verify("run", bearer);
    if (runId === null) return { kind: "unauthorised" };
    const run = (await store.findRun(runId))?.value;
    if (run === undefined) return { kind: "accepted", stop: true };
    if (run.claimedBy !== instance) return { kind: "not-the-claimant" };
    const applied = await runEvents.apply(
      runId,
      { kind: "progressed", instance },
      {
        steps: steps.map((step) => ({ runId, step })),
        activity: activity === undefined ? [] : [{ runId, line: activity }],
      },
    );
    return { kind: "accepted", stop: applied === null || isTerminal(applied.run.state) };
  },

  async result(bearer, { instance, report: said, steps }) {
    const { store, runEvents, tokens, intake } = dependencies;
    const runId = tokens.verify("run", bearer);
    if (runId === null) return { kind: "unauthorised" };
    const run = (await store.findRun(runId))?.value;
    if (run === undefined) return { kind: "closed" };
    if (run.claimedBy !== instance) return { kind: "not-the-claimant" };
    const report = intake.report(said, run.branch);
    if (run.report !== undefined)
      return isSame(run.report, report) ? { kind: "accepted" } : { kind: "closed" };
    const applied = await runEvents.apply(
      runId,
      { kind: "reported", instance, report },
      { steps: steps.map((step) => ({ runId, step })) },
    );
    if (applied === null) return { kind: "closed" };
    // The same report may have been recorded meanwhile: sent twice, or found beside the attempt.
    return applied.applied || isSame(applied.run.report, report) ? { kind: "accepted" } : { kind: "closed" };
  },
});

/** As they are written down: there, -0 is 0, and what is undefined is not there. */
const isSame = (one: RunReport | undefined, other: RunReport): boolean =>
  canonicalJson(one) === canonicalJson(other);

type Proof =
  | { readonly kind: "proven"; readonly resource: ExecutorResource | null }
  | { readonly kind: "unauthorised" }
  | { readonly kind: "unavailable" };

const unauthorised = { kind: "unauthorised" } as const;

const proofOf = async (
  dependencies: RunnerGatewayDependencies,
  bearer: string,
  runId: RunId,
): Promise<Proof> => {
  const { store, tokens, identities, orchestratorUrl } = dependencies;
  if (tokens.verify("claim", bearer) === runId) return { kind: "proven", resource: null };
  if (identities === null) return unauthorised;
  try {
    const identity = await identities.verify(bearer, orchestratorUrl());
    if (identity === null) return unauthorised;
    const run = (await store.findRun(runId))?.value;
    return run !== undefined && (await isDispatched(dependencies, run, identity))
      ? { kind: "proven", resource: { id: identity.workflowRunId } }
      : unauthorised;
  } catch (error) {
    // A limit that is spent is no answer either.
    if (error instanceof VendorError && !isPermanent(error)) return { kind: "unavailable" };
    throw error;
  }
};

/** While nobody told us what the attempt became, the executor is asked whether it is this: others of its kind may know its id. */
const isDispatched = async (
  { adapters }: RunnerGatewayDependencies,
  run: Run,
  identity: JobIdentity,
): Promise<boolean> => {
  if (!isJobOf(run, identity)) return false;
  if (run.resource !== undefined) return true;
  const executor = adapters.executors.get(run.executor);
  return (await executor?.isAttempt?.(attemptHandle(run), identity.workflowRunId)) ?? false;
};
