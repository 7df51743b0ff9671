import { describe, expect, it } from "vitest";
import { type Feedback, mostFeedbackOfRun } from "../../../core/review/feedback.ts";
import { aProject, aTicket, aTime } from "../../../core/testing/builders.ts";
import { admissionOf, aKnownPullRequest, changeOf, ended } from "./builders.ts";
import { type MakeDatabase, useStore } from "./test-database.ts";

const ticketId = aTicket().id;

const aFeedback = (n: number, change: Partial<Feedback> = {}): Feedback => ({
  id: `github:acme/shop:issue-comment:${n}`,
  ticketId,
  repository: aProject().repository,
  pullRequest: 7,
  kind: "command",
  author: "ada",
  body: `Wish ${n}`,
  url: `https://forge.example/${n}`,
  receivedAt: aTime + n,
  readyAt: aTime + n,
  ...change,
});

export const describeFeedback = (makeDatabase: MakeDatabase): void => {
  describe("what people said on a pull request (§12)", () => {
    const harness = useStore(makeDatabase);
    const pending = async () => (await harness.store.dispatchFacts(aTime)).histories.get(ticketId)?.feedback;
    const runsOf = async () => (await harness.store.listFeedback(ticketId)).map(({ runId }) => runId);
    const revise = (n: number, at = aTime + 100) =>
      admissionOf({ n, ticket: "ACME-1", phase: "revise", at, attempt: n });

    it("is kept once, as it was first said", async () => {
      await harness.store.commit({ feedback: [aFeedback(2), aFeedback(1)] });
      await harness.store.commit({ feedback: [aFeedback(1, { body: "Edited", receivedAt: aTime + 99 })] });
      expect(await harness.store.listFeedback(ticketId)).toEqual([
        { ...aFeedback(1), runId: null },
        { ...aFeedback(2), runId: null },
      ]);
      expect(await pending()).toEqual({ count: 2, receivedAt: aTime + 2, readyAt: aTime + 2 });
    });

    it("goes to the revise run that is admitted, and to no other", async () => {
      await harness.store.commit({ feedback: [aFeedback(1), aFeedback(2, { ticketId: "linear:OTHER-1" })] });
      const first = revise(1);
      await harness.store.commit(changeOf(first));
      expect(await runsOf()).toEqual([first.run.id]);
      expect(await pending()).toBeUndefined();
      await harness.store.commit({ feedback: [aFeedback(3)] });
      expect(await runsOf()).toEqual([first.run.id, null]);
      expect(await pending()).toMatchObject({ count: 1 });
    });

    it("of more than one run can be given is left to the next one, the newest of it", async () => {
      const many = Array.from({ length: mostFeedbackOfRun + 2 }, (_, n) => aFeedback(n + 1));
      await harness.store.commit({ feedback: many.toReversed() });
      const first = revise(1, aTime + 1_000);
      await harness.store.commit(changeOf(first));
      expect((await runsOf()).map((runId) => runId === first.run.id)).toEqual(
        many.map((_, index) => index < mostFeedbackOfRun),
      );
      expect(await pending()).toMatchObject({ count: 2, receivedAt: aTime + mostFeedbackOfRun + 2 });
    });

    it("waits again where its run came to nothing, and is done where it succeeded", async () => {
      await harness.store.commit({ feedback: [aFeedback(1)] });
      const first = revise(1);
      await harness.store.commit(changeOf(first));
      const failure = { reason: "machine-lost", message: "Gone." } as const;
      await harness.store.commit({
        runs: [{ value: ended(first.run, { state: "failed", failure }), version: 1 }],
      });
      expect(await pending()).toMatchObject({ count: 1 });
      const second = revise(2, aTime + 200);
      await harness.store.commit(changeOf(second));
      expect(await runsOf()).toEqual([second.run.id]);
      await harness.store.commit({ runs: [{ value: ended(second.run), version: 1 }] });
      expect(await pending()).toBeUndefined();
    });

    it("stands on a pull request that is found by its number, whatever the case of its repository", async () => {
      const known = { ...aKnownPullRequest(7), remarksSeenAt: aTime };
      await harness.store.commit({ pullRequests: [known] });
      const { forge, owner, name } = known.repository;
      const shouted = { forge, owner: owner.toUpperCase(), name: name.toUpperCase() };
      expect(await harness.store.findPullRequestByNumber(shouted, 7)).toEqual(known);
      expect(await harness.store.findPullRequestByNumber(shouted, 8)).toBeNull();
      expect(await harness.store.findPullRequestByNumber({ ...shouted, forge: "github" }, 7)).toBeNull();
      await harness.store.commit({ pullRequests: [aKnownPullRequest(7)] });
      expect(await harness.store.findPullRequestByNumber(known.repository, 7)).toMatchObject({
        remarksSeenAt: aTime,
      });
    });
  });
};
