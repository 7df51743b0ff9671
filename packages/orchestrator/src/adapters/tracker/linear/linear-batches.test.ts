import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LinearScene, linearSchema, openLinear } from "./testing/linear-scene.ts";
import { ticketIdOf } from "./ticket-id.ts";

describe.skipIf(linearSchema === null)("§9 many changes at once", () => {
  let scene: LinearScene;
  beforeEach(async () => {
    scene = await openLinear();
    // Labels and states are known, so that only what a batch itself needs is counted.
    const { id } = add();
    for (const stage of ["planning", "plan-complete", "implementing", "pr-open", "cleared"] as const)
      await scene.setStage(id, stage);
  });
  afterEach(async () => {
    await scene.close();
  });
  const add = () =>
    scene.emulator.workspace.addIssue({ teamKey: "ACME", title: "A title", labels: ["AI-Implement"] });
  const many = (count: number) => Array.from({ length: count }, add);
  const settledIds = (settled: readonly PromiseSettledResult<void>[], status: "fulfilled" | "rejected") =>
    settled.flatMap((result, index) => (result.status === status ? [index] : []));

  test("250 changes go out with one look and five writes", async () => {
    const issues = many(250);
    const operations = await scene.operationsDuring(() =>
      Promise.all(issues.map(({ id }) => scene.setStage(id, "planning", id))),
    );
    expect(operations).toEqual(["Targets", "Write", "Write", "Write", "Write", "Write"]);
  });

  test("a ticket deleted before our look costs the others nothing", async () => {
    const issues = many(250);
    scene.emulator.workspace.deleteIssue(issues[100]?.id ?? "");
    let settled: readonly PromiseSettledResult<void>[] = [];
    const operations = await scene.operationsDuring(async () => {
      settled = await Promise.allSettled(issues.map(({ id }) => scene.setStage(id, "planning", id)));
    });
    expect(settledIds(settled, "rejected")).toEqual([100]);
    expect(operations).toEqual(["Targets", "Write", "Write", "Write", "Write", "Write"]);
  });

  test.each([
    ["a ticket deleted between look and write", false],
    ["a comment that Linear refuses", true],
  ])("%s fails alone, for a handful of requests more", async (_, isComment) => {
    const issues = many(250);
    const poison = issues[100]?.id ?? "";
    let met = false;
    scene.emulator.setFaults(({ operation }) => {
      if (operation === "Write" && !met && !isComment) scene.emulator.workspace.deleteIssue(poison);
      met ||= operation === "Write";
      return null;
    });
    let settled: readonly PromiseSettledResult<void>[] = [];
    const operations = await scene.operationsDuring(async () => {
      settled = await Promise.allSettled(
        issues.map(({ id }) =>
          id === poison && isComment ? scene.comment(id, "", id) : scene.setStage(id, "planning", id),
        ),
      );
    });
    expect(settledIds(settled, "rejected")).toEqual([100]);
    expect(settled[100]).toMatchObject({ reason: { retryable: false } });
    expect(operations.length).toBeLessThanOrEqual(11);
    for (const { id } of issues.filter((each) => each.id !== poison))
      expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Planning"]);
  });

  test("comments as long as they may be are delivered, in mutations of a bearable size", async () => {
    const { id } = add();
    const bodies = Array.from({ length: 20 }, (_, index) => `${index} ${"x".repeat(150_000)}`);
    const before = scene.emulator.requests().length;
    await Promise.all(bodies.map((body, index) => scene.comment(id, body, `comment:${index}`)));
    const writes = scene.emulator
      .requests()
      .slice(before)
      .filter(({ kind }) => kind === "mutation");
    for (const { variables } of writes) expect(JSON.stringify(variables).length).toBeLessThan(420_000);
    const posted = scene.emulator.workspace.comments(id);
    expect(posted.map((body) => body.split(" ")[0])).toEqual(bodies.map((_, index) => String(index)));
    for (const body of posted) expect(body).toContain("(cut");
  });

  test("the changes of each ticket keep their order, whatever is refused between them", async () => {
    const issues = many(80);
    const gone = issues[3]?.id ?? "";
    let met = false;
    scene.emulator.setFaults(({ operation }) => {
      if (operation === "Write" && !met) scene.emulator.workspace.deleteIssue(gone);
      met ||= operation === "Write";
      return null;
    });
    const stages = ["planning", "plan-complete", "implementing"] as const;
    await Promise.allSettled(
      stages.flatMap((stage, step) =>
        issues.flatMap(({ id }) => [
          scene.setStage(id, stage, `${stage}:${id}`),
          scene.comment(id, `Step ${step}`, `comment:${step}`),
        ]),
      ),
    );
    for (const { id } of issues.filter((each) => each.id !== gone)) {
      expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Working", "Plan-Complete"]);
      expect(scene.emulator.workspace.comments(id)).toEqual(["Step 0", "Step 1", "Step 2"]);
    }
  });

  test("while Linear hangs, 5,000 changes are given back after a few requests, one more is refused, and then all is well", async () => {
    const { id, identifier } = add();
    const ticket = { id: ticketIdOf(id), tracker: "linear", scope: "ACME", identifier } as const;
    const hasty = scene.another({
      gate: { timeoutMs: 40, retries: 0, breaker: { failures: 3, coolDownMs: 500 } },
    });
    const post = (index: number) =>
      hasty.apply({ kind: "comment", ticket, body: "Hello" }, `comment:${index}`);
    scene.emulator.setFaults(() => ({ kind: "hang" }));
    const operations = await scene.operationsDuring(async () => {
      const waiting = Array.from({ length: 5_000 }, (_, index) => post(index));
      const tooLate = expect(post(5_000)).rejects.toMatchObject({
        retryable: true,
        message: expect.stringContaining("already wait") as unknown,
      });
      for (const result of await Promise.allSettled(waiting))
        expect(result).toMatchObject({ status: "rejected", reason: { retryable: true } });
      await tooLate;
    });
    expect(operations).toEqual(["Targets", "Targets", "Targets"]);
    scene.emulator.setFaults(() => null);
    await new Promise((resolve) => setTimeout(resolve, 550));
    await post(0);
    expect(scene.emulator.workspace.comments(id)).toEqual(["Hello"]);
  });

  test("§11 a comment of an agent's mentions nobody", async () => {
    const { id } = add();
    await scene.comment(id, "cc https://linear.app/acme/profiles/robin\n\n    code", "comment:1");
    expect(scene.emulator.workspace.comments(id)).toEqual([
      "cc `https://linear.app/acme/profiles/robin`\n\n    code",
    ]);
  });
});
