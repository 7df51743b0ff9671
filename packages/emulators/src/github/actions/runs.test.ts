import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../../testing/schemas.ts";
import type { WorkflowExecution } from "../api.ts";
import { type OpenGithub, openGithub } from "../testing/open-github.ts";
import { runsPath, tally, work, workFile } from "./testing/workflow-files.ts";

const schemaFile = vendorSchema("github.openapi.json");

interface Listed {
  readonly total_count: number;
  readonly workflow_runs: readonly {
    readonly id: number;
    readonly display_title: string;
    readonly status: string;
  }[];
}

describe.skipIf(schemaFile === null)("workflow runs", () => {
  let github: OpenGithub;
  let lag: number;
  beforeEach(async () => {
    lag = 0;
    github = await openGithub(schemaFile ?? "", { listLagMs: () => lag });
    const cancelling = workFile.replace(
      "concurrency:",
      `concurrency:\n  cancel-in-progress: \${{ inputs.dry }}`,
    );
    await github.emulator.site.commit(tally, "main", {
      ".github/workflows/work.yml": workFile,
      ".github/workflows/replace.yml": cancelling,
    });
  });
  afterEach(() => github.close());

  const start = (identifier: string, attempt: string, workflow = "work.yml", more: object = {}) =>
    github.emulator.site.dispatchByHand(tally, workflow, { identifier, attempt, ...more });
  const list = async (query: string, path = runsPath): Promise<Listed> =>
    (await github.call("GET", `${path}${query}`)).body as Listed;
  const states = (): Readonly<Record<string, string>> =>
    Object.fromEntries(
      github.emulator.site
        .workflowRuns()
        .map(({ displayTitle, status, conclusion }) => [
          displayTitle.split(" · ")[1] ?? "",
          conclusion ?? status,
        ]),
    );

  test("are listed newest first, by page, for the repository and for a workflow", async () => {
    const first = await start("ACME-1", "a");
    const second = await start("ACME-2", "b", "replace.yml");
    const third = await start("ACME-3", "c");
    expect((await list("")).workflow_runs.map(({ id }) => id)).toEqual([third, second, first]);
    expect((await list("/runs", work)).workflow_runs.map(({ id }) => id)).toEqual([third, first]);
    const page = await list("?per_page=2&page=2");
    expect([page.total_count, page.workflow_runs.map(({ id }) => id)]).toEqual([3, [first]]);
    expect((await list("", "/repos/acme/other/actions/runs")).total_count).toBe(0);
  });

  test("are filtered by status or conclusion, event, branch, actor and commit", async () => {
    const done = await start("ACME-1", "a");
    await start("ACME-2", "b");
    github.emulator.site.setRun(done, { status: "completed", conclusion: "failure" });
    const count = async (query: string): Promise<number> => (await list(query)).total_count;
    expect(await count("?status=failure")).toBe(1);
    expect(await count("?status=completed")).toBe(1);
    expect(await count("?status=queued")).toBe(1);
    expect(await count("?event=workflow_dispatch&branch=main&actor=octocat")).toBe(2);
    expect(await count("?event=push")).toBe(0);
    expect(await count("?branch=other")).toBe(0);
    expect(await count(`?head_sha=${"0".repeat(40)}`)).toBe(0);
  });

  test("are in no list while it lags, and there by their id at once", async () => {
    lag = 60_000;
    const id = await start("ACME-1", "a");
    expect((await list("")).total_count).toBe(0);
    const { status, body } = await github.call("GET", `${runsPath}/${id}`);
    expect([status, body]).toMatchObject([200, { id, status: "queued", display_title: "Work ACME-1 · a" }]);
  });

  test("of another repository are not found", async () => {
    const id = await start("ACME-1", "a");
    expect((await github.call("GET", `/repos/acme/other/actions/runs/${id}`)).status).toBe(404);
    expect((await github.call("GET", `${runsPath}/1`)).status).toBe(404);
  });

  test("show the jobs of the file", async () => {
    const id = await start("ACME-1", "a");
    github.emulator.site.setRun(id, { status: "in_progress" });
    const { body } = await github.call("GET", `${runsPath}/${id}/jobs`);
    expect(body).toMatchObject({
      total_count: 2,
      jobs: [{ name: "work", status: "in_progress", run_id: id }, { name: "report" }],
    });
  });

  test("are cancelled once: what is over is a conflict; only what is over can be deleted", async () => {
    const id = await start("ACME-1", "a");
    expect((await github.call("DELETE", `${runsPath}/${id}`)).status).toBe(403);
    expect((await github.call("POST", `${runsPath}/${id}/cancel`)).status).toBe(202);
    expect(states()).toEqual({ a: "cancelled" });
    expect((await github.call("POST", `${runsPath}/${id}/cancel`)).status).toBe(409);
    expect((await github.call("POST", `${runsPath}/${id}/force-cancel`)).status).toBe(409);
    expect((await github.call("DELETE", `${runsPath}/${id}`)).status).toBe(204);
    expect((await github.call("GET", `${runsPath}/${id}`)).status).toBe(404);
  });

  test("of one group: one runs, one waits, and a newer one takes the place of the one that waits", async () => {
    const first = await start("ACME-1", "a");
    github.emulator.site.setRun(first, { status: "in_progress" });
    await start("acme-1", "b");
    await start("ACME-1", "c");
    await start("ACME-2", "x");
    expect(states()).toEqual({ a: "in_progress", b: "cancelled", c: "queued", x: "queued" });
    const waiting = async () =>
      (await list("?status=pending")).workflow_runs.map(({ display_title }) => display_title);
    expect(await waiting()).toEqual(["Work ACME-1 · c"]);
    github.emulator.site.setRun(first, { status: "completed" });
    expect(states()).toEqual({ a: "success", b: "cancelled", c: "queued", x: "queued" });
    expect(await waiting()).toEqual([]);
  });

  test("with cancel-in-progress the newer one cancels the one that runs", async () => {
    const first = await start("ACME-1", "a", "replace.yml");
    github.emulator.site.setRun(first, { status: "in_progress" });
    await start("ACME-1", "b", "replace.yml", { dry: "false" });
    expect(states()).toEqual({ a: "in_progress", b: "queued" });
    await start("ACME-1", "c", "replace.yml", { dry: "true" });
    expect(states()).toEqual({ a: "cancelled", b: "cancelled", c: "queued" });
    expect((await list("?status=pending")).total_count).toBe(0);
  });
});

