import type { ClaimRequest, Job, Progress, ResultRequest } from "@ai-implement/contracts";

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
