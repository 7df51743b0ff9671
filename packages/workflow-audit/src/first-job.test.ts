import { afterEach, describe, expect, it } from "vitest";
import { type Loopback, startLoopback } from "./testing/loopback.ts";
import { runScript, type ScriptResult } from "./testing/run-script.ts";

const attempt = "0199c0de-0000-7000-8000-000000000001";
const servers: Loopback[] = [];
afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
const start = async (...args: Parameters<typeof startLoopback>): Promise<Loopback> => {
  const server = await startLoopback(...args);
  servers.push(server);
  return server;
};

describe("the look for an older run of the attempt, where there are no callbacks (§8.4)", () => {
  const look = (server: Loopback, env: Readonly<Record<string, string>> = {}): Promise<ScriptResult> =>
    runScript("claude-plan.yml", "first", {
      ATTEMPT: attempt,
      GITHUB_TOKEN: "ghs_token",
      GITHUB_API_URL: `${server.url}/api/v3`,
      GITHUB_REPOSITORY: "acme/tally",
      GITHUB_WORKFLOW_REF: "acme/tally/.github/workflows/our-plan.yml@refs/heads/main",
      GITHUB_RUN_ID: "500",
      ...env,
    });
  const title = (id: string): string => `AI-Implement plan ACME-1 \u00b7 ${id}`;
  const other = "0199c0de-0000-7000-8000-000000000002";

  it("goes on where the attempt is in no older run", async () => {
    const runs = [
      { id: 501, display_title: title(attempt) },
      { id: 500, display_title: title(attempt) },
      { id: 499, display_title: title(other) },
    ];
    const server = await start(() => ({ status: 200, body: { workflow_runs: runs } }));
    expect((await look(server)).status).toBe(0);
    expect(server.requests.map(({ url, authorization }) => [url, authorization])).toEqual([
      [
        "/api/v3/repos/acme/tally/actions/workflows/our-plan.yml/runs?event=workflow_dispatch&per_page=100&page=1",
        "Bearer ghs_token",
      ],
    ]);
  });

  it("stops at an older run, also on a later page", async () => {
    const many = Array.from({ length: 100 }, (_, index) => ({
      id: 400 - index,
      display_title: title(other),
    }));
    const last = [{ id: 7, display_title: title(attempt) }];
    const server = await start(({ url }) => ({
      status: 200,
      body: { workflow_runs: url.endsWith("page=2") ? last : many },
    }));
    const result = await look(server);
    expect([result.status, server.requests.length]).toEqual([1, 2]);
    expect(result.output).toContain("Run 7 has this attempt already.");
  });

  it.each([
    [
      "another attempt whose ticket is called like this one",
      `AI-Implement plan ACME-1 \u00b7 ${attempt} \u00b7 ${other}`,
    ],
    ["a ticket that is called like the attempt", `AI-Implement plan ${attempt} \u00b7 ${other}`],
    ["a title that goes on", `AI-Implement plan ACME-1 \u00b7 ${attempt}0`],
    ["the attempt in the end of another word", `AI-Implement plan ACME-1 \u00b7 x${attempt}`],
    ["the attempt without its sign", attempt],
  ])("is not misled by %s", async (_, display_title) => {
    const server = await start(() => ({
      status: 200,
      body: { workflow_runs: [{ id: 499, display_title }] },
    }));
    expect((await look(server)).status).toBe(0);
  });

  it("looks 500 runs back and no further", async () => {
    const runs = Array.from({ length: 100 }, () => ({ id: 400, display_title: title(other) }));
    const server = await start(() => ({ status: 200, body: { workflow_runs: runs } }));
    expect([(await look(server)).status, server.requests.length]).toEqual([0, 5]);
  });

  it("asks again where GitHub stumbles", async () => {
    const answers = [502, 200];
    const server = await start(() => ({ status: answers.shift() ?? 200, body: { workflow_runs: [] } }));
    expect([(await look(server)).status, server.requests.length]).toEqual([0, 2]);
  });

  it.each([403, 404, 503])("stops where GitHub answers %i: unknown is not absent (§8.3)", async (status) => {
    const server = await start(() => ({ status, body: { message: "no" } }));
    const result = await look(server);
    expect(result.status).toBe(1);
    expect(result.output).toContain(
      `::error title=AI-Implement::GitHub does not say which runs there are: ${status}.`,
    );
    expect(result.output).not.toContain("ghs_token");
  });

  it("stops where GitHub cannot be reached, or answers something else", async () => {
    const server = await start(() => ({ status: 200, body: { message: "not a list" } }));
    expect((await look(server)).status).toBe(1);
    await server.close();
    expect((await look(server)).status).toBe(1);
  });
});
