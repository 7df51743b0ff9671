import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { baseEnvironment, makeSandbox, program, type Sandbox } from "./support/service.ts";

describe("ai-implement plan (§6)", () => {
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = await makeSandbox();
  });
  afterAll(() => sandbox.remove());

  const plan = async (...flags: readonly string[]) =>
    execa(process.execPath, [program, "plan", ...flags], {
      cwd: sandbox.path,
      env: baseEnvironment(),
      extendEnv: false,
    });

  it("explains all three demo tickets before the start", async () => {
    const { stdout } = await plan("--json");
    const { rows } = JSON.parse(stdout) as {
      rows: { ticket: string; reason: string; explanation: string }[];
    };
    expect(rows.map(({ ticket, reason, explanation }) => [ticket, reason, explanation])).toEqual([
      ["TALLY-1", "plan", "plan would start now in TALLY"],
      ["TALLY-2", "blocked", "blocked by TALLY-1 (Ready)"],
      ["TALLY-3", "concurrency", "waits for capacity: 1 of 1 tickets are being worked on"],
    ]);
  });

  it("changes nothing: the second look shows the same as the first", async () => {
    const first = await plan();
    const second = await plan();
    expect(second.stdout).toBe(first.stdout);
  });

  it("names a ticket file that it cannot read, and the fix", async () => {
    await writeFile(join(sandbox.tickets, "broken.md"), "---\nid: [unclosed\n---\nText\n");
    const { stdout } = await plan();
    expect(stdout).toContain("broken.md");
    expect(stdout).toContain("TALLY-1");
  });
});
