import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ResultRequest } from "@ai-implement/contracts";
import { uuidv7 } from "uuidv7";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Observation } from "../../../core/reconcile/reconcile-run.ts";
import { hours } from "../../../core/time.ts";
import { isPermanent } from "../../../ports/delivery-error.ts";
import type { AttemptReference, Executor } from "../../../ports/executor.ts";
import type { Logger } from "../../../ports/logger.ts";
import { describeExecutor } from "../executor-contract.ts";
import { anAttempt } from "../testing/attempts.ts";
import { containerName } from "./container-spec.ts";
import { createDockerExecutor, type DockerExecutorOptions } from "./docker-executor.ts";
import { buildStandIn, findTestEngine, inspect, type TestEngine } from "./testing/test-engine.ts";

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

const result: ResultRequest = {
  instance: "0b7cfd2b-6bc1-4d6f-9a54-3d6f4b7a1c11",
  report: { outcome: "failed", reason: "no-changes", message: "None.", usage: null, agent: "scripted" },
  steps: [],
};

const image = "localhost/ai-implement-test-stand-in:1";
const engine = await findTestEngine(process.env);
const owner = `tests-${uuidv7()}`;

/** Attempts of these tests, whose containers are all gone when it is closed. */
const openWorld = async ({ host, client }: TestEngine) => {
  const directory = await mkdtemp(join(tmpdir(), "ai-implement-attempts-"));
  const create = (change: Partial<DockerExecutorOptions> = {}): Executor =>
    createDockerExecutor({
      host,
      image,
      orchestratorUrl: "http://host.docker.internal:8080",
      directory,
      owner,
      clock: { now: () => Date.now() },
      logger: silent,
      ...change,
    });
  return {
    directory,
    create,
    executor: create(),
    startsOf: async ({ runId }: { readonly runId: string }): Promise<number> => {
      const path = `/containers/${containerName(runId)}/archive`;
      const answer = await client.ask({ method: "GET", path, query: { path: "/attempt/starts" } });
      return answer.status === 200 ? answer.bytes.toString("latin1").split("start\n").length - 1 : 0;
    },
    close: async () => {
      const runIds = await readdir(directory);
      await Promise.all(
        runIds.map((runId) =>
          client.ask({
            method: "DELETE",
            path: `/containers/${containerName(runId)}`,
            query: { force: "true", v: "true" },
            timeoutMs: 60_000,
          }),
        ),
      );
      await rm(directory, { recursive: true, force: true });
    },
  };
};
type World = Awaited<ReturnType<typeof openWorld>>;

const behaving = (behaviour: string): Partial<AttemptReference> => ({
  claimToken: behaviour,
  repository: { forge: "github", owner: "acme", name: "tally", defaultBranch: "main" },
  machine: { cpus: 1, memoryMb: 256 },
});

const whenThereIsAnEngine =
  engine === null ? "(skipped: DOCKER_HOST is unset, or its engine has no image to build on)" : "";

/** They wait for the engine, each for containers of its own: together they take half of the time. */
const atOnce = { concurrent: true, timeout: 60_000 };

