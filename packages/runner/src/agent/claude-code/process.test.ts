import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSharedSandbox } from "../../sandbox/shared-sandbox.ts";
import type { AgentOutcome } from "../agent.ts";
import { type ClaudeCodeOptions, createClaudeCode } from "./claude-code.ts";
import { defaultLimits } from "./process.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "agent-process-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const result = JSON.stringify({
  type: "result",
  subtype: "success",
  is_error: false,
  session_id: "s",
  num_turns: 1,
  result: "Done.",
  total_cost_usd: 0.5,
  modelUsage: {},
  permission_denials: [],
});

/** A CLI that misbehaves in a way that the real one cannot be brought to. */
const runCli = async (
  script: string,
  options: Partial<ClaudeCodeOptions> = {},
  signal = new AbortController().signal,
): Promise<AgentOutcome> => {
  const command = join(folder, "cli");
  await writeFile(command, `#!/bin/bash\n${script}\n`);
  await chmod(command, 0o755);
  const agent = createClaudeCode({
    command,
    home: join(folder, "home"),
    credentials: { provider: "anthropic" },
    sandbox: createSharedSandbox([]),
    ...options,
  });
  return agent.run(
    {
      purpose: "implement",
      prompt: "p".repeat(1_000_000),
      directory: folder,
      access: "edit",
      model: "m",
      maxTurns: 1,
      environment: { PATH: "/usr/bin:/bin" },
      signal,
    },
    () => undefined,
  );
};

describe("§10.4 an agent that misbehaves", () => {
  it("exit 1 without a result is a failure with the last of what it said, escapes removed", async () => {
    const outcome = await runCli("printf '\\033[31mno disk left\\033[0m\\n' >&2; exit 1");
    expect(outcome).toMatchObject({
      kind: "failed",
      reason: "agent-failed",
      message: "Claude Code exited with code 1 without a result. It said: no disk left",
      usage: null,
    });
  });

  it("being killed from outside is a failure that names the signal, not a stop", async () => {
    expect(await runCli("kill -KILL $$")).toMatchObject({
      kind: "failed",
      reason: "agent-failed",
      message: "Claude Code was ended by SIGKILL without a result and said nothing.",
    });
  });

  it("one that ignores SIGTERM is killed", { timeout: 15_000 }, async () => {
    const script = "trap '' TERM; touch ready; while :; do sleep 0.1; done";
    expect(await runCli(script, {}, AbortSignal.timeout(300))).toEqual({ kind: "stopped", usage: null });
  });

  it("a result counts although noise surrounds it and the last line has no end", async () => {
    const outcome = await runCli(
      `echo garbage; echo '{"type":"new"}'; cat > /dev/null; printf '%s' '${result}'`,
    );
    expect(outcome).toMatchObject({ kind: "completed", text: "Done.", usage: { costUsd: 0.5 } });
  });

  it("one that prints without end is ended", async () => {
    const limits = { ...defaultLimits, total: 100_000 };
    expect(await runCli("yes", { limits })).toMatchObject({
      kind: "failed",
      reason: "agent-failed",
      message: "Claude Code was ended because it printed more than 100000 bytes.",
    });
  });

  it("a line beyond the limit is left out, and the next one counts", async () => {
    const limits = { ...defaultLimits, line: 1_000 };
    const script = `head -c 50000 /dev/zero | tr '\\0' x; echo; echo '${result}'`;
    expect(await runCli(script, { limits })).toMatchObject({ kind: "completed", text: "Done." });
  });

  it("names a clone that is not there, rather than the CLI", async () => {
    const agent = createClaudeCode({
      command: "/bin/true",
      home: join(folder, "home"),
      credentials: { provider: "anthropic" },
      sandbox: createSharedSandbox([]),
    });
    const request = {
      purpose: "implement",
      prompt: "p",
      directory: join(folder, "absent"),
      access: "edit",
      model: "m",
      maxTurns: 1,
      environment: {},
      signal: new AbortController().signal,
    } as const;
    const outcome = await agent.run(request, () => undefined);
    expect(outcome).toMatchObject({ kind: "failed", reason: "unexpected" });
    if (outcome.kind === "failed") expect(outcome.message).toContain(request.directory);
  });

  it("has a name even when it is not installed", async () => {
    const agent = createClaudeCode({
      command: join(folder, "absent"),
      home: folder,
      credentials: { provider: "anthropic" },
      sandbox: createSharedSandbox([]),
    });
    expect(await agent.describe()).toBe("Claude Code (version unknown)");
  });
});
