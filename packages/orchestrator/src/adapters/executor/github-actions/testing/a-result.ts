import type { ResultRequest } from "@ai-implement/contracts";

/** What a runner leaves. */
export const result: ResultRequest = {
  instance: "0b7cfd2b-6bc1-4d6f-9a54-3d6f4b7a1c11",
  report: { outcome: "failed", reason: "no-changes", message: "None.", usage: null, agent: "scripted" },
  steps: [{ index: 0, name: "clone", status: "succeeded", startedAt: "2026-11-22T09:12:00.000Z" }],
};
