import { describe, expect, it } from "vitest";
import { aTicket, aTime } from "../../../core/testing/builders.ts";
import { admissionOf, aKnownPullRequest, ended } from "./builders.ts";
import { type MakeDatabase, useStore } from "./test-database.ts";

const ticketId = aTicket().id;
const approval = (path: string, at = aTime) => ({ ticketId, path, at, by: "admin" });

const refusal = (paths: readonly string[]) => ({
  outcome: "failed" as const,
  reason: "guard" as const,
  message: "The guard refuses this change.",
  needsApproval: [...paths],
  usage: null,
  agent: "an agent",
});

/** What people agree to be changed (§11.4). */
export const describeFileApprovals = (makeDatabase: MakeDatabase): void => {
  describe("approvals of files (§11.4)", () => {
    const harness = useStore(makeDatabase);

    it("are kept for the ticket with who gave them and when; given again, the newer one counts", async () => {
      const { store } = harness;
      expect(await store.approvedFiles(ticketId)).toEqual([]);
      await store.commit({ fileApprovals: [approval("b"), approval("a")] });
      await store.commit({ fileApprovals: [{ ...approval("a", aTime + 5), by: "ada" }] });
      expect(await store.approvedFiles(ticketId)).toEqual([
        { ...approval("a", aTime + 5), by: "ada" },
        approval("b"),
      ]);
      expect(await store.approvedFiles("linear:OTHER")).toEqual([]);
    });

    it.each(["merged", "closed"] as const)("last until the ticket's pull request is %s", async (state) => {
      const { store } = harness;
      await store.commit({
        fileApprovals: [approval("a")],
        pullRequests: [{ ...aKnownPullRequest(1), ticketId, updatedAt: aTime + 1 }],
      });
      expect(await store.approvedFiles(ticketId)).toHaveLength(1);
      await store.commit({
        pullRequests: [{ ...aKnownPullRequest(1, { state }), ticketId, updatedAt: aTime + 2 }],
      });
      expect(await store.approvedFiles(ticketId)).toEqual([]);
      await store.commit({ fileApprovals: [approval("a", aTime + 3)] });
      expect(await store.approvedFiles(ticketId)).toEqual([approval("a", aTime + 3)]);
    });

    it("can be given for what the newest run has named, and for nothing else", async () => {
      const { store } = harness;
      expect(await store.filesToApprove(ticketId)).toBeNull();
      const first = admissionOf();
      const second = admissionOf({ n: 2, ticket: "ACME-1", attempt: 2, at: aTime + 10 });
      await store.commit({ admissions: [first] });
      const run = ended(first.run, { state: "failed", report: refusal([".github/a.yml"]) });
      await store.commit({ runs: [{ value: run, version: 1 }], releasedLeases: [{ ticketId }] });
      expect(await store.filesToApprove(ticketId)).toEqual({ runId: run.id, paths: [".github/a.yml"] });
      await store.commit({ admissions: [second] });
      expect(await store.filesToApprove(ticketId)).toBeNull();
    });
  });
};
