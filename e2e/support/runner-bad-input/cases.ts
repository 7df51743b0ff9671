import { expect, it } from "vitest";
import { type Ended, type RunOptions, runOnce, type StageOptions } from "./stage.ts";

export interface Case extends StageOptions {
  readonly name: string;
  readonly reason: string;
  readonly says: RegExp;
  readonly run?: RunOptions;
}

/** It ended by itself, said so, and told why. */
export const expectFailure = ({ exitCode, report }: Ended, reason: string, says: RegExp): void => {
  expect(report).toMatchObject({ outcome: "failed", reason });
  expect(report?.outcome === "failed" ? report.message : "").toMatch(says);
  expect(exitCode).toBe(0);
};

/** Each is a test of its own. */
export const each = (cases: readonly Case[]): void => {
  it.concurrent.each(cases)("$name ends as $reason", async (bad) => {
    expectFailure(await runOnce(bad, bad.run), bad.reason, bad.says);
  });
};
