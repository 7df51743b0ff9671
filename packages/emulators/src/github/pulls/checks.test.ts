import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../../testing/schemas.ts";
import { type OpenGithub, openGithub } from "../testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");
const tally = { owner: "acme", name: "tally" };

describe.skipIf(schemaFile === null)("checks of a commit (§12)", () => {
  let github: OpenGithub;
  let sha: string;
  beforeEach(async () => {
    github = await openGithub(schemaFile ?? "");
    github.emulator.setWebhook({ url: `${github.emulator.url}/hook`, secret: "secret" });
    sha = await github.emulator.site.commit(tally, "ai-implement/tal-1", { "a.txt": "a" });
    await github.emulator.site.openPullRequest(tally, {
      head: "ai-implement/tal-1",
      title: "A",
      author: "mona",
    });
  });
  afterEach(() => github.close());

  const get = async (path: string) => (await github.call("GET", `/repos/acme/tally/commits/${path}`)).body;
  const setCheck = (name: string, conclusion: "success" | "failure" | null) =>
    github.emulator.site.setCheck(tally, sha, { name, conclusion });
  const told = () =>
    github.emulator
      .deliveries()
      .filter(({ headers }) => headers["x-github-event"]?.startsWith("check_") === true)
      .map(({ headers, body }) => ({
        event: headers["x-github-event"] ?? "",
        payload: JSON.parse(body) as { readonly action: string },
      }));

  test("are listed by branch and by SHA; of each name the last one counts", async () => {
    setCheck("build", "failure");
    setCheck("build", "success");
    setCheck("lint", null);
    const latest = {
      total_count: 2,
      check_runs: [{ name: "build", conclusion: "success" }, { name: "lint" }],
    };
    expect(await get(`${sha}/check-runs`)).toMatchObject(latest);
    expect(await get(`${encodeURIComponent("ai-implement/tal-1")}/check-runs`)).toMatchObject(latest);
    expect(await get(`${sha}/check-runs?filter=all`)).toMatchObject({ total_count: 3 });
    expect(await get(`${sha}/check-runs?status=completed`)).toMatchObject({ total_count: 1 });
    expect(await get(`${sha}/check-runs?check_name=lint`)).toMatchObject({
      check_runs: [{ status: "in_progress", conclusion: null, pull_requests: [{ number: 1 }] }],
    });
    expect(await get("main/check-runs")).toMatchObject({ total_count: 0 });
    const unknown = await github.call("GET", "/repos/acme/tally/commits/nowhere/check-runs");
    expect(unknown.status).toBe(422);
  });

  test("make one suite, which is complete when all of them are", async () => {
    expect(await get(`${sha}/check-suites`)).toMatchObject({ total_count: 0, check_suites: [] });
    setCheck("build", null);
    setCheck("lint", "success");
    expect(await get(`${sha}/check-suites`)).toMatchObject({
      check_suites: [{ status: "in_progress", conclusion: null, head_sha: sha }],
    });
    setCheck("build", "failure");
    expect(await get(`${sha}/check-suites`)).toMatchObject({
      check_suites: [{ status: "completed", conclusion: "failure", pull_requests: [{ number: 1 }] }],
    });
    expect((await github.call("GET", "/repos/acme/tally/pulls/1")).body).toMatchObject({
      mergeable_state: "unstable",
    });
    await expect
      .poll(() => told().map(({ event, payload }) => `${event} ${payload.action}`))
      .toEqual(["check_run created", "check_run completed", "check_run completed", "check_suite completed"]);
    expect(told()[3]?.payload).toMatchObject({
      check_suite: {
        head_branch: "ai-implement/tal-1",
        head_sha: sha,
        conclusion: "failure",
        pull_requests: [{ number: 1, head: { sha } }],
      },
    });
  });

  test("are made through the API by who may", async () => {
    const body = { name: "ai-implement", head_sha: sha, status: "completed", conclusion: "neutral" };
    const made = await github.call("POST", "/repos/acme/tally/check-runs", { body });
    expect([made.status, made.body]).toMatchObject([201, { status: "completed", conclusion: "neutral" }]);
    expect(await get(`${sha}/check-suites`)).toMatchObject({ check_suites: [{ conclusion: "success" }] });
    const reader = await github.token({ permissions: { checks: "read" } });
    expect((await github.call("POST", "/repos/acme/tally/check-runs", { token: reader, body })).status).toBe(
      403,
    );
    const nowhere = { ...body, head_sha: "0".repeat(40) };
    expect((await github.call("POST", "/repos/acme/tally/check-runs", { body: nowhere })).status).toBe(422);
  });

  test("are no statuses: a commit without statuses is pending", async () => {
    setCheck("build", "success");
    expect(await get(`${sha}/status`)).toMatchObject({ state: "pending", total_count: 0, sha });
  });
});
