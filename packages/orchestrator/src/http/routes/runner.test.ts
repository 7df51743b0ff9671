import { jobSchema } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { instance, job, result, runId } from "../testing/fixtures.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let test: TestApp;
beforeEach(async () => {
  test = await createTestApp();
});
afterEach(() => test.app.close());

const otherInstance = "0b7f6a53-51de-4ac0-8d36-6a5f9fba2c01";

const send = async (path: string, payload: unknown, bearer: string | null) => {
  const answer = await test.app.inject({
    method: "POST",
    url: `/runner/${path}`,
    headers: {
      "content-type": "application/json",
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
    },
    payload: JSON.stringify(payload),
  });
  const body: unknown = answer.json();
  return { status: answer.statusCode, body };
};

const claim = { runId, instance };
const progress = { instance, steps: [] };
const held = { claimed: () => send("claim", claim, "claim-token") };

describe("POST /runner/claim (§8.1)", () => {
  it("gives the job to the first claim, and again to the same runner", async () => {
    const first = await send("claim", claim, "claim-token");
    expect(first.status).toBe(200);
    expect(jobSchema.parse(first.body)).toEqual(job);
    expect(await send("claim", claim, "claim-token")).toEqual(first);
  });

  it("answers a second runner 409 already_claimed, and a run that ended 409 closed", async () => {
    await held.claimed();
    expect(await send("claim", { ...claim, instance: otherInstance }, "claim-token")).toEqual({
      status: 409,
      body: { error: "already_claimed" },
    });
    expect(await send("claim", claim, "closed-token")).toEqual({ status: 409, body: { error: "closed" } });
  });
});

describe("POST /runner/progress and /runner/result (§10)", () => {
  it("tells a running attempt to go on, and one that has reported to stop", async () => {
    await held.claimed();
    expect(await send("progress", progress, "run-token")).toEqual({ status: 200, body: { stop: false } });
    await send("result", result, "run-token");
    expect(await send("progress", progress, "run-token")).toEqual({ status: 200, body: { stop: true } });
  });

  it("answers the same result the same, and a different one 409 closed", async () => {
    await held.claimed();
    const first = await send("result", result, "run-token");
    expect(first).toEqual({ status: 200, body: { ok: true } });
    expect(await send("result", result, "run-token")).toEqual(first);
    const different = { ...result, report: { ...result.report, agent: "somebody else" } };
    expect(await send("result", different, "run-token")).toEqual({ status: 409, body: { error: "closed" } });
  });

  it("refuses a runner that does not hold the claim", async () => {
    await held.claimed();
    const stranger = { status: 409, body: { error: "not_the_claimant" } };
    expect(await send("progress", { ...progress, instance: otherInstance }, "run-token")).toEqual(stranger);
    expect(await send("result", { ...result, instance: otherInstance }, "run-token")).toEqual(stranger);
  });
});

describe.each([
  { path: "claim", good: claim, limit: 256 * 1024 },
  { path: "progress", good: progress, limit: 256 * 1024 },
  { path: "result", good: result, limit: 4 * 1024 * 1024 },
])("Bad input at POST /runner/$path (§11.8, §11.9, §13)", ({ path, good, limit }) => {
  it("is 401 unauthorised without a bearer, before the body is looked at, and with a wrong one", async () => {
    const unauthorised = { status: 401, body: { error: "unauthorised" } };
    expect(await send(path, "x".repeat(limit + 1), null)).toEqual(unauthorised);
    expect(await send(path, good, "wrong")).toEqual(unauthorised);
  });

  it("is 400 invalid_body where the body does not fit", async () => {
    const answer = await send(path, { instance: "not a uuid" }, "run-token");
    expect(answer).toMatchObject({ status: 400, body: { error: "invalid_body" } });
  });

  it("is 413 payload_too_large just above the limit, and not just below it", async () => {
    // Two characters of it are the quotes of the JSON string.
    expect(await send(path, "x".repeat(limit - 1), "run-token")).toEqual({
      status: 413,
      body: { error: "payload_too_large" },
    });
    expect((await send(path, "x".repeat(limit - 2), "run-token")).status).toBe(400);
  });
});
