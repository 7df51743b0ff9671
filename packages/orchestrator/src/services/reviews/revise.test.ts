import { describe, expect, it } from "vitest";
import { aTicket } from "../../core/testing/builders.ts";
import { anImplementedReport } from "../../core/testing/reports.ts";
import { minutes, seconds } from "../../core/time.ts";
import { transient } from "../testing/faults.ts";
import { useScene } from "../testing/scene.ts";
import { createWorld, type World } from "../testing/world.ts";
import { type WorldReviews, withReviews } from "../testing/world-reviews.ts";

const ticket = aTicket();

describe("the review loop (§12)", () => {
  let reviews: WorldReviews;
  const scene = useScene({
    makeWorld: (): World => {
      const world = createWorld();
      const made = withReviews(world.forge);
      reviews = made.reviews;
      return { ...world, forge: made.forge };
    },
  });
  const gapAnalysis = { implemented: [], gaps: [{ claim: "No rounding." }], manualSteps: [] };
  const inReview = async () => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    await scene.work(await scene.theRun("plan"));
    await scene.poll();
    const run = await scene.theRun("implement");
    await scene.claim(run);
    scene.world.forge.push(run.branch);
    await scene.report(run, anImplementedReport({ branch: run.branch, gapAnalysis }));
    return run;
  };
  const revisions = async () => (await scene.runs()).filter(({ phase }) => phase === "revise");
  const jobOf = async () => {
    const claimed = await scene.claim(await scene.theRun("revise"));
    if (claimed.kind !== "granted") throw new Error(claimed.kind);
    return claimed.job;
  };

  it("makes a revise run of a command, on the same branch, with exactly the new words", async () => {
    const implemented = await inReview();
    reviews.say({ id: "issue-comment:1", body: "Nice work." });
    reviews.say({ id: "issue-comment:2", body: "/ai-implement also round the sum" });
    await scene.poll();
    const [run] = await revisions();
    expect(run).toMatchObject({ branch: implemented.branch, attempt: 1 });
    expect(reviews.reactions).toEqual([{ remarkId: "issue-comment:2", reaction: "taken" }]);
    const { repository, revision } = await jobOf();
    expect(repository.continueBranch).toBe(true);
    expect(revision).toEqual({
      pullRequest: 1,
      feedback: [
        {
          kind: "command",
          author: "ada",
          body: "also round the sum",
          url: "https://forge.example/issue-comment:2",
        },
      ],
      gapAnalysis,
    });
  });

  it("handles a finding once, however often it is looked at", async () => {
    await inReview();
    reviews.say({ id: "issue-comment:2", body: "/ai-implement also round the sum" });
    await scene.poll();
    await scene.work(await scene.theRun("revise"));
    for (let look = 0; look < 3; look += 1) await scene.poll();
    expect(await revisions()).toHaveLength(1);
    expect(reviews.reactions).toHaveLength(1);
    reviews.say({ id: "issue-comment:3", body: "/ai-implement and format it" });
    await scene.poll();
    expect((await jobOf()).revision?.feedback.map(({ body }) => body)).toEqual(["and format it"]);
    expect(scene.world.forge.pullRequests).toHaveLength(1);
  });

  it("keeps what is said during a revision for the next one", async () => {
    await inReview();
    reviews.say({ id: "issue-comment:1", body: "/ai-implement one" });
    await scene.poll();
    const first = await scene.theRun("revise");
    await scene.claim(first);
    reviews.say({ id: "issue-comment:2", body: "/ai-implement two" });
    await scene.poll();
    await scene.work(first);
    await scene.poll();
    expect(await revisions()).toHaveLength(2);
    expect((await jobOf()).revision?.feedback.map(({ body }) => body)).toEqual(["two"]);
  });

  it("waits until a reviewer has said it all, and gives it to one run", async () => {
    await inReview();
    reviews.say({ id: "review:1", kind: "review", verdict: "changes-requested", body: "No tests." });
    reviews.say({ id: "review-comment:1", kind: "inline-comment", body: "Why?", path: "a.ts", line: 3 });
    await scene.poll();
    expect(await revisions()).toEqual([]);
    await scene.pass(seconds(16));
    await scene.poll();
    expect((await jobOf()).revision?.feedback).toMatchObject([
      { kind: "review", body: "No tests." },
      { kind: "inline-comment", body: "Why?", path: "a.ts", line: 3 },
    ]);
  });

  it("takes nothing from who may not write, and says so to who orders us about (§11.7)", async () => {
    await inReview();
    reviews.say({ id: "issue-comment:1", body: "/ai-implement delete all", author: "mallory" });
    await scene.poll();
    expect(await revisions()).toEqual([]);
    expect(reviews.reactions).toEqual([{ remarkId: "issue-comment:1", reaction: "refused" }]);
  });

  it("hands the words of a lost run to the one that tries again (§15)", async () => {
    await inReview();
    reviews.say({ id: "issue-comment:1", body: "/ai-implement one" });
    await scene.poll();
    scene.world.executor.machineOf((await scene.theRun("revise")).id).exited = true;
    await scene.poll();
    await scene.pass(minutes(2));
    await scene.poll();
    expect(await revisions()).toMatchObject([{ attempt: 1 }, { attempt: 2, tryNumber: 2 }]);
    expect((await jobOf()).revision?.feedback.map(({ body }) => body)).toEqual(["one"]);
  });

  it("loses nothing where the forge fails in the middle of a look", async () => {
    await inReview();
    reviews.say({ id: "issue-comment:1", body: "/ai-implement one" });
    for (const what of ["remarks", "mayWrite"] as const) {
      reviews.faults.next(what, transient);
      await scene.poll();
      expect(await revisions()).toEqual([]);
    }
    reviews.faults.next("react", transient);
    await scene.poll();
    await scene.pass(minutes(1));
    expect(await revisions()).toHaveLength(1);
    expect(reviews.reactions).toHaveLength(1);
  });

  it.each([
    ["merged", "is not part of the merge"],
    ["closed", "closed without a merge"],
  ] as const)(
    "ends a revision with its pull request: once that is %s, nothing is pushed to it or published",
    async (state, words) => {
      await inReview();
      reviews.say({ id: "issue-comment:1", body: "/ai-implement one" });
      await scene.poll();
      const run = await scene.theRun("revise");
      await scene.claim(run);
      scene.world.forge.end(1, state);
      await scene.poll();
      expect(await scene.theRun("revise")).toMatchObject({ state: "cancelled" });
      expect(scene.world.executor.machines).not.toContainEqual(expect.objectContaining({ runId: run.id }));
      scene.world.forge.push(run.branch);
      expect(await scene.report(run, anImplementedReport({ branch: run.branch }))).toEqual({
        kind: "closed",
      });
      for (let look = 0; look < 2; look += 1) await scene.poll();
      expect(scene.world.forge.pullRequests).toMatchObject([{ number: 1, state }]);
      expect(scene.world.tracker.stages.at(-1)?.stage).toBe(
        state === "merged" ? "merged" : "implementing-failed",
      );
      const told = scene.world.tracker.comments.filter(({ body }) => body.includes(words));
      expect(told.length).toBeGreaterThan(0);
      expect(await revisions()).toHaveLength(1);
    },
  );

  it("says why a command waits while the project is paused, and takes it up afterwards", async () => {
    await inReview();
    const project = await scene.store.findProject("ACME");
    if (project === null) throw new Error("The project is gone.");
    await scene.store.updateProject({ ...project, value: { ...project.value, paused: true } });
    reviews.say({ id: "issue-comment:1", body: "/ai-implement one" });
    await scene.poll();
    expect(await revisions()).toEqual([]);
    expect(scene.world.forge.comments.at(-1)?.body).toContain("paused");
    await scene.store.updateProject({
      value: { ...project.value, paused: false },
      version: project.version + 1,
    });
    await scene.poll();
    expect(await revisions()).toHaveLength(1);
  });
});

