import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  makeTemporaryDatabase,
  type TemporaryDatabase,
} from "../../adapters/store/sqlite/testing/temporary-database.ts";
import type { Run } from "../../core/run.ts";
import type { JobIdentity } from "../../core/runs/job-identity.ts";
import { aProject, aTicket } from "../../core/testing/builders.ts";
import type { Store } from "../../ports/store.ts";
import { VendorError } from "../../ports/vendor-error.ts";
import type { Adapters } from "../adapters.ts";
import { createRecordingLogger } from "../testing/recording-logger.ts";
import { instanceOf } from "../testing/scene.ts";
import { createTestServices, type TestServices } from "../testing/services.ts";
import { createStillAlarm } from "../testing/still-alarm.ts";
import { adaptersOf, createIds, createWorld } from "../testing/world.ts";
import { createWorldExecutor } from "../testing/world-executor.ts";

/** The bearer is the workflow run's id: whose it is has been verified before (`job-identities.test.ts`). */
const identityOf = (workflowRunId: string): JobIdentity => ({
  repository: "acme/shop",
  workflowFile: "claude-plan.yml",
  ref: "refs/heads/main",
  workflowRunId,
  event: "workflow_dispatch",
});

describe("§8.4 a claim with a job's own identity", () => {
  let database: TemporaryDatabase;
  let store: Store;
  let services: TestServices;
  /** What GitHub has: the attempts by the ids of their workflow runs. */
  let workflowRuns: Map<string, string>;
  let failure: VendorError | null;

  beforeEach(async () => {
    database = await makeTemporaryDatabase();
    workflowRuns = new Map();
    failure = null;
    const world = { ...createWorld(), executor: createWorldExecutor("github-actions") };
    const executor: typeof world.executor = {
      ...world.executor,
      isAttempt: async ({ runId }, id) => {
        if (failure !== null) throw failure;
        return workflowRuns.get(id) === runId;
      },
    };
    const adapters: Adapters = adaptersOf({ ...world, executor });
    ({ store } = await database.open(world.clock));
    await store.createProject(aProject({ executor: "github-actions" }));
    services = await createTestServices({
      store,
      adapters,
      clock: world.clock,
      newId: createIds(),
      logger: createRecordingLogger(),
      pollAlarm: createStillAlarm(),
      effectAlarm: createStillAlarm(),
      identities: { verify: async (bearer) => identityOf(bearer) },
    });
    world.tracker.add(aTicket({ identifier: "ACME-1" }));
    world.tracker.add(aTicket({ identifier: "ACME-2" }));
    await services.poll.cycle();
  });
  afterEach(async () => {
    await store.close();
    await database.remove();
  });

  const runOf = async (identifier: string): Promise<Run> => {
    const found = (await store.listLiveRuns()).find(({ value }) => value.ticket.identifier === identifier);
    if (found === undefined) throw new Error(`${identifier} has no run.`);
    return found.value;
  };
  const claim = async (bearer: string, { id }: Run) =>
    (await services.runnerGateway.claim(bearer, { runId: id, instance: instanceOf(1) })).kind;

  it("is granted to the workflow run that the attempt became, known before or not", async () => {
    const [told, untold] = [await runOf("ACME-1"), await runOf("ACME-2")];
    await services.runEvents.apply(told.id, { kind: "dispatched", resource: { id: "101" } });
    workflowRuns.set("102", untold.id);
    expect(await claim("101", told)).toBe("granted");
    expect(await claim("102", untold)).toBe("granted");
    expect((await runOf("ACME-2")).resource).toEqual({ id: "102" });
  });

  it("is refused to the job of another attempt, also while nobody knows what this one became", async () => {
    const [mine, other] = [await runOf("ACME-1"), await runOf("ACME-2")];
    workflowRuns.set("101", mine.id).set("102", other.id);
    expect(await claim("101", other)).toBe("unauthorised");
    expect(await claim("404", other)).toBe("unauthorised");
    expect(await runOf("ACME-2")).not.toHaveProperty("claimedBy");
    expect(await claim("102", other)).toBe("granted");
  });

  it.each(["unavailable", "rate-limited", "timeout"] as const)(
    "is put off while GitHub does not say whose it is (%s): unknown is not refused",
    async (kind) => {
      const run = await runOf("ACME-1");
      workflowRuns.set("101", run.id);
      failure = new VendorError(kind, "Not now.");
      expect(await claim("101", run)).toBe("unavailable");
      failure = null;
      expect(await claim("101", run)).toBe("granted");
    },
  );
});
