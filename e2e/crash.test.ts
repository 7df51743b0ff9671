import { rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { git, mergeUntil, runsOf, sidecar } from "./support/outcome.ts";
import { eventually, makeSandbox, type Sandbox, type Service, startService } from "./support/service.ts";
import { runnerPid, type Watch, watchDatabase } from "./support/watch.ts";

const step = (name: string) => `select 1 from run_steps where json_extract(step, '$.name') = '${name}'`;

/** Moments in the life of a ticket, each told by what the service has written down by then. */
const servicePoints = [
  ["the plan run is recorded", "select 1 from runs where phase = 'plan'"],
  [
    "its runner is started",
    "select 1 from effects where kind = 'dispatch-attempt' and delivered_at is not null",
  ],
  ["its runner has claimed it", "select 1 from run_history where event = 'claimed'"],
  ["the plan is stored and its comments are not posted", "select 1 from plans"],
  ["the implement run is recorded", "select 1 from runs where phase = 'implement'"],
  ["the agent implements", step("implement 1")],
  ["a second agent reviews", step("review 1")],
  [
    "the branch is pushed and the pull request is wanted",
    "select 1 from effects where kind = 'publish-pull-request'",
  ],
  ["the pull request is open and the ticket does not say so", "select 1 from pull_requests"],
  ["the merge is seen", "select 1 from pull_requests where state = 'merged'"],
] as const;

/** Every second one in `npm test`; all of them in `npm run crash-sweep`. */
const everyRunnerPoint = [
  [
    "plan",
    "its runner is started",
    "select 1 from effects where kind = 'dispatch-attempt' and delivered_at is not null",
  ],
  ["plan", "it has claimed", "select 1 from run_history where event = 'claimed'"],
  ["plan", "the agent explores", step("explore")],
  ["plan", "the agent plans", step("plan")],
  ["implement", "it has claimed", "select 1 from run_steps where json_extract(step, '$.name') = 'install'"],
  ["implement", "the agent implements", step("implement 1")],
  ["implement", "a second agent reviews", step("review 1")],
  ["implement", "the agent implements again", step("implement 2")],
  ["implement", "it pushes", step("push")],
  ["implement", "it analyses the gaps", step("gap-analysis")],
] as const;

const runnerPoints =
  process.env["AI_IMPLEMENT_EVERY_CRASH"] === "1"
    ? everyRunnerPoint
    : everyRunnerPoint.filter((_, index) => index % 2 === 1);

/** One ticket is enough for one crash: the others would only take time. */
const oneTicketSandbox = async (pace: number): Promise<Sandbox> => {
  const sandbox = await makeSandbox({ pace });
  await rm(join(sandbox.tickets, "TALLY-2.md"));
  await rm(join(sandbox.tickets, "TALLY-3.md"));
  return sandbox;
};

/** §1, promise 1: one run per phase and attempt, one pull request, one comment of each kind. */
const expectEverythingOnce = async (sandbox: Sandbox, service: Service, watch: Watch): Promise<void> => {
  await eventually(
    "the ticket shows the merge",
    async () => (await sidecar(sandbox, "TALLY-1")).status === "Merged",
  );
  await eventually("nothing is left to deliver", () =>
    Promise.resolve(watch.column("select id from effects where delivered_at is null").length === 0),
  );

  const runs = await runsOf(service, "TALLY-1");
  const names = runs.map(({ phase, attempt }) => `${phase} ${attempt}`);
  expect(new Set(names).size).toBe(names.length);
  const completed = runs.filter(({ status }) => status === "completed").map(({ phase }) => phase);
  expect(completed).toEqual(["plan", "implement"]);
  for (const { status, failure } of runs)
    if (status !== "completed") expect(failure?.reason).toBe("machine-lost");

  const claims = watch.column(
    "select run_id from run_history where event = 'claimed' and applied = 1 group by run_id having count(*) > 1",
  );
  expect(claims).toEqual([]);
  expect(watch.column("select number from local_pull_requests")).toEqual([1]);
  const subjects = (await git(sandbox, "log", "--format=%s", "--no-merges", "main")).split("\n");
  expect(subjects.filter((subject) => subject.startsWith("TALLY-1:"))).toHaveLength(1);

  const { comments } = await sidecar(sandbox, "TALLY-1");
  const kinds = comments.map(({ body }) => body.split("\n")[0]?.replace(/#\d+.*/, ""));
  expect(kinds).toHaveLength(4);
  expect(new Set(kinds).size).toBe(kinds.length);
};

describe("kill -9 (§1, §9, §15)", () => {
  it("of the service at ten moments of one story changes nothing about its end", {
    timeout: 240_000,
  }, async () => {
    const sandbox = await oneTicketSandbox(0.3);
    const watch = watchDatabase(sandbox);
    let service = await startService(sandbox);
    try {
      for (const [moment, sql] of servicePoints) {
        const merging =
          moment === "the merge is seen" ? mergeUntil(service, 1, 5_000).catch(() => null) : null;
        await watch.until(sql);
        await service.kill();
        await merging;
        service = await startService(sandbox);
      }
      await mergeUntil(service, 1);
      const runs = await runsOf(service, "TALLY-1");
      expect(runs.map(({ phase, attempt }) => [phase, attempt])).toEqual([
        ["plan", 1],
        ["implement", 1],
      ]);
      await expectEverythingOnce(sandbox, service, watch);
    } finally {
      watch.close();
      expect(await service.stop()).toBe(0);
      await sandbox.remove();
    }
  });

  // Side by side: each has a service of its own, and most of its time is waiting.
  it.concurrent.each(runnerPoints)(
    "of the %s runner when %s costs an attempt and nothing else",
    async (phase, _, sql) => {
      const sandbox = await oneTicketSandbox(0.3);
      const service = await startService(sandbox);
      const watch = watchDatabase(sandbox);
      try {
        await watch.until(sql);
        const [runId] = watch.column(`select id from runs where phase = '${phase}' order by attempt`);
        await eventually("the runner has written its process id down", async () => {
          process.kill(await runnerPid(sandbox, String(runId)), "SIGKILL");
          return true;
        });
        await mergeUntil(service, 1);
        await expectEverythingOnce(sandbox, service, watch);
      } finally {
        watch.close();
        expect(await service.stop()).toBe(0);
        await sandbox.remove();
      }
    },
  );
});
