import { describe, expect, it } from "vitest";
import { aProject, aTicket } from "../../core/testing/builders.ts";
import { anImplementedReport } from "../../core/testing/reports.ts";
import { useScene } from "../testing/scene.ts";
import { createWorld, type World } from "../testing/world.ts";
import { type WorldReviews, withReviews } from "../testing/world-reviews.ts";

const shop = aTicket({ identifier: "ACME-1" });
const desk = aTicket({ identifier: "DESK-1", scope: "DESK", title: "Open the desk" });

describe("two projects on one repository (§5.1, §12)", () => {
  let reviews: WorldReviews;
  const scene = useScene({
    projects: [aProject({ planningEnabled: false }), aProject({ key: "DESK", planningEnabled: false })],
    makeWorld: (): World => {
      const world = createWorld();
      const made = withReviews(world.forge);
      reviews = made.reviews;
      return { ...world, forge: made.forge };
    },
  });
  /** Pull request 1 is ACME-1's, and 2 is DESK-1's. */
  const bothInReview = async () => {
    for (const ticket of [shop, desk]) {
      scene.world.tracker.add(ticket);
      await scene.poll();
      const run = await scene.theRun("implement");
      await scene.claim(run);
      scene.world.forge.push(run.branch);
      const gapAnalysis = { implemented: [], gaps: [{ claim: `${ticket.identifier}'s` }], manualSteps: [] };
      await scene.report(run, anImplementedReport({ branch: run.branch, gapAnalysis }));
    }
  };
  const feedbackOf = async (ticket: typeof shop) =>
    (await scene.store.listFeedback(ticket.id)).map(({ pullRequest, kind }) => `#${pullRequest} ${kind}`);
  const ask = (issueKey: string, prNumber: number) => scene.services.gapFill({ issueKey, prNumber });

  it("a gap-fill is of the ticket whose pull request it names, and of no other", async () => {
    await bothInReview();
    expect(await ask("ACME-1", 2)).toEqual({ kind: "not-found" });
    expect(await ask("DESK-1", 1)).toEqual({ kind: "not-found" });
    expect(await ask("DESK-1", 2)).toEqual({ kind: "dispatched" });
    expect([await feedbackOf(shop), await feedbackOf(desk)]).toEqual([[], ["#2 command"]]);
  });

  it("a pause of one holds up the other's pull requests not at all", async () => {
    await bothInReview();
    const project = await scene.store.findProject("ACME");
    if (project === null) throw new Error("The project is gone.");
    await scene.store.updateProject({ ...project, value: { ...project.value, paused: true } });
    expect([await ask("ACME-1", 1), await ask("DESK-1", 2)]).toEqual([
      { kind: "paused" },
      { kind: "dispatched" },
    ]);
  });

  it("one that was deleted is known no more, and its pull requests say so", async () => {
    await bothInReview();
    await scene.store.deleteProject("ACME");
    expect(await ask("ACME-1", 1)).toEqual({ kind: "not-found" });
    expect(await ask("DESK-1", 2)).toEqual({ kind: "dispatched" });
    reviews.say({ id: "issue-comment:1", body: "/ai-implement one" });
    await scene.poll();
    expect(scene.world.forge.comments.map(({ body }) => body)).toContainEqual(
      expect.stringContaining("was removed from AI-Implement"),
    );
  });
});
