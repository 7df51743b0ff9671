import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { jobOf, runWorkflow } from "./testing/run-workflow.ts";

/** Longer than any test may take: whoever waits for it was not ended. */
const endless = "sleep 600";

describe("a job that has to end", () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "cancelled-"));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  const isAlive = async (file: string): Promise<boolean> => {
    const pid = Number(await readFile(join(directory, file), "utf8"));
    const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
    return state !== null && !/\) Z /.test(state);
  };

  test("is ended with all its processes when its time is over; steps that ask for it still run", async () => {
    const run = await runWorkflow(
      jobOf(
        `
      - run: |
          ${endless} &
          echo $! > ${directory}/child
          wait
      - run: echo not this
      - { if: cancelled(), run: echo cleaned up }
`,
        "    timeout-minutes: 0.01",
      ),
    );
    expect(run.conclusion).toBe("cancelled");
    expect(run.log).toContain("cleaned up");
    expect(run.log).not.toContain("not this");
    expect(run.log.join("\n")).toContain("exceeded the maximum execution time");
    await expect.poll(() => isAlive("child")).toBe(false);
  });

  test("a step out of time fails, and its job with it", async () => {
    const run = await runWorkflow(
      jobOf(`
      - { run: ${endless}, timeout-minutes: 0.01 }
      - { if: failure(), run: echo noticed }
`),
    );
    expect(run.conclusion).toBe("failure");
    expect(run.log).toContain("noticed");
  });

  test("a cancelled run ends its step, runs what always runs, and starts no further job", async () => {
    const cancelled = new AbortController();
    const source = `
on: workflow_dispatch
jobs:
  work:
    runs-on: x
    steps:
      - run: echo begun; ${endless}
      - { if: always(), run: echo saved }
  next: { needs: work, runs-on: x, steps: [{ run: echo never }] }
`;
    const onLog = (line: string): void => {
      if (line === "begun") cancelled.abort();
    };
    const run = await runWorkflow(source, { cancelled: cancelled.signal }, { onLog });
    expect(run.conclusion).toBe("cancelled");
    expect(run.log).toContain("saved");
    expect(run.log).not.toContain("never");
  });

  test("a step that runs in spite of a cancellation has a time of grace and no more", async () => {
    const cancelled = new AbortController();
    const onLog = (line: string): void => {
      if (line === "begun") cancelled.abort();
    };
    const source = jobOf(
      `      - { if: always(), run: 'echo begun; trap "echo asked to end; exit 1" INT; ${endless} & wait' }`,
    );
    const run = await runWorkflow(source, { cancelled: cancelled.signal }, { onLog, graceMs: 300 });
    expect(run.conclusion).toBe("cancelled");
    expect(run.log).toContain("asked to end");
  });

  test("what a step leaves in the background serves the next one, and ends with the job", async () => {
    const run = await runWorkflow(
      jobOf(`
      - run: ${endless} & echo $! > ${directory}/server
      - run: kill -0 "$(cat ${directory}/server)" && echo still there
`),
    );
    expect(run.conclusion).toBe("success");
    expect(run.log).toContain("still there");
    await expect.poll(() => isAlive("server")).toBe(false);
  });
});