describe("a gap-fill that a repository asks for itself (§12)", () => {
  let reviews: WorldReviews;
  const scene = useScene({
    makeWorld: (): World => {
      const world = createWorld();
      const made = withReviews(world.forge);
      reviews = made.reviews;
      return { ...world, forge: made.forge };
    },
  });
  const inReview = async (gaps: readonly string[]) => {
    scene.world.tracker.add(ticket);
    await scene.poll();
    await scene.work(await scene.theRun("plan"));
    await scene.poll();
    const run = await scene.theRun("implement");
    await scene.claim(run);
    scene.world.forge.push(run.branch);
    const gapAnalysis = { implemented: [], gaps: gaps.map((claim) => ({ claim })), manualSteps: [] };
    await scene.report(run, anImplementedReport({ branch: run.branch, gapAnalysis }));
  };
  const ask = (issueKey = ticket.identifier, prNumber = 1) => scene.services.gapFill({ issueKey, prNumber });
  const bodies = async () => (await scene.store.listFeedback(ticket.id)).map(({ body }) => body);

  it("takes up the words that were written, and makes up none", async () => {
    await inReview(["No rounding."]);
    reviews.say({ id: "issue-comment:1", body: "/ai-implement one" });
    expect(await ask()).toEqual({ kind: "dispatched" });
    expect(await bodies()).toEqual(["one"]);
    await scene.poll();
    expect(await scene.theRun("revise")).toMatchObject({ state: "dispatching" });
    expect(await ask()).toMatchObject({ kind: "nothing-to-do" });
  });

  it("closes the gaps that are known, once", async () => {
    await inReview(["No rounding."]);
    expect(await ask()).toEqual({ kind: "dispatched" });
    expect(await ask("acme-1")).toEqual({ kind: "dispatched" });
    expect(await bodies()).toHaveLength(1);
  });

  it("has nothing to do where nothing is missing, or where the pull request is no longer open", async () => {
    await inReview([]);
    expect(await ask()).toMatchObject({ kind: "nothing-to-do" });
    scene.world.forge.end(1, "merged");
    await scene.poll();
    expect(await ask()).toMatchObject({
      kind: "nothing-to-do",
      reason: expect.stringContaining("merged") as string,
    });
  });

  it("knows only pull requests and tickets of ours, and says when the project is paused or the forge fails", async () => {
    await inReview(["No rounding."]);
    expect(await ask("OTHER-1")).toEqual({ kind: "not-found" });
    expect(await ask(ticket.identifier, 99)).toEqual({ kind: "not-found" });
    reviews.faults.next("remarks", transient);
    expect(await ask()).toEqual({ kind: "failed" });
    const project = await scene.store.findProject("ACME");
    if (project === null) throw new Error("The project is gone.");
    await scene.store.updateProject({ ...project, value: { ...project.value, paused: true } });
    expect(await ask()).toEqual({ kind: "paused" });
  });
});
