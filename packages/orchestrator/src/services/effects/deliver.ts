import { withEnding } from "../../core/receipt/with-ending.ts";
import { isTerminal } from "../../core/run.ts";
import type { Effect } from "../../core/runs/effects.ts";
import { attemptHandle } from "../../ports/executor.ts";
import type { EffectRecord } from "../../ports/store.ts";
import { executorFor, forgeFor, trackerFor } from "../adapters.ts";
import { type Receipts, receiptEnding } from "../receipts/receipts.ts";
import type { RepositoryAccesses } from "../runs/repository-accesses.ts";
import type { RunEvents } from "../runs/run-events.ts";
import { type DispatchDependencies, dispatchAttempt } from "./dispatch-attempt.ts";
import type { Deliver, Refused } from "./effect-worker.ts";

export interface DeliverDependencies extends DispatchDependencies {
  readonly accesses: RepositoryAccesses;
  readonly receipts: Receipts;
  /** A project that is gone is success. @throws DeliveryError */
  readonly syncTemplates: (projectKey: string) => Promise<void>;
}

type Of<Kind extends Effect["kind"]> = Extract<Effect, { kind: Kind }>;

/** What each kind of effect means in the world (§9). Every branch may be run again after any crash. */
export const createDeliver = (dependencies: DeliverDependencies): Deliver => {
  const { store, adapters, clock, syncTemplates } = dependencies;
  const delivered = async (record: EffectRecord): Promise<void> => {
    await store.commit({ deliveredEffects: [{ id: record.id, at: clock.now() }] });
  };
  return async (record) => {
    const { effect } = record;
    switch (effect.kind) {
      case "dispatch-attempt":
        return dispatchAttempt(dependencies, record, effect);
      case "destroy-attempt":
        await destroy(dependencies, effect);
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
      case "react": {
        const { repository, remarkId, reaction } = effect;
        await forgeFor(adapters, repository.forge).reviews?.react(repository, remarkId, reaction);
        return delivered(record);
      }
      case "sync-templates":
        await syncTemplates(effect.projectKey);
        return delivered(record);
    }
  };
};

/** What it was given to work with ends with it, also where its machine cannot be ended yet, or ever. */
const destroy = async (
  { store, adapters, accesses }: DeliverDependencies,
  { runId, executor }: Of<"destroy-attempt">,
): Promise<void> => {
  const run = (await store.findRun(runId))?.value;
  try {
    if (run !== undefined) await executorFor(adapters, executor).destroy(attemptHandle(run));
  } finally {
    await accesses.revoke(runId);
  }
};

const publish = async (
  { store, adapters, runEvents, receipts, clock }: DeliverDependencies,
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
  // Signed here: what is pure has no secret. It is made of what is stored, so every delivery brings the same.
  const body = withEnding(draft.body, receiptEnding(receipts.issue(run)));
  const pullRequest = await forgeFor(adapters, draft.repository.forge).publish({ ...draft, body });
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
      case "react":
      case "sync-templates":
        // No run hangs on it; the abandoned effect stays in the store with its error for people to see.
        return;
    }
  };