describe.skipIf(schemaFile === null)("whoever executes runs", () => {
  const open = async (execute: WorkflowExecution): Promise<OpenGithub> => {
    const github = await openGithub(schemaFile ?? "", { execute });
    await github.emulator.site.commit(tally, "main", { ".github/workflows/work.yml": workFile });
    return github;
  };
  const start = ({ emulator }: OpenGithub, identifier: string) =>
    emulator.site.dispatchByHand(tally, "work.yml", { identifier, attempt: "a" });

  test("has at most 20 at a time; the others wait in the queue, and all are done in the end", async () => {
    let finish: () => void = () => undefined;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let running = 0;
    let most = 0;
    const github = await open(async () => {
      running += 1;
      most = Math.max(most, running);
      await finished;
      running -= 1;
      return "success";
    });
    for (let index = 0; index < 25; index += 1) await start(github, `ACME-${index}`);
    const count = (status: string) =>
      github.emulator.site.workflowRuns().filter((run) => run.status === status).length;
    await expect.poll(() => count("in_progress")).toBe(20);
    expect(count("queued")).toBe(5);
    finish();
    await github.emulator.idle();
    expect([count("completed"), most]).toEqual([25, 20]);
    await github.close();
  });

  test("fails the run and the test where it throws", async () => {
    const github = await open(() => Promise.reject(new Error("no machine")));
    await start(github, "ACME-1");
    await expect(github.emulator.idle()).rejects.toThrow("could not be executed");
    expect(github.emulator.site.workflowRuns()).toMatchObject([
      { status: "completed", conclusion: "failure" },
    ]);
    await github.close();
  });
});
