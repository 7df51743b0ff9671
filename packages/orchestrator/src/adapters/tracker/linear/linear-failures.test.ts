import type { Fault } from "@ai-implement/emulators/shared/faults.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { apiKey, type LinearScene, linearSchema, openLinear } from "./testing/linear-scene.ts";

describe.skipIf(linearSchema === null)("when Linear fails", () => {
  let scene: LinearScene;
  beforeEach(async () => {
    scene = await openLinear();
  });
  afterEach(async () => {
    await scene.close();
  });
  const add = () =>
    scene.emulator.workspace.addIssue({ teamKey: "ACME", title: "A title", labels: ["AI-Implement"] });
  /** The first requests of this operation fail like this, the later ones do not. */
  const failing = (operation: string, fault: Fault, times = 1): void => {
    let left = times;
    scene.emulator.setFaults((request) => {
      if (request.operation !== operation || left === 0) return null;
      left -= 1;
      return fault;
    });
  };

  test.each(["reset-after", "cut-off"] as const)(
    "§9 a lost answer (%s) is no delivery; the same key again delivers once",
    async (kind) => {
      const issues = [add(), add()];
      const deliver = () =>
        Promise.allSettled(
          issues.flatMap(({ id }) => [
            scene.comment(id, "Hello", `comment:${id}`),
            scene.setStage(id, "planning", id),
          ]),
        );
      await scene.listed();
      failing("Write", { kind });
      for (const result of await deliver())
        expect(result).toMatchObject({ status: "rejected", reason: { retryable: true } });
      for (const result of await deliver()) expect(result.status).toBe("fulfilled");
      for (const { id } of issues) {
        expect(scene.emulator.workspace.comments(id)).toEqual(["Hello"]);
        expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Planning"]);
      }
    },
  );

  test.each(["reset-before", "server-error", "empty"] as const)(
    "§9 a write that was not done (%s) is retryable",
    async (kind) => {
      const { id } = add();
      failing("Write", { kind });
      await expect(scene.comment(id, "Hello", "comment:1")).rejects.toMatchObject({ retryable: true });
      await scene.comment(id, "Hello", "comment:1");
      expect(scene.emulator.workspace.comments(id)).toEqual(["Hello"]);
    },
  );

  test.each(["reset-before", "reset-after", "server-error", "empty", "cut-off"] as const)(
    "§7.2 a look that fails once (%s) is taken again",
    async (kind) => {
      add();
      failing("Issues", { kind });
      expect(await scene.listed()).toHaveLength(1);
    },
  );

  test("§5.4 a look that keeps failing throws: it never reads as nothing there", async () => {
    const { id } = add();
    failing("Issues", { kind: "server-error" }, 100);
    await expect(scene.listed()).rejects.toMatchObject({ failure: "unavailable" });
    await expect(scene.tracker.lookUp([`linear:${id}`], [])).rejects.toMatchObject({ retryable: true });
  });

  test("§9 an answer that never comes is waited for no longer than the timeout", async () => {
    add();
    failing("Issues", { kind: "hang" }, 100);
    const hasty = scene.another({ gate: { timeoutMs: 50, retries: 0 } });
    await expect(hasty.listMarked([])).rejects.toMatchObject({ failure: "timeout", retryable: true });
  });

  test("§7.2 after a rate limit nothing is sent before its reset", async () => {
    const { id } = add();
    await scene.listed();
    failing("Targets", { kind: "rate-limited", resetMs: 300 });
    const refusal = { failure: "rate-limited", retryable: true, retryAfterMs: expect.any(Number) as unknown };
    await expect(scene.setStage(id, "planning")).rejects.toMatchObject(refusal);
    const silent = await scene.operationsDuring(async () => {
      await expect(scene.setStage(id, "planning")).rejects.toMatchObject(refusal);
      await expect(scene.listed()).rejects.toMatchObject(refusal);
    });
    expect(silent).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 350));
    await scene.setStage(id, "planning");
    expect(scene.emulator.requests().filter(({ early }) => early)).toEqual([]);
  });

  test("§7.2 once the budget is spent nothing more is sent, before Linear has to refuse it", async () => {
    await scene.close();
    scene = await openLinear({ limits: { requests: 2 } });
    await scene.listed();
    await scene.listed();
    await expect(scene.listed()).rejects.toMatchObject({ failure: "rate-limited" });
    expect(scene.emulator.requests()).toHaveLength(2);
  });

  test("§7.2 points that are spent are told apart from requests that are", async () => {
    await scene.close();
    scene = await openLinear({ limits: { points: 7_500 } });
    await scene.listed();
    const refusal = await scene.listed().catch((error: unknown) => error);
    expect(refusal).toMatchObject({ failure: "rate-limited" });
    expect(scene.emulator.requests().filter(({ early }) => early)).toEqual([]);
  });

  test("§9 a wrong key is named with its setting and never quoted", async () => {
    add();
    const wrong = scene.another({ apiKey: "lin_api_wrong" });
    const error: unknown = await wrong.listMarked([]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ failure: "unauthorised", retryable: true });
    expect(String(error)).toContain("LINEAR_API_KEY");
    expect(String(error)).not.toContain("lin_api_wrong");
  });

  test("§11.10 a key that cannot be a header is not quoted either", async () => {
    const broken = scene.another({ apiKey: `${apiKey}\nX` });
    const error: unknown = await broken.listMarked([]).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ failure: "unauthorised" });
    expect(String(error)).not.toContain(apiKey);
  });

  test("§9 a key that may only read fails each write, without a request for each", async () => {
    await scene.close();
    scene = await openLinear({ readOnlyKey: "lin_api_reader" });
    const issues = Array.from({ length: 20 }, add);
    const reader = scene.another({ apiKey: "lin_api_reader" });
    const operations = await scene.operationsDuring(async () => {
      const settled = await Promise.allSettled(
        issues.map(({ id, identifier }) =>
          reader.apply(
            {
              kind: "comment",
              ticket: { id: `linear:${id}`, tracker: "linear", scope: "ACME", identifier },
              body: "Hello",
            },
            `comment:${id}`,
          ),
        ),
      );
      for (const result of settled)
        expect(result).toMatchObject({
          status: "rejected",
          reason: { failure: "forbidden", retryable: true },
        });
    });
    expect(operations).toEqual(["Targets", "Workspace", "Write"]);
  });

  test("§9 with every third request failing, each comment is there once and each stage is right", async () => {
    const issues = Array.from({ length: 30 }, add);
    const faults: readonly Fault[] = [
      { kind: "reset-before" },
      { kind: "reset-after" },
      { kind: "server-error" },
      { kind: "empty" },
      { kind: "cut-off" },
    ];
    let count = 0;
    scene.emulator.setFaults(() => {
      count += 1;
      return count % 3 === 0 ? (faults[(count / 3) % faults.length] ?? null) : null;
    });
    const patient = scene.another({
      gate: { retries: 0, breaker: { failures: 1_000, coolDownMs: 1 } },
    });
    const deliver = async ({ id, identifier }: { id: string; identifier: string }): Promise<void> => {
      const ticket = { id: `linear:${id}`, tracker: "linear", scope: "ACME", identifier } as const;
      const changes = [
        { kind: "comment", ticket, body: `To ${identifier}` },
        { kind: "stage", ticket, stage: "implementing" },
      ] as const;
      for (const change of changes) {
        for (let tries = 0; ; tries += 1) {
          try {
            await patient.apply(change, `${change.kind}:${id}`);
            break;
          } catch (error) {
            if (tries > 50) throw error;
          }
        }
      }
    };
    await Promise.all(issues.map(deliver));
    for (const { id, identifier } of issues) {
      expect(scene.emulator.workspace.comments(id)).toEqual([`To ${identifier}`]);
      expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Working"]);
    }
  });
});
