import { describe, expect, it } from "vitest";
import { aTicket } from "../../core/testing/builders.ts";
import { receiptFacts } from "../../core/testing/receipts.ts";
import { anImplementedReport } from "../../core/testing/reports.ts";
import { seconds } from "../../core/time.ts";
import { lostAnswer } from "../testing/faults.ts";
import { useScene } from "../testing/scene.ts";
import { createWorld, type World } from "../testing/world.ts";
import { type WorldReviews, withReviews } from "../testing/world-reviews.ts";
import { createReceiptSeal } from "./seal.ts";

describe("the receipt on a pull request (§11.3, §12)", () => {
  let reviews: WorldReviews;
  const bodies: string[] = [];
  const scene = useScene({
    makeWorld: (): World => {
      const world = createWorld();
      const made = withReviews(world.forge);
      reviews = made.reviews;
      const publish: typeof made.forge.publish = (draft) => {
        bodies.push(draft.body);
        return made.forge.publish(draft);
      };
      bodies.length = 0;
      return { ...world, forge: { ...made.forge, publish } };
    },
  });
  const receipt = receiptFacts();
  const implement = async (report: Partial<Parameters<typeof anImplementedReport>[0]> = { receipt }) => {
    scene.world.tracker.add(aTicket());
    await scene.poll();
    await scene.work(await scene.theRun("plan"));
    await scene.poll();
    const run = await scene.theRun("implement");
    await scene.claim(run);
    scene.world.forge.push(run.branch);
    await scene.report(run, anImplementedReport({ branch: run.branch, ...report }));
    return run;
  };
  const verdict = async () => {
    const secret = await scene.store.setting("runner-token-secret", () => "none");
    return createReceiptSeal(secret).verify(scene.world.forge.pullRequests[0]?.body ?? "");
  };

  it("verifies with the secret of the service, and is of the run that opened it", async () => {
    const run = await implement();
    expect(await verdict()).toMatchObject({
      kind: "valid",
      receipt: { attempt: run.id, branch: run.branch, facts: receipt },
    });
  });

  it("is the same to the letter when the pull request is published again, by another process of ours too", async () => {
    scene.world.forge.faults.next("publish", lostAnswer);
    await implement();
    await scene.restart();
    await scene.pass(seconds(2));
    expect(bodies).toHaveLength(2);
    expect(new Set(bodies).size).toBe(1);
  });

  it("is said not to be there, and why, where the runner told nothing", async () => {
    await implement({});
    expect(scene.world.forge.pullRequests[0]?.body).toContain(
      "There is no receipt for this run: its runner did not",
    );
    expect(await verdict()).toMatchObject({ kind: "not-valid" });
  });

  it("is replaced by that of a revision: there is one, of the last commit", async () => {
    await implement();
    reviews.say({ id: "issue-comment:1", body: "/ai-implement also round the sum" });
    await scene.poll();
    const run = await scene.theRun("revise");
    await scene.claim(run);
    const headCommit = "d".repeat(40);
    await scene.report(run, anImplementedReport({ branch: run.branch, headCommit, receipt }));
    expect(await verdict()).toMatchObject({
      kind: "valid",
      receipt: { attempt: run.id, phase: "revise", headCommit },
    });
  });
});
