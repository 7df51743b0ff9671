import { repositorySlug } from "../../core/project.ts";
import { ticketStage } from "../../core/runs/after-review.ts";
import type { Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { MergeResult } from "../../ports/forge.ts";
import type { Change, KnownTicket, Store } from "../../ports/store.ts";
import { type Adapters, forgeFor } from "../adapters.ts";
import type { RunEvents } from "../runs/run-events.ts";

/** What a person may do to a ticket or a pull request (§6 "the action that clears each"). */
export interface OperatorService {
  /** Un-park: what went before no longer counts against the ticket. */
  unpark(ticketId: string): Promise<"done" | "not-found">;
  /** Approve the plan that waits for a person (§7.1). */
  approve(ticketId: string): Promise<"done" | "not-found" | "nothing-to-approve">;
  /** Agree to files that the guard refused, for as long as the ticket's work is not merged, and un-park it (§11.4). */
  approveFiles(request: FileApprovalRequest): Promise<FileApprovalOutcome>;
  clearLease(ticketId: string): Promise<"done" | "not-found">;
  /** Stop the live run of a ticket; its lease holds the ticket afterwards. */
  cancel(ticketId: string): Promise<"done" | "not-found">;
  /** Merge on a forge that is our own (local); people merge on any other. */
  merge(
    repository: string,
    number: number,
  ): Promise<MergeResult | { readonly kind: "not-found" } | { readonly kind: "not-here" }>;
}

export interface FileApprovalRequest {
  readonly ticketId: string;
  readonly paths: readonly string[];
  readonly by: string;
}

export type FileApprovalOutcome =
  | { readonly kind: "done" }
  | { readonly kind: "not-found" }
  /** The ticket's last run was not refused for files that a person could agree to. */
  | { readonly kind: "nothing-to-approve" }
  /** Only what a run has named can be agreed to. */
  | { readonly kind: "not-named"; readonly paths: readonly string[] };

export interface OperatorServiceDependencies {
  readonly store: Store;
  readonly adapters: Adapters;
  readonly runEvents: RunEvents;
  readonly clock: Clock;
  /** Something changed that the next decision should see. */
  readonly onChange: () => void;
}

export const createOperatorService = (dependencies: OperatorServiceDependencies): OperatorService => {
  const { store, adapters, runEvents, clock, onChange } = dependencies;
  const isAtWork = async (ticketId: string): Promise<boolean> =>
    (await store.listLiveRuns()).some(({ value }) => value.ticket.id === ticketId);
  /** What un-parks a ticket, for one commit. */
  const unparking = async ({ ticket }: KnownTicket, now: Instant): Promise<Change> => {
    const resting = (await store.findPlan(ticket.id)) === null ? "marked" : "plan-complete";
    return {
      resets: [{ ticketId: ticket.id, at: now }],
      effects: [ticketStage(ticket, resting, `unparked-${now}`)],
    };
  };
  return {
    async unpark(ticketId) {
      const known = await store.findKnownTicket(ticketId);
      if (known === null) return "not-found";
      // At work again already: a repeated request must not discount the run that the first one led to.
      if (await isAtWork(ticketId)) return "done";
      await store.commit(await unparking(known, clock.now()));
      onChange();
      return "done";
    },

    async approveFiles({ ticketId, paths, by }) {
      const known = await store.findKnownTicket(ticketId);
      if (known === null) return { kind: "not-found" };
      const refused = await store.filesToApprove(ticketId);
      if (refused === null) return { kind: "nothing-to-approve" };
      const unnamed = paths.filter((path) => !refused.paths.includes(path));
      if (unnamed.length > 0) return { kind: "not-named", paths: unnamed };
      const at = clock.now();
      await store.commit({
        ...(await unparking(known, at)),
        fileApprovals: paths.map((path) => ({ ticketId, path, at, by })),
        // Beside what it answers, where people look for who let it through.
        history: [
          {
            runId: refused.runId,
            at,
            event: "files-approved",
            cause: `${by} agreed to ${paths.map((path) => JSON.stringify(path)).join(", ")}`,
            applied: true,
          },
        ],
      });
      onChange();
      return { kind: "done" };
    },

    async approve(ticketId) {
      const known = await store.findKnownTicket(ticketId);
      if (known === null) return "not-found";
      const plan = await store.findPlan(ticketId);
      if (plan === null || plan.approvedAt !== null) return "nothing-to-approve";
      // What a plan leads to is there already: its marker must not go back to where the plan was made.
      if ((await isAtWork(ticketId)) || (await store.findPullRequest(ticketId)) !== null)
        return "nothing-to-approve";
      await store.commit({
        approvals: [{ ticketId, at: clock.now() }],
        effects: [ticketStage(known.ticket, "plan-complete", `approved-${plan.runId}`)],
      });
      onChange();
      return "done";
    },

    async clearLease(ticketId) {
      const held = (await store.listLeases(clock.now())).filter((lease) => lease.ticketId === ticketId);
      if (held.length === 0) return "not-found";
      await store.commit({ releasedLeases: [{ ticketId }] });
      onChange();
      return "done";
    },

    async cancel(ticketId) {
      const live = (await store.listLiveRuns()).find(({ value }) => value.ticket.id === ticketId);
      if (live === undefined) return "not-found";
      await runEvents.apply(live.value.id, { kind: "cancelled", cause: "operator" });
      return "done";
    },

    async merge(repository, number) {
      const projects = await store.listProjects();
      const project = projects.find(({ value }) => repositorySlug(value.repository) === repository)?.value;
      if (project === undefined) return { kind: "not-found" };
      const forge = forgeFor(adapters, project.repository.forge);
      if (forge.merge === undefined) return { kind: "not-here" };
      if ((await forge.find(project.repository, number)) === null) return { kind: "not-found" };
      const result = await forge.merge(project.repository, number);
      onChange();
      return result;
    },
  };
};
