import type { Observation } from "../../core/reconcile/reconcile-run.ts";
import { isTerminal } from "../../core/run.ts";
import type { Effect } from "../../core/runs/effects.ts";
import type { Clock } from "../../ports/clock.ts";
import { DeliveryError } from "../../ports/delivery-error.ts";
import type { EffectRecord, Store } from "../../ports/store.ts";
import { type Adapters, executorFor, forgeFor, trackerFor } from "../adapters.ts";
import type { RunEvents } from "../runs/run-events.ts";
import type { RunTokens } from "../runs/run-tokens.ts";
import type { Deliver, Refused } from "./effect-worker.ts";

export interface DeliverDependencies {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly runEvents: RunEvents;
  readonly tokens: RunTokens;
  readonly clock: Clock;
  /** How a runner reaches us; known once we listen. */
  readonly orchestratorUrl: () => string;
}

type Of<Kind extends Effect["kind"]> = Extract<Effect, { kind: Kind }>;

/** What each kind of effect means in the world (§9). Every branch may be run again after any crash. */
export const createDeliver = (dependencies: DeliverDependencies): Deliver => {
  const { store, adapters, clock } = dependencies;
  const delivered = async (record: EffectRecord): Promise<void> => {
    await store.commit({ deliveredEffects: [{ id: record.id, at: clock.now() }] });
  };
  return async (record) => {
    const { effect } = record;
    switch (effect.kind) {
      case "dispatch-attempt":
        return dispatch(dependencies, record, effect);
      case "destroy-attempt":
        await executorFor(adapters, effect.executor).destroy(effect.runId);
        return delivered(record);
      case "set-stage": {
        const { ticket, stage } = effect;
        await trackerFor(adapters, ticket.tracker).apply({ kind: "stage", ticket, stage }, record.key);
        return delivered(record);
      }
      case "post-comment": {
        const { ticket, body } = effect;
        await trackerFor(adapters, ticket.tracker).apply({ kind: "comment", ticket, body }, record.key);
        return delivered(record);
      }
      case "publish-pull-request":
        return publish(dependencies, record, effect);
      case "comment-pull-request": {
        const { repository, head, marker, body } = effect;
        await forgeFor(adapters, repository.forge).upsertComment(repository, head, marker, body);
        return delivered(record);
      }
    }
  };
};

const dispatch = async (
  { store, adapters, runEvents, tokens, clock, orchestratorUrl }: DeliverDependencies,
  record: EffectRecord,
  { runId, executor: kind }: Of<"dispatch-attempt">,
): Promise<void> => {
  const deliveredEffects = [{ id: record.id, at: clock.now() }];
  const run = (await store.findRun(runId))?.value;
  // Ended or claimed while it waited here: there is nothing left to start.
  if (run === undefined || isTerminal(run.state) || run.claimedBy !== undefined) {
    await store.commit({ deliveredEffects });
    return;
  }
  const executor = executorFor(adapters, kind);
  await runEvents.apply(runId, { kind: "dispatch-started" });
  if (record.attempts === 1 || (await mustStart(executor.observe(runId))))
    await executor.dispatch({
      runId,
      phase: run.phase,
      orchestratorUrl: orchestratorUrl(),
      claimToken: tokens.issue("claim", runId),
    });
  await runEvents.apply(runId, { kind: "dispatched" }, { deliveredEffects });
};

/** An earlier try may have gone through: look before repeating it. Unknown is not absent (§8.3). */
const mustStart = async (observing: Promise<Observation>): Promise<boolean> => {
  const observed = await observing;
  if (observed.kind === "unknown")
    throw new DeliveryError(`Cannot tell yet whether the attempt is running: ${observed.error}`, {
      retryable: true,
    });
  return observed.kind === "absent";
};

const publish = async (
  { store, adapters, runEvents, clock }: DeliverDependencies,
  record: EffectRecord,
  { runId, pullRequest: draft }: Of<"publish-pull-request">,
): Promise<void> => {
  const now = clock.now();
  const deliveredEffects = [{ id: record.id, at: now }];
  const run = (await store.findRun(runId))?.value;
  if (run === undefined || isTerminal(run.state)) {
    await store.commit({ deliveredEffects });
    return;
  }
  const pullRequest = await forgeFor(adapters, draft.repository.forge).publish(draft);
  await runEvents.apply(
    runId,
    { kind: "published", pullRequest: { number: pullRequest.number, url: pullRequest.url } },
    {
      deliveredEffects,
      pullRequests: [
        {
          ticketId: run.ticket.id,
          projectKey: run.projectKey,
          repository: run.repository,
          // A person may have ended it before this answer was recorded: what follows from that is found by the poll.
          pullRequest: { ...pullRequest, state: "open" },
          updatedAt: now,
        },
      ],
    },
  );
};

/** A permanent refusal fails the run that wanted the effect, with a reason that the ticket shows (§9). */
export const createRefused =
  (runEvents: RunEvents): Refused =>
  async ({ effect }, message) => {
    switch (effect.kind) {
      case "dispatch-attempt":
        await runEvents.apply(effect.runId, { kind: "dispatch-refused", message });
        return;
      case "publish-pull-request":
        await runEvents.apply(effect.runId, { kind: "publish-refused", message });
        return;
      case "destroy-attempt":
      case "set-stage":
      case "post-comment":
      case "comment-pull-request":
        // The run has ended; the abandoned effect stays in the store with its error for people to see.
        return;
    }
  };
