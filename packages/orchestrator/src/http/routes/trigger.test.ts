import { afterEach, describe, expect, it } from "vitest";
import type { GapFillOutcome } from "../../services/reviews/gap-fill.ts";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

const secret = "a-bearer-that-both-sides-were-given";
const url = "/trigger/gap-fill";
const request = { issueKey: "ACME-12", prNumber: 7 };

let test: TestApp;
afterEach(() => test.app.close());

/** What the service was asked, oldest first. */
const open = async (
  outcome: GapFillOutcome | Error = { kind: "dispatched" },
  gapFillSecret: string | null = secret,
) => {
  const asked: unknown[] = [];
  test = await createTestApp({
    gapFillSecret,
    gapFill: async (request) => {
      asked.push(request);
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  });
  return asked;
};

const post = async (payload: unknown, headers: Readonly<Record<string, string>> = {}) => {
  const answer = await test.app.inject({
    method: "POST",
    url,
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", ...headers },
    payload: typeof payload === "string" ? payload : JSON.stringify(payload),
  });
  return { status: answer.statusCode, body: answer.json() as unknown, headers: answer.headers };
};

describe("POST /trigger/gap-fill (§12)", () => {
  it.each<readonly [GapFillOutcome, number, object]>([
    [{ kind: "dispatched" }, 200, { ok: true, dispatched: true }],
    [
      { kind: "nothing-to-do", reason: "A revise run works on it already." },
      200,
      { ok: true, dispatched: false, reason: "A revise run works on it already." },
    ],
    [{ kind: "not-found" }, 404, { error: "mapping_not_found" }],
    [{ kind: "paused" }, 423, { error: "project_paused" }],
    [{ kind: "failed" }, 502, { error: "dispatch_failed" }],
  ])("answers %j with %i", async (outcome, status, body) => {
    const asked = await open(outcome);
    expect(await post(request)).toMatchObject({ status, body });
    expect(asked).toEqual([request]);
  });

  it("answers 501 to everybody while its secret is not set (§4.1)", async () => {
    const asked = await open({ kind: "dispatched" }, null);
    for (const authorization of [`Bearer ${secret}`, "Bearer ", "Bearer null", ""])
      expect(await post(request, { authorization })).toMatchObject({
        status: 501,
        body: { error: "not_configured" },
      });
    expect(asked).toEqual([]);
  });

  it.each([
    ["no bearer", ""],
    ["another bearer", "Bearer guessed"],
    ["a part of it", `Bearer ${secret.slice(0, -1)}`],
    ["it as another scheme", `Basic ${secret}`],
  ])("answers 401 to %s, before the body is looked at", async (_, authorization) => {
    const asked = await open();
    for (const payload of [request, "no JSON", "x".repeat(1_000_000)]) {
      const { status, body, headers } = await post(payload, { authorization });
      expect([status, body]).toEqual([401, { error: "unauthorised" }]);
      expect(headers["www-authenticate"]).toBe("Bearer");
    }
    expect(asked).toEqual([]);
  });

  it.each<readonly [string, unknown]>([
    ["no JSON", "once upon a time"],
    ["nothing", ""],
    ["no object", "[]"],
    ["no issue", { prNumber: 7 }],
    ["an empty issue", { ...request, issueKey: "" }],
    ["an issue that is a list", { ...request, issueKey: ["ACME-12"] }],
    ["an issue of 10,000 characters", { ...request, issueKey: "A".repeat(10_000) }],
    ["no number", { issueKey: "ACME-12" }],
    ["a number that is text", { ...request, prNumber: "7" }],
    ["the number 0", { ...request, prNumber: 0 }],
    ["half a number", { ...request, prNumber: 7.5 }],
    ["a prototype", '{"__proto__":{"issueKey":"ACME-12"},"prNumber":7}'],
  ])("answers 400 to %s", async (_, payload) => {
    const asked = await open();
    const { status, body } = await post(payload);
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: "invalid_body" });
    expect(asked).toEqual([]);
  });

  it("answers 400 to a form", async () => {
    await open();
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect((await post("issueKey=ACME-12&prNumber=7", form)).status).toBe(400);
  });

  it("answers 413 to more than 16 KiB", async () => {
    const asked = await open();
    expect(await post({ ...request, filler: "x".repeat(16_384) })).toMatchObject({
      status: 413,
      body: { error: "payload_too_large" },
    });
    expect((await post({ ...request, filler: "x".repeat(10_000) })).status).toBe(200);
    expect(asked).toEqual([request]);
  });

  it("answers 500 where we are at fault, and says nothing of the cause", async () => {
    await open(new Error("database or disk is full"));
    const { status, body } = await post(request);
    expect([status, JSON.stringify(body)]).toEqual([500, expect.not.stringContaining("disk")]);
  });
});