describe.skipIf(engine === null)(`§8.6 over a real container engine ${whenThereIsAnEngine}`, atOnce, () => {
  let world: World;
  beforeAll(async () => {
    if (engine === null) return;
    await buildStandIn(engine, image, result);
    world = await openWorld(engine);
  }, 90_000);
  afterAll(() => world.close(), 90_000);

  describeExecutor("docker", { adopts: "at-dispatch", failure: "exit code 3" }, () =>
    Promise.resolve({
      executor: world.executor,
      attempt: behaving,
      starts: world.startsOf,
      report: result.report,
      restarted: () => world.create(),
      close: () => Promise.resolve(),
    }),
  );

  const dispatched = async (behaviour: string, change: Partial<AttemptReference> = {}) => {
    const attempt = anAttempt({ runId: uuidv7(), ...behaving(behaviour), ...change });
    await world.executor.dispatch(attempt);
    return attempt;
  };
  const ended = (attempt: AttemptReference): Promise<Extract<Observation, { kind: "exited" }>> =>
    vi.waitFor(
      async () => {
        const observation = await world.executor.observe(attempt);
        if (observation.kind !== "exited") throw new Error(`It is ${JSON.stringify(observation)}.`);
        return observation;
      },
      { timeout: 45_000, interval: 100 },
    );
  const logOf = ({ runId }: AttemptReference): Promise<string> =>
    readFile(join(world.directory, runId, "runner.log"), "utf8");

  it("limits processors, memory and processes as the project says, with no swap on top, and gives no more processors than there are (§5.1)", async () => {
    const attempt = await dispatched("waits", {
      identifier: "ACME-7",
      machine: { cpus: 64, memoryMb: 256 },
    });
    const made = await inspect(engine as TestEngine, containerName(attempt.runId));
    expect(made).toMatchObject({
      HostConfig: {
        Memory: 256 * 1024 * 1024,
        MemorySwap: 256 * 1024 * 1024,
        PidsLimit: 1024,
        ReadonlyRootfs: true,
        Privileged: false,
        Init: true,
      },
      Config: {
        Labels: {
          "ai-implement.attempt": attempt.runId,
          "ai-implement.issue": "ACME-7",
          "ai-implement.repository": "acme/tally",
          "ai-implement.owner": owner,
          "ai-implement.purpose": "session",
        },
      },
    });
    const { NanoCpus } = (made as { HostConfig: { NanoCpus: number } }).HostConfig;
    expect(NanoCpus / 1_000_000_000).toBeGreaterThanOrEqual(1);
    expect(NanoCpus / 1_000_000_000).toBeLessThan(64);
    expect((await world.executor.observe(attempt)).kind).toBe("running");
  });

  it("gives the container a reference and its proof, few capabilities, and no socket; keeps its log when it removes it, credentials masked (§8.1, §8.6)", async () => {
    const attempt = await dispatched("tells");
    expect((await ended(attempt)).detail).toContain("a token: [redacted]");
    await world.executor.destroy(attempt);
    expect(await world.executor.observe(attempt)).toEqual({ kind: "absent" });
    expect((await stat(join(world.directory, attempt.runId, "runner.log"))).mode & 0o777).toBe(0o600);
    const log = await logOf(attempt);
    expect(log).toMatch(/^the stand-in begins: tells\n/);
    expect(log).toMatch(/^a token: \[redacted\]$/m);
    const variables = log.split("\n").filter((line) => line.startsWith("AI_IMPLEMENT_"));
    expect(variables.sort()).toEqual([
      "AI_IMPLEMENT_AGENT_USER=agent",
      "AI_IMPLEMENT_ATTEMPT_DIR=/attempt",
      "AI_IMPLEMENT_CLAIM_TOKEN=tells",
      "AI_IMPLEMENT_ORCHESTRATOR_URL=http://host.docker.internal:8080",
      "AI_IMPLEMENT_RESULT_DIR=/attempt/result",
      `AI_IMPLEMENT_RUN_ID=${attempt.runId}`,
    ]);
    // chown, dac_override, fowner, kill, setgid, setuid, setpcap, net_admin: bits 0, 1, 3, 5, 6, 7, 8, 12.
    expect(log).toMatch(/CapBnd:\s*00000000000011eb/);
    expect(log).toMatch(/CapEff:\s*00000000000011eb/);
    expect(log).toContain("no socket\ncannot write to /\n");
    expect(log).toContain("can write to /tmp and /run");
    expect(log).toMatch(/^[\da-f.:]+\s+(?:\S+\s+)*host\.docker\.internal/m);
  });

  it.each([
    ["a link", "leaves-a-link", /not a file|left no result/],
    ["three gigabytes", "leaves-much", /more than|larger than/],
  ])("takes %s for no result", async (_, behaviour, why) => {
    const observation = await ended(await dispatched(behaviour));
    expect(observation).toMatchObject({ report: null });
    expect(observation.detail).toMatch(why);
  });

  it("says when an attempt needed more memory than its project gives it", async () => {
    const attempt = await dispatched("is-greedy");
    expect((await ended(attempt)).detail).toMatch(/256 MB of memory .*machineMemoryMb/);
  });

  it("says how to get an image that the engine does not have, and does not fetch it", async () => {
    const attempt = anAttempt({ runId: uuidv7(), ...behaving("waits"), image: "localhost/nobody/has:1" });
    const dispatch = world.executor.dispatch(attempt);
    await expect(dispatch).rejects.toThrow(/npm run build:runner:local -- --tag localhost\/nobody\/has:1/);
    await expect(dispatch).rejects.toSatisfy(isPermanent);
  });

  it("says when an image has no runner", async () => {
    const attempt = await dispatched("waits", { image: (engine as TestEngine).base });
    expect((await ended(attempt)).detail).toMatch(/has no program ai-implement-runner/);
  });

  it("starts a container that was made, and not started, before a crash of ours", async () => {
    const attempt = await dispatched("waits");
    const name = containerName(attempt.runId);
    const client = (engine as TestEngine).client;
    const spec = (await inspect(engine as TestEngine, name)) as { Config: object };
    await client.ask({ method: "DELETE", path: `/containers/${name}`, query: { force: "true", v: "true" } });
    await client.ask({
      method: "POST",
      path: "/containers/create",
      query: { name },
      body: { contentType: "application/json", bytes: JSON.stringify(spec.Config) },
    });
    expect(await world.executor.observe(attempt)).toEqual({ kind: "absent" });
    await world.executor.dispatch(attempt);
    expect((await world.executor.observe(attempt)).kind).toBe("running");
  });

  it("leaves somebody else's container of that name alone", async () => {
    const runId = uuidv7();
    const client = (engine as TestEngine).client;
    await client.ask({
      method: "POST",
      path: "/containers/create",
      query: { name: containerName(runId) },
      body: { contentType: "application/json", bytes: JSON.stringify({ Image: image, Cmd: ["x"] }) },
    });
    const attempt = anAttempt({ runId, ...behaving("waits") });
    await expect(world.executor.dispatch(attempt)).rejects.toThrow(/not this attempt's/);
    expect((await world.executor.observe(attempt)).kind).toBe("unknown");
    await world.executor.destroy(attempt);
    expect((await world.executor.observe(attempt)).kind).toBe("unknown");
  });

  it("sweeps what this installation has forgotten for hours, and nothing younger", async () => {
    const executor = world.create({ owner: `${owner}-forgetful` });
    const attempt = anAttempt({ runId: uuidv7(), ...behaving("waits"), maxJobMinutes: 1 });
    await executor.dispatch(attempt);
    expect(await executor.sweep?.(Date.now() + hours(4))).toEqual([]);
    expect(await world.create({ owner: "somebody-else" }).sweep?.(Date.now() + hours(100))).toEqual([]);
    expect(await executor.sweep?.(Date.now() + hours(5))).toEqual([attempt.runId]);
    expect(await executor.observe(attempt)).toEqual({ kind: "absent" });
  });

  it("makes one container for an attempt that three of us dispatch at once", async () => {
    const attempt = anAttempt({ runId: uuidv7(), ...behaving("waits") });
    await Promise.all([1, 2, 3].map(() => world.create().dispatch(attempt)));
    expect((await world.executor.observe(attempt)).kind).toBe("running");
    await vi.waitFor(async () => expect(await world.startsOf(attempt)).toBe(1), { timeout: 20_000 });
  });
});
