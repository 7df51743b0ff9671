import type { GithubRequest } from "@ai-implement/emulators/github/api.ts";
import type { Fault } from "@ai-implement/emulators/shared/faults.ts";
import { vendorSchema } from "@ai-implement/emulators/testing/schemas.ts";
import { minutes, seconds } from "@ai-implement/orchestrator/core/time.ts";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { work } from "./support/bad-input/jobs.ts";
import { type BadInputWorld, openBadInputWorld, readOpenApi } from "./support/bad-input/world.ts";
import { tally } from "./support/github.ts";

const schema = vendorSchema("github.openapi.json");

describe.skipIf(schema === null)("GitHub's limits and outages (§9)", () => {
  let openApi: unknown;
  let world: BadInputWorld;
  beforeAll(async () => {
    openApi = await readOpenApi(schema ?? "");
  });
  afterEach(() => world.close());

  const mark = (count: number): void => {
    for (let n = 1; n <= count; n += 1) world.mark({ identifier: `ACME-${n}` });
  };
  const withTokens = (): readonly GithubRequest[] =>
    world.emulator.requests().filter(({ by }) => by.kind === "installation");
  const begun = (): readonly string[] =>
    world.emulator.site.workflowRuns().map(({ inputs }) => inputs["identifier"] ?? "");
  const identifiers = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `ACME-${index + 1}`);
  const tries = async (): Promise<readonly number[]> =>
    (await world.service.store.effects.overdue(Number.MAX_SAFE_INTEGER, 100)).map(({ attempts }) => attempts);
  const isSettled = async (): Promise<boolean> => (await tries()).every((attempts) => attempts === 0);
  const fail = (fault: Fault | null, which: (request: GithubRequest) => boolean = () => true): void =>
    world.emulator.setFaults((request) => (which(request) ? fault : null));

  it("a secondary limit with Retry-After: nothing is sent before, no try is counted, all goes out after it", async () => {
    world = await openBadInputWorld(openApi, { project: { maxInProgress: 10 } });
    let isFirst = true;
    world.emulator.setFaults(({ by, method }) => {
      if (by.kind !== "installation" || method !== "POST" || !isFirst) return null;
      isFirst = false;
      return { kind: "rate-limited", resetMs: seconds(90) };
    });
    mark(5);
    await world.until("all that is left waits", async () => {
      const waiting = await world.waiting();
      return (
        !isFirst && waiting.length > 0 && waiting.every(([, error]) => error?.includes("rate limit") === true)
      );
    });
    expect(await isSettled()).toBe(true);
    const sent = withTokens().length;
    world.pass(seconds(60));
    for (let looks = 0; looks < 5; looks += 1) await world.poll();
    expect(withTokens()).toHaveLength(sent);
    for (const run of await world.runs()) expect(run).toMatchObject({ attempt: 1, tryNumber: 1 });

    world.pass(seconds(35));
    await world.until("all are begun", () => begun().length === 5);
    expect(begun().toSorted()).toEqual(identifiers(5));
    expect(world.emulator.requests().filter(({ early }) => early)).toEqual([]);
    for (const run of await world.runs()) expect(run).toMatchObject({ attempt: 1, tryNumber: 1 });
  });

  it("the hour's requests are spent: nothing is sent before the reset, and the ticket says until when", async () => {
    const limits = { requestsPerHour: 6 };
    world = await openBadInputWorld(openApi, { limits, project: { maxInProgress: 10 } });
    mark(7);
    await world.until("the hour is spent, and the rest waits", async () => {
      const waiting = await world.waiting();
      return begun().length > 0 && waiting.length > 0 && waiting.every(([, error]) => error !== null);
    });
    const before = begun().length;
    expect(before).toBeLessThan(7);
    expect(await isSettled()).toBe(true);
    const sent = withTokens().length;
    world.pass(minutes(55));
    for (let looks = 0; looks < 5; looks += 1) await world.poll();
    expect(withTokens()).toHaveLength(sent);
    const held = identifiers(7).filter((identifier) => !begun().includes(identifier));
    for (const identifier of held) {
      const { decision, stage } = await world.seen(identifier);
      expect(stage).toBe("implementing");
      expect(decision?.explanation).toMatch(/held up, next try at .* rate limit .*is spent for another/);
    }

    world.pass(minutes(6));
    await world.until("all are begun", () => begun().length === 7);
    expect(begun().toSorted()).toEqual(identifiers(7));
    expect(world.emulator.requests().filter(({ early }) => early)).toEqual([]);
    for (const run of await world.runs()) expect(run).toMatchObject({ attempt: 1, tryNumber: 1 });
  });

  it.each<Fault>([{ kind: "server-error", status: 500 }, { kind: "hang" }])(
    "GitHub answers nothing but $kind: the tracker is read and written as ever, and nothing is doubled after it",
    async (fault) => {
      world = await openBadInputWorld(openApi);
      const { tracker } = world.service;
      fail(fault);
      mark(2);
      await world.until("both tickets show that they are worked on", async () => {
        const seen = await Promise.all([world.seen("ACME-1"), world.seen("ACME-2")]);
        return seen.every(
          ({ stage, decision }) => stage === "implementing" && decision?.reason === "in-flight",
        );
      });
      tracker.mark("linear:ACME-2", false);
      await world.until("the second is given up, and says so", async () => {
        const { stage, comments } = await world.seen("ACME-2");
        return stage === "marked" && comments.some((body) => body.includes("its mark was taken away"));
      });
      await world.until("the first says what holds it up", async () => {
        const { decision } = await world.seen("ACME-1");
        return /held up, next try at .*GitHub/.test(decision?.explanation ?? "");
      });
      expect(begun()).toEqual([]);

      fail(null);
      await world.untilInTime("the first is begun", async () => {
        return (await world.run("ACME-1")).dispatchedAt !== undefined;
      });
      expect(begun()).toEqual(["ACME-1"]);
      expect(await world.run("ACME-1")).toMatchObject({ attempt: 1, tryNumber: 1 });
    },
  );

  it("answers that are lost: what GitHub did is found, and not done twice", async () => {
    world = await openBadInputWorld(openApi);
    const hit = new Set<string>();
    world.emulator.setFaults(({ method, path, by }) => {
      const isFirst = by.kind === "installation" && method === "POST" && !hit.has(path);
      if (isFirst) hit.add(path);
      return isFirst ? { kind: "reset-after" } : null;
    });
    world.mark();
    await world.untilInTime("it is begun", async () => (await world.run()).dispatchedAt !== undefined);
    await work(world);
    await world.untilInTime("all is delivered", async () => {
      const { decision } = await world.seen();
      return decision?.reason === "ready-for-review" && (await world.waiting()).length === 0;
    });
    expect(hit.size).toBeGreaterThanOrEqual(3);
    expect(begun()).toEqual(["ACME-1"]);
    expect(world.emulator.site.pullRequests(tally)).toHaveLength(1);
    expect(world.emulator.site.comments(tally, 1)).toHaveLength(1);
    expect((await world.seen()).comments).toHaveLength(1);
  });
});
