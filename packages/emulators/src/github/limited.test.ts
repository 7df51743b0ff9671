import { afterEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../testing/schemas.ts";
import type { GithubEmulatorOptions } from "./api.ts";
import { type OpenGithub, openGithub } from "./testing/open-github.ts";

const schemaFile = vendorSchema("github.openapi.json");

describe.skipIf(schemaFile === null)("a request too many", () => {
  let github: OpenGithub;
  afterEach(() => github.close());
  const open = async (limits: NonNullable<GithubEmulatorOptions["limits"]>): Promise<void> => {
    github = await openGithub(schemaFile ?? "", { limits });
  };
  const blob = () => github.call("POST", "/repos/acme/tally/git/blobs", { body: { content: "x" } });

  test("that creates content is refused with a time to wait, and nothing is done", async () => {
    await open({ contentPerMinute: 2 });
    expect([(await blob()).status, (await blob()).status]).toEqual([201, 201]);
    const refused = await blob();
    expect(refused.status).toBe(403);
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await github.call("GET", "/repos/acme/tally")).status).toBe(200);
  });

  test("in points is refused with 429", async () => {
    await open({ pointsPerMinute: 6 });
    await blob();
    expect((await github.call("GET", "/repos/acme/tally")).status).toBe(200);
    expect((await github.call("GET", "/repos/acme/tally")).status).toBe(429);
  });

  test("in the hour is refused with nothing remaining", async () => {
    await open({ requestsPerHour: 3 });
    for (let index = 0; index < 3; index += 1) await github.call("GET", "/repos/acme/tally");
    const { status, headers } = await github.call("GET", "/repos/acme/tally");
    expect([status, headers.get("x-ratelimit-remaining")]).toEqual([403, "0"]);
    expect(Number(headers.get("x-ratelimit-reset"))).toBeGreaterThan(Date.now() / 1000);
  });

  test("among dispatched runs is refused", async () => {
    await open({ runsPer10s: 1 });
    const workflow =
      "on:\n  workflow_dispatch:\njobs:\n  one:\n    runs-on: x\n    steps:\n      - run: 'true'\n";
    const files = { ".github/workflows/one.yml": workflow };
    await github.emulator.site.commit({ owner: "acme", name: "tally" }, "main", files);
    const dispatch = () =>
      github.call("POST", "/repos/acme/tally/actions/workflows/one.yml/dispatches", {
        body: { ref: "main" },
      });
    expect((await dispatch()).status).toBe(204);
    expect((await dispatch()).headers.get("retry-after")).not.toBeNull();
    expect(github.emulator.site.workflowRuns()).toHaveLength(1);
  });
});
