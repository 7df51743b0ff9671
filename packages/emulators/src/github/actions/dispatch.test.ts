import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../../testing/schemas.ts";
import { type OpenGithub, openGithub } from "../testing/open-github.ts";
import { runsPath, tally, work, workFile } from "./testing/workflow-files.ts";

const schemaFile = vendorSchema("github.openapi.json");
const inputs = { identifier: "ACME-1", attempt: "a1" };

describe.skipIf(schemaFile === null)("dispatching a workflow (§8.4)", () => {
  let github: OpenGithub;
  let strictness: "conformance" | "answers";
  beforeEach(async () => {
    strictness = "conformance";
    github = await openGithub(schemaFile ?? "");
    await github.emulator.site.commit(tally, "main", { ".github/workflows/work.yml": workFile });
  });
  afterEach(() => github.close(strictness));

  const dispatch = (body: object, path = work, token?: string) =>
    github.call("POST", `${path}/dispatches`, {
      body: { ref: "main", inputs, ...body },
      ...(token === undefined ? {} : { token }),
    });
  const runs = () => github.emulator.site.workflowRuns(tally);
  const refused = async (message: string, body: object, path?: string) => {
    const answer = await dispatch(body, path);
    expect([answer.status, answer.body]).toMatchObject([422, { message }]);
    expect(runs()).toEqual([]);
  };

  test("answers with the run where that is asked for, and with nothing where it is not", async () => {
    const { status, body } = await dispatch({ return_run_details: true });
    const [run] = runs();
    expect(status).toBe(200);
    expect(body).toEqual({
      workflow_run_id: run?.id,
      run_url: `${github.emulator.apiUrl}/repos/acme/tally/actions/runs/${run?.id ?? 0}`,
      html_url: `${github.emulator.url}/acme/tally/actions/runs/${run?.id ?? 0}`,
    });
    expect(run).toMatchObject({
      repository: "acme/tally",
      workflow: "work.yml",
      ref: "main",
      displayTitle: "Work ACME-1 · a1",
      inputs: { ...inputs, note: "none", mode: "plan", dry: "false" },
      status: "queued",
    });
    expect((await dispatch({ inputs: { ...inputs, identifier: "ACME-2" } })).status).toBe(204);
    expect(runs()).toHaveLength(2);
  });

  test("the workflow has an id of its own, and can be named by it", async () => {
    const { body } = await github.call("GET", work);
    const { id } = body as { id: number };
    expect(body).toMatchObject({ name: "Work", path: ".github/workflows/work.yml", state: "active" });
    const listed = await github.call("GET", "/repos/acme/tally/actions/workflows");
    expect(listed.body).toMatchObject({ total_count: 1, workflows: [{ id }] });
    const run = await github.emulator.site.dispatchByHand(tally, String(id), inputs);
    expect((await github.call("GET", `${runsPath}/${run}`)).body).toMatchObject({ workflow_id: id });
  });

  test("404 for a workflow that is not on the default branch", async () => {
    await github.emulator.site.commit(tally, "other", { ".github/workflows/new.yml": workFile });
    const answer = await dispatch({ ref: "other" }, "/repos/acme/tally/actions/workflows/new.yml");
    expect(answer.status).toBe(404);
    expect(runs()).toEqual([]);
  });

  test("the file of the ref is what runs", async () => {
    const changed = workFile.replace("run-name: Work", "run-name: Changed");
    await github.emulator.site.commit(tally, "other", { ".github/workflows/work.yml": changed });
    await dispatch({ ref: "refs/heads/other" });
    expect(runs()).toMatchObject([{ displayTitle: "Changed ACME-1 · a1", ref: "other" }]);
    await github.emulator.site.commit(tally, "other", { ".github/workflows/work.yml": null });
    expect((await dispatch({ ref: "other" })).status).toBe(422);
  });

  test.each([
    [
      "an input that the file does not have",
      'Unexpected inputs provided: ["extra"]',
      { inputs: { ...inputs, extra: "1" } },
    ],
    [
      "a required input that is missing",
      "Required input 'attempt' not provided",
      { inputs: { identifier: "ACME-1" } },
    ],
    ["no such ref", "No ref found for: gone", { ref: "gone" }],
    [
      "inputs that are too long",
      "inputs are too large.",
      { inputs: { ...inputs, note: "x".repeat(65_535) } },
    ],
    [
      "a value that is not among the options",
      "Provided value 'x' for input 'mode' not in the list of allowed values",
      { inputs: { ...inputs, mode: "x" } },
    ],
  ])("422 for %s", (_, message, body) => refused(message, body));

  test("65,535 characters of inputs are taken", async () => {
    const used = Object.entries({ ...inputs, note: "" })
      .join("")
      .replaceAll(",", "").length;
    expect((await dispatch({ inputs: { ...inputs, note: "x".repeat(65_535 - used) } })).status).toBe(204);
    expect((await dispatch({ inputs: { ...inputs, note: "x".repeat(65_536 - used) } })).status).toBe(422);
  });

  test("422 for more than 25 inputs", async () => {
    strictness = "answers";
    const many = Object.fromEntries(Array.from({ length: 26 }, (_, index) => [`i${index}`, "1"]));
    expect((await dispatch({ inputs: many })).status).toBe(422);
    expect(runs()).toEqual([]);
  });

  test("422 for a workflow that nobody can dispatch, for one that GitHub cannot read, and for a disabled one", async () => {
    const folder = ".github/workflows";
    await github.emulator.site.commit(tally, "main", {
      [`${folder}/push.yml`]: "on: push\njobs: {}",
      [`${folder}/broken.yml`]: "on: [",
    });
    const root = "/repos/acme/tally/actions/workflows";
    await refused("Workflow does not have 'workflow_dispatch' trigger", {}, `${root}/push.yml`);
    const broken = await dispatch({}, `${root}/broken.yml`);
    expect([broken.status, JSON.stringify(broken.body)]).toEqual([
      422,
      expect.stringContaining("failed to parse workflow"),
    ]);
    expect((await github.call("PUT", `${work}/disable`)).status).toBe(204);
    await refused("Cannot trigger a 'workflow_dispatch' on a disabled workflow", {});
    await github.call("PUT", `${work}/enable`);
    expect((await dispatch({})).status).toBe(204);
  });

  test("needs actions: write, and a repository that is not archived", async () => {
    const reader = await github.token({ permissions: { actions: "read" } });
    expect((await dispatch({}, work, reader)).status).toBe(403);
    github.emulator.site.archive(tally);
    expect((await dispatch({})).status).toBe(403);
    expect(runs()).toEqual([]);
  });

  test("the App hears of it, as GitHub tells it", async () => {
    const other = await openGithub(schemaFile ?? "", {
      webhook: { url: "http://127.0.0.1:1/", secret: "s" },
    });
    try {
      await other.emulator.site.commit(tally, "main", { ".github/workflows/work.yml": workFile });
      const id = await other.emulator.site.dispatchByHand(tally, "work.yml", inputs);
      other.emulator.site.setRun(id, { status: "in_progress" });
      other.emulator.site.setRun(id, { status: "completed", conclusion: "failure" });
      await expect.poll(() => other.emulator.deliveries().filter(isRun).length).toBe(3);
      const told = other.emulator
        .deliveries()
        .filter(isRun)
        .map(({ body }) => JSON.parse(body) as Told);
      expect(told.map(({ action }) => action)).toEqual(["requested", "in_progress", "completed"]);
      expect(told[2]).toMatchObject({
        repository: { full_name: "acme/tally" },
        sender: { login: "octocat" },
        workflow: { path: ".github/workflows/work.yml" },
        workflow_run: {
          id,
          conclusion: "failure",
          display_title: "Work ACME-1 · a1",
          event: "workflow_dispatch",
        },
      });
    } finally {
      await other.close();
    }
  });
});

interface Told {
  readonly action: string;
}

const isRun = ({ headers }: { readonly headers: Readonly<Record<string, string>> }): boolean =>
  headers["x-github-event"] === "workflow_run";

describe.skipIf(schemaFile === null)("an older server (§8.4)", () => {
  const answerOf = async (returnRunDetails: false | "ignored", body: object) => {
    const github = await openGithub(schemaFile ?? "", { returnRunDetails });
    try {
      await github.emulator.site.commit(tally, "main", { ".github/workflows/work.yml": workFile });
      const { status } = await github.call("POST", `${work}/dispatches`, {
        body: { ref: "main", inputs, ...body },
      });
      return { status, runs: github.emulator.site.workflowRuns().length };
    } finally {
      await github.close();
    }
  };

  test("refuses return_run_details, and takes the dispatch without it", async () => {
    expect(await answerOf(false, { return_run_details: true })).toEqual({ status: 422, runs: 0 });
    expect(await answerOf(false, {})).toEqual({ status: 204, runs: 1 });
  });

  test("may ignore it", async () => {
    expect(await answerOf("ignored", { return_run_details: true })).toEqual({ status: 204, runs: 1 });
  });
});
