import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { uuidv7 } from "uuidv7";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { DeliveryError, isPermanent } from "../../../ports/delivery-error.ts";
import type { Logger } from "../../../ports/logger.ts";
import { anAttempt } from "../testing/attempts.ts";
import { createDockerExecutor } from "./docker-executor.ts";

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

type Answers = Readonly<Record<string, readonly [status: number, body: unknown]>>;

describe("§8.3 what a container engine may answer", () => {
  let directory: string;
  let server: Server;
  let answers: Answers;
  let asked: string[];
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "ai-implement-engine-"));
    asked = [];
    answers = {};
    server = createServer((request, response) => {
      const [path = ""] = (request.url ?? "").split("?");
      const what = `${request.method} ${path.replace(/ai-implement-[\w-]+/, "ID")}`;
      asked.push(what);
      const [status, body] = answers[what] ?? [500, { message: `nobody expected ${what}` }];
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
    await rm(directory, { recursive: true, force: true });
  });

  const executor = (host = `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`) =>
    createDockerExecutor({
      host,
      image: "acme/runner:1",
      orchestratorUrl: "http://host.docker.internal:8080",
      directory,
      owner: "tests",
      clock: { now: () => 0 },
      logger: silent,
    });
  const attempt = () =>
    anAttempt({
      runId: uuidv7(),
      repository: { forge: "github", owner: "acme", name: "tally", defaultBranch: "main" },
    });
  const none = [404, { message: "no such container" }] as const;

  it("calls unknown, not absent, what an engine that fails or is away cannot say", async () => {
    answers = { "GET /containers/ID/json": [500, { message: "out of order" }] };
    expect(await executor().observe(attempt())).toEqual({
      kind: "unknown",
      error: expect.stringContaining("out of order") as unknown,
    });
    expect(await executor("unix:///nowhere/docker.sock").observe(attempt())).toEqual({
      kind: "unknown",
      error: expect.stringMatching(
        /unix:\/\/\/nowhere\/docker\.sock cannot be reached \(ENOENT\).*DOCKER_HOST/,
      ) as unknown,
    });
  });

  it("calls unknown a state that it does not know", async () => {
    const one = attempt();
    const Labels = { "ai-implement.attempt": one.runId };
    answers = {
      "GET /containers/ID/json": [
        200,
        { State: { Status: "removing", ExitCode: 0 }, Config: { Labels }, HostConfig: {} },
      ],
    };
    expect((await executor().observe(one)).kind).toBe("unknown");
  });

  it("does not destroy what it cannot look at", async () => {
    answers = { "GET /containers/ID/json": [503, { message: "starting" }] };
    await expect(executor().destroy(attempt())).rejects.toThrow("starting");
    expect(asked).toEqual(["GET /containers/ID/json"]);
  });

  it("repeats a dispatch that the engine could not do, and not one that it will never do", async () => {
    const beforeCreate = {
      "GET /containers/ID/json": none,
      "GET /info": [200, { NCPU: 2 }],
      "GET /version": [200, { Components: [{ Name: "Engine", Version: "28.2.2" }] }],
    } as const;
    const refusalWith = async (status: number): Promise<unknown> => {
      answers = { ...beforeCreate, "POST /containers/create": [status, { message: "no" }] };
      return executor()
        .dispatch(attempt())
        .catch((error: unknown) => error);
    };
    expect(await refusalWith(500)).toBeInstanceOf(DeliveryError);
    expect(isPermanent(await refusalWith(500))).toBe(false);
    expect(isPermanent(await refusalWith(400))).toBe(true);
    expect(isPermanent(await refusalWith(404))).toBe(true);
  });

  it("asks nothing of the engine for a repository that a container cannot reach", async () => {
    const local = anAttempt({ runId: uuidv7() });
    const dispatch = executor().dispatch(local);
    await expect(dispatch).rejects.toThrow(/local forge.*executionMode to process/);
    expect(asked).toEqual([]);
  });

  it("leaves a container alone that runs, whatever the engine said when it was started", async () => {
    const one = attempt();
    const container = (Status: string) => ({
      State: { Status, ExitCode: 0 },
      Config: { Labels: { "ai-implement.attempt": one.runId } },
      HostConfig: {},
    });
    let state = "created";
    answers = {
      get "GET /containers/ID/json"() {
        return [200, container(state)] as const;
      },
      get "POST /containers/ID/start"() {
        state = "running";
        return [500, { message: "cannot start: it was started" }] as const;
      },
    };
    expect(await executor().dispatch(one)).toEqual({ id: `ai-implement-${one.runId}` });
    expect(asked.filter((what) => what.startsWith("DELETE"))).toEqual([]);
  });

  it("sweeps the others where one container will not go", async () => {
    const [stuck, gone] = [uuidv7(), uuidv7()];
    const labels = (runId: string) => ({
      Labels: { "ai-implement.attempt": runId, "ai-implement.ends-before": "1960-01-01T00:00:00.000Z" },
    });
    answers = {
      "GET /containers/json": [200, [labels(stuck), labels("../../x"), labels(gone)]],
      get "GET /containers/ID/json"() {
        return asked.length < 3 ? ([500, { message: "stuck" }] as const) : none;
      },
    };
    await expect(executor().sweep?.(0)).rejects.toThrow("stuck");
    expect(asked).toEqual(["GET /containers/json", "GET /containers/ID/json", "GET /containers/ID/json"]);
  });

  it.each([
    ["is no JSON", () => "<html>"],
    ["is JSON of something else", () => "[]"],
    ["never ends", () => "x".repeat(5 * 1024 * 1024)],
  ])("calls unknown an answer that %s", async (_, body) => {
    answers = { "GET /containers/ID/json": [200, body()] };
    expect((await executor().observe(attempt())).kind).toBe("unknown");
  });

  it.each(["-v", "--privileged", "a b", "../image", "$(id)", "a;b"])(
    "takes %s for no image",
    async (image) => {
      const dispatch = executor().dispatch({ ...attempt(), image });
      await expect(dispatch).rejects.toThrow(/not the name of an image/);
      expect(asked).toEqual([]);
    },
  );

  it("says nothing of a password in DOCKER_HOST", () => {
    expect(() => executor("tcp://me:hunter22@host:2375")).toThrow(/^(?!.*hunter22).*DOCKER_HOST/);
  });

  it.each([
    "ssh://host",
    "https://host:2376",
    "npipe:////./pipe/docker",
    "tcp://host:0",
    "tcp://host:65536",
    "unix://",
  ])("has no way to %s", (host) => {
    expect(() => executor(host)).toThrow(/DOCKER_HOST has to be unix:\/\/\/path or tcp:/);
  });
});
