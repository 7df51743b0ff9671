import { jobSchema } from "@ai-implement/contracts";
import { uuidv7 } from "uuidv7";
import { describe, expect, it } from "vitest";
import { anAttempt } from "../testing/attempts.ts";
import { detach } from "./detach-job.ts";
import { jobWith } from "./testing/a-detached-job.ts";
import { workflowInputs } from "./workflow-inputs.ts";

const detached = { callback: null, needsClaimToken: true };
const characters = (inputs: Readonly<Record<string, string>>): number =>
  Object.entries(inputs).reduce((sum, [name, value]) => sum + name.length + value.length, 0);

const withSecrets = jobSchema.parse({
  ...jobWith({}),
  runToken: "secret-run-token",
  repository: {
    ...jobWith({}).repository,
    credential: { token: "secret-git-token", expiresAt: "2026-11-22T09:12:00.000Z" },
  },
  agent: {
    kind: "claude-code",
    apiKey: "secret-api-key",
    oauthToken: "secret-oauth-token",
    provider: "bedrock",
  },
});

describe("§8.4 a dispatch without callbacks", () => {
  it("carries the job and no credential", async () => {
    const attempt = anAttempt({ runId: uuidv7(), job: async () => withSecrets });
    const inputs = await workflowInputs(attempt, detached);
    expect(JSON.stringify(inputs)).not.toContain("secret");
    expect(Object.keys(inputs)).not.toContain("claim_token");
    expect(Object.keys(inputs)).not.toContain("orchestrator_url");
    expect(JSON.parse(inputs["job"] ?? "")).toEqual(detach(withSecrets));
    expect(detach(withSecrets).agent).toEqual({ kind: "claude-code", provider: "bedrock" });
  });

  it.each([70_000, 300_000])("stays within GitHub's limit with a description of %d", async (length) => {
    for (const unit of ["a", '"', "\n", "\u65e5", "\u{1f9ea}"]) {
      const description = unit.repeat(length / unit.length);
      const job = { ...withSecrets, ticket: { ...withSecrets.ticket, description } };
      const inputs = await workflowInputs(anAttempt({ runId: uuidv7(), job: async () => job }), detached);
      expect(characters(inputs)).toBeLessThanOrEqual(65_535);
      expect(characters(inputs)).toBeGreaterThan(20_000);
    }
  });
});

describe("§8.1 a dispatch with callbacks", () => {
  it("does not even ask for the content", async () => {
    const attempt = anAttempt({
      runId: uuidv7(),
      job: () => Promise.reject(new Error("the content was asked for")),
    });
    const callback = { url: "https://ai-implement.acme.example" };
    const inputs = await workflowInputs(attempt, { callback, needsClaimToken: false });
    expect(inputs).toEqual({
      attempt: attempt.runId,
      phase: "plan",
      identifier: "ACME-1",
      orchestrator_url: callback.url,
      job_minutes: "90",
      provider: "anthropic",
    });
  });
});

it.each([
  [0.2, "1"],
  [45.5, "46"],
  [90, "90"],
  [360, "360"],
  [400, "360"],
])("§8.4 a limit of %d minutes is whole, and one that the workflow takes", async (maxJobMinutes, sent) => {
  const callback = { url: "https://ai-implement.acme.example" };
  const attempt = anAttempt({ runId: uuidv7(), maxJobMinutes });
  expect(await workflowInputs(attempt, { callback, needsClaimToken: false })).toMatchObject({
    job_minutes: sent,
  });
});
