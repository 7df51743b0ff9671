import { isDeepStrictEqual } from "node:util";
import type { ClaimRequest, Job, Progress, ResultRequest } from "@ai-implement/contracts";
import { isTerminal } from "../../core/run.ts";
import type { Store } from "../../ports/store.ts";
import type { JobMaker } from "./job-maker.ts";
import type { RunEvents } from "./run-events.ts";
import type { RunTokens } from "./run-tokens.ts";

export type ClaimOutcome =
  | { readonly kind: "granted"; readonly job: Job }
  | { readonly kind: "unauthorised" }
  /** Another runner holds it: exit before spending anything. */
  | { readonly kind: "already-claimed" }
  /** The run has ended or never was. */
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
  claim(bearer: string, request: ClaimRequest): Promise<ClaimOutcome>;
  /** The run is the one that the bearer is bound to. */
  progress(bearer: string, progress: Progress): Promise<ProgressOutcome>;
  result(bearer: string, result: ResultRequest): Promise<ResultOutcome>;
}

export interface RunnerGatewayDependencies {
  readonly store: Store;
  readonly runEvents: RunEvents;
  readonly tokens: RunTokens;
  readonly jobs: JobMaker;
}

export const createRunnerGateway = ({
  store,
  runEvents,
  tokens,
  jobs,
}: RunnerGatewayDependencies): RunnerGateway => ({
  async claim(bearer, { runId, instance }) {
    if (tokens.verify("claim", bearer) !== runId) return { kind: "unauthorised" };
    const applied = await runEvents.apply(runId, { kind: "claimed", instance });
    if (applied === null || isTerminal(applied.run.state)) return { kind: "closed" };
    // A repeated claim of the same process gets the same job: its first answer may have been lost.
    if (applied.run.claimedBy !== instance) return { kind: "already-claimed" };
    return { kind: "granted", job: await jobs.make(applied.run) };
  },

  async progress(bearer, { instance, steps, activity }) {
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

  async result(bearer, { instance, report, steps }) {
    const runId = tokens.verify("run", bearer);
    if (runId === null) return { kind: "unauthorised" };
    const run = (await store.findRun(runId))?.value;
    if (run === undefined) return { kind: "closed" };
    if (run.claimedBy !== instance) return { kind: "not-the-claimant" };
    if (run.report !== undefined)
      return isDeepStrictEqual(run.report, report) ? { kind: "accepted" } : { kind: "closed" };
    const applied = await runEvents.apply(
      runId,
      { kind: "reported", instance, report },
      { steps: steps.map((step) => ({ runId, step })) },
    );
    if (applied === null) return { kind: "closed" };
    // The same report may have been recorded meanwhile: sent twice, or found beside the attempt.
    return applied.applied || isDeepStrictEqual(applied.run.report, report)
      ? { kind: "accepted" }
      : { kind: "closed" };
  },
});
