import { describe, expect, it } from "vitest";
import { aTicket } from "../../core/testing/builders.ts";
import { anImplementedReport } from "../../core/testing/reports.ts";
import { transient } from "../testing/faults.ts";
import { useScene } from "../testing/scene.ts";

const ticket = aTicket();

describe("open pull requests against their forge (§12)", () => {
  const scene = useScene();
  const inReview = async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    await scene.work(await scene.theRun("plan"));
    await scene.poll();
    await scene.work(await scene.theRun("implement"));
  };
  const stages = () => scene.world.tracker.stages.map(({ stage }) => stage);
  const known = async () => (await scene.store.findPullRequest(ticket.id))?.pullRequest.state;

  it("finds a merge, and the ticket is done", async () => {
    await inReview();
    scene.world.forge.end(1, "merged");
    await scene.poll();
    await scene.poll();
    expect(await known()).toBe("merged");
    expect(stages().at(-1)).toBe("merged");
    expect(scene.world.tracker.ticket(ticket.id).lifecycle).toBe("completed");
    expect(scene.world.tracker.comments).toHaveLength(2);
  });

  it("says once that one was closed without a merge, and waits until a person marks the ticket again", async () => {
    await inReview();
    scene.world.forge.end(1, "closed");
    for (let look = 0; look < 3; look += 1) await scene.poll();
    expect(await known()).toBe("closed");
    expect(
      scene.world.tracker.comments.map(({ body }) => body).filter((body) => body.includes("closed")),
    ).toEqual([expect.stringContaining("closed without a merge")]);
    expect(await scene.runs()).toHaveLength(2);
    scene.world.tracker.edit(ticket.id, { stage: "marked" });
    await scene.poll();
    expect(await scene.runs()).toMatchObject([
      { attempt: 1 },
      { attempt: 1 },
      { phase: "implement", attempt: 2 },
    ]);
  });

  it("asks again next time when the forge fails", async () => {
    await inReview();
    scene.world.forge.end(1, "merged");
    scene.world.forge.faults.next("find", transient);
    await scene.poll();
    expect(await known()).toBe("open");
    await scene.poll();
    expect(await known()).toBe("merged");
  });

  it("keeps one pull request when a second run of the ticket finds its title changed", async () => {
    await inReview();
    await scene.poll();
    scene.world.tracker.edit(ticket.id, { title: "Say hello, and goodbye", stage: "plan-complete" });
    await scene.poll();
    const again = await scene.theRun("implement");
    expect(again).toMatchObject({ attempt: 2, branch: "ai-implement/acme-1-say-hello" });
    await scene.claim(again);
    await scene.report(again, anImplementedReport({ branch: again.branch, summary: "Goodbye too." }));
    expect(scene.world.forge.pullRequests).toMatchObject([
      { number: 1, title: "ACME-1: Say hello, and goodbye" },
    ]);
  });
});
