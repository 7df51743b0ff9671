import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aiImplement } from "./support/command.ts";

interface Row {
  readonly name: string;
  readonly value: string | null;
  readonly source: string;
}

const commands = ["start", "demo", "config", "doctor", "plan", "run"] as const;

describe("ai-implement, the command line", () => {
  let directory: string;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "ai-implement-config-"));
    await writeFile(
      join(directory, ".env"),
      "TICKETS_DIR=tickets\nLOCAL_FORGE_DIR=forge\nPORT=9000\nADMIN_ACCESS_CODE=open-sesame-now\n",
    );
  });
  afterAll(() => rm(directory, { recursive: true }));

  const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
    aiImplement(args, { directory, environment });

  describe("config (§4)", () => {
    it("prints the effective settings with where each came from, and no secret", async () => {
      const { exitCode, stdout, stderr } = await run(["config"], { PORT: "9001" });
      expect(exitCode).toBe(0);
      expect(stderr).toBe("");
      expect(stdout).toMatch(/^PORT +9001 +environment /m);
      expect(stdout).toMatch(/^TICKETS_DIR +tickets +\.env /m);
      expect(stdout).toMatch(/^POLL_INTERVAL_MS +60000 +default /m);
      expect(stdout).toMatch(/^ADMIN_ACCESS_CODE +\[redacted\] +\.env /m);
      expect(stdout).not.toContain("open-sesame-now");
    });

    it("--json prints the same for programs", async () => {
      const { exitCode, stdout } = await run(["config", "--json"]);
      expect(exitCode).toBe(0);
      const rows = JSON.parse(stdout) as readonly Row[];
      const rowOf = (name: string) => rows.find((row) => row.name === name);
      expect(rowOf("PORT")).toMatchObject({ value: "9000", source: ".env" });
      expect(rowOf("ADMIN_ACCESS_CODE")).toMatchObject({ value: "[redacted]", source: ".env" });
      expect(rowOf("LINEAR_API_KEY")).toMatchObject({ value: null, source: "default" });
    });

    it("prints wrong settings as well, says what is wrong, and fails", async () => {
      const { exitCode, stdout, stderr } = await run(["config"], {
        PORT: "http",
        RUNNER_TOKEN_SECRET: "far-too-short",
        POLL_INTERVALL_MS: "1",
      });
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/^PORT +http +environment /m);
      expect(stderr).toContain('PORT: "http" is not a whole number.');
      expect(stderr).toContain("RUNNER_TOKEN_SECRET: its value (not shown) has 13 bytes");
      expect(stderr).toContain("The nearest one is POLL_INTERVAL_MS.");
      expect(stdout + stderr).not.toContain("far-too-short");
    });
  });

  describe("help", () => {
    it("names every command", async () => {
      const { exitCode, stdout } = await run(["--help"]);
      expect(exitCode).toBe(0);
      for (const command of commands) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, "m"));
    });

    it.each(commands)("of %s says how it is used", async (command) => {
      const { exitCode, stdout, stderr } = await run([command, "--help"]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(new RegExp(`^Usage: ai-implement ${command} \\[options\\]`));
      expect(stderr).toBe("");
    });

    it("--version prints the version of the package", async () => {
      const { exitCode, stdout } = await run(["--version"]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^\d+\.\d+\.\d+$/);
    });
  });

  it.each([
    ["no command", [], "Commands:"],
    ["an unknown command", ["strat"], "unknown command 'strat'"],
    ["an unknown option", ["start", "--fast"], "unknown option '--fast'"],
    ["an argument too many", ["plan", "now"], "too many arguments for 'plan'"],
    ["a missing option", ["run"], "required option '--task <file>' not specified"],
    ["a missing value", ["run", "--task"], "option '--task <file>' argument missing"],
    ["a value out of range", ["run", "--task", "x.md", "--max-minutes", "99999"], "a whole number, 1 to 360"],
    ["a value that is no number", ["demo", "--pace", "slow"], "a number of seconds, 0 to 60"],
  ])("%s: the problem, the usage, exit code 1", async (_, args, problem) => {
    const { exitCode, stdout, stderr } = await run(args);
    expect(exitCode).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toContain(problem);
    expect(stderr).toContain("Usage: ai-implement ");
  });
});
