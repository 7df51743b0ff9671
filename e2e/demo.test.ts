import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { baseEnvironment, eventually, program } from "./support/service.ts";

interface Verdict {
  readonly ticket: string;
  readonly run: string;
  readonly phases: readonly string[];
  readonly pr: { readonly number: number; readonly url: string; readonly branch: string };
  readonly merged: boolean;
  readonly tests: { readonly command: string; readonly passed: boolean };
  readonly seconds: number;
  readonly agent: string;
  readonly repository: string;
}

describe("ai-implement demo", () => {
  let scratch: string;

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), "ai-implement-demo-test-"));
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));

  const options = () => ({
    cwd: scratch,
    env: { ...baseEnvironment(), TMPDIR: scratch },
    extendEnv: false,
  });

  it("ends with one JSON line that is true of the repository it names", async () => {
    const { stdout, exitCode } = await execa(
      process.execPath,
      [program, "demo", "--once", "--pace", "0.05"],
      options(),
    );
    expect(exitCode).toBe(0);
    const verdict = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Verdict;
    expect(verdict).toMatchObject({
      ticket: "TALLY-1",
      phases: ["plan", "implement"],
      merged: true,
      tests: { command: "node --test", passed: true },
      pr: { number: 1, branch: "ai-implement/tally-1-compute-the-median-of-the-numbers" },
    });
    // Labelled as a rehearsal wherever it shows.
    expect(stdout).toContain("REHEARSAL");
    expect(verdict.agent).toContain("rehearsal");

    const clone = join(scratch, "clone");
    await execa("git", ["clone", "--quiet", verdict.repository, clone]);
    const { stdout: log } = await execa("git", ["log", "--format=%s", "main"], { cwd: clone });
    expect(log).toContain("TALLY-1: Compute the median of the numbers");
    await execa(process.execPath, ["--test"], { cwd: clone, env: { NODE_TEST_CONTEXT: undefined } });
    const { stdout: value } = await execa(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        "import { median } from './src/median.js'; console.log(median([4, 1, 3, 2]))",
      ],
      { cwd: clone },
    );
    expect(value).toBe("2.5");
  });

  it("leaves nothing running after Ctrl-C in the middle of a run", async () => {
    const demo = execa(process.execPath, [program, "demo", "--pace", "5"], { ...options(), reject: false });
    let printed = "";
    demo.stdout.on("data", (chunk: Buffer) => {
      printed += chunk.toString();
    });
    await eventually("an agent works", () => Promise.resolve(/explore|↳ /.test(printed)), {
      timeoutMs: 30_000,
    });
    demo.kill("SIGINT");
    const { exitCode, stdout } = await demo;
    expect(exitCode).toBe(130);
    const folder = /The folder stays: (\S+)/.exec(stdout)?.[1] ?? "";
    expect(folder).not.toBe("");
    // With their environment, so that every process of this demo shows the scratch folder.
    const { stdout: processes } = await execa("ps", ["axeww", "-o", "args"]);
    expect(processes.split("\n").filter((line) => line.includes(scratch))).toEqual([]);
  });
});
