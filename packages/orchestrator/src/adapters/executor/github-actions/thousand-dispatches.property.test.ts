import fc from "fast-check";
import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import type { Observation } from "../../../core/reconcile/reconcile-run.ts";
import type { ExecutorResource } from "../../../core/run.ts";
import { minutes, seconds } from "../../../core/time.ts";
import type { AttemptReference } from "../../../ports/executor.ts";
import { anAttempt } from "../testing/attempts.ts";
import { createGithubActionsExecutor } from "./github-actions-executor.ts";
import { createLaggingGithub, type LaggingGithub } from "./testing/lagging-github.ts";

/*
 * Over a model of GitHub on a clock of the test's own: with the emulator, which lives in real time, lists that lag for two
 * minutes would take minutes.
 */

interface Tracked {
  attempt: AttemptReference;
  /** The executor took it, or was found to have it. */
  isDispatched: boolean;
  dispatches: number;
  lastLook: Observation["kind"] | null;
}

/** Names that contain one another, on three repositories; every ticket has two attempts. */
const attempts = (count: number): Tracked[] =>
  Array.from({ length: count }, (_, index) => {
    const ticket = Math.floor(index / 2);
    const identifier = `ACME-${ticket % 7 === 0 ? "1" : "11"}${ticket}`;
    const name = ["tally", "tally-web", "tal"][ticket % 3] ?? "tally";
    const attempt = anAttempt({
      runId: uuidv7(),
      identifier,
      dispatchStartedAt: null,
      repository: { forge: "github", owner: "acme", name, defaultBranch: "main" },
      phase: "implement",
      workflowFile: "claude-implement.yml",
    });
    return { attempt, isDispatched: false, dispatches: 0, lastLook: null };
  });

/** A number from 0 to 1 each time, always the same ones for a seed (mulberry32). */
const randomOf = (seed: number) => {
  let state = seed;
  return (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

const play = async (seed: number, namesRuns: boolean) => {
  let now = Date.now();
  const random = randomOf(seed);
  const clock = { now: () => now };
  const github = createLaggingGithub({
    ...clock,
    random,
    namesRuns,
    longestLagMs: minutes(2),
    failing: 0.1,
  });
  const executor = createGithubActionsExecutor({
    client: github.client,
    clock,
    callback: { url: "https://ai-implement.acme.example" },
    needsClaimToken: false,
  });
  const tracked = attempts(1_000);

  const dispatch = async (each: Tracked): Promise<void> => {
    each.attempt = { ...each.attempt, dispatchStartedAt: now };
    each.dispatches += 1;
    try {
      link(github, each, await executor.dispatch(each.attempt));
      each.isDispatched = true;
    } catch {
      // Whether it went through is unknown: the next step looks.
    }
  };
  /** As the poll looks after every live run, and the effect worker before it repeats a dispatch. */
  const look = async (each: Tracked): Promise<void> => {
    if (each.dispatches === 0) return dispatch(each);
    const observed = await executor.observe(each.attempt);
    each.lastLook = observed.kind;
    if (observed.kind === "running") {
      link(github, each, observed.resource ?? null);
      each.isDispatched = true;
    }
    if (observed.kind !== "absent") return;
    expect(runsOf(github, each), "absent, and it is there").toHaveLength(0);
    if (!each.isDispatched) await dispatch(each);
  };

  for (const end = now + minutes(20); now < end; now += seconds(5 + random() * 20)) {
    await Promise.all(tracked.map(look));
    if (tracked.every(({ attempt, isDispatched }) => isDispatched && attempt.resource !== null)) break;
  }
  return { github, tracked };
};

const runsOf = ({ runs }: LaggingGithub, { attempt }: Tracked) =>
  runs.filter((run) => run.attempt === attempt.runId);

/** Whatever an attempt is linked to is its own. */
const link = (github: LaggingGithub, each: Tracked, resource: ExecutorResource | null): void => {
  if (resource === null) return;
  const run = github.runs.find(({ id }) => String(id) === resource.id);
  expect(run?.attempt, "another attempt's run").toBe(each.attempt.runId);
  each.attempt = { ...each.attempt, resource };
};

describe("§8.3 a thousand dispatches whose run lists lag 0 to 120 s, and whose answers get lost", () => {
  it.each([
    ["with", true],
    ["without", false],
  ])(
    "each ends with its own run and one only, %s run details",
    async (_how, namesRuns) => {
      await fc.assert(
        fc.asyncProperty(fc.integer(), async (seed) => {
          const { github, tracked } = await play(seed, namesRuns);
          const runs = new Map(github.runs.map((run) => [run.attempt, String(run.id)]));
          expect(github.runs, "dispatched twice").toHaveLength(1_000);
          for (const { attempt } of tracked) expect(attempt.resource?.id).toBe(runs.get(attempt.runId));
          // The property is worth something only if answers were lost, before and after the work was done.
          expect(tracked.filter(({ dispatches }) => dispatches > 1).length).toBeGreaterThan(50);
          expect(tracked.filter(({ lastLook }) => lastLook !== null).length).toBeGreaterThan(100);
        }),
        { numRuns: 3 },
      );
    },
    120_000,
  );
});
