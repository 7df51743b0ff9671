import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { always, say } from "@ai-implement/emulators/openai/scenario.ts";
import { afterEach, describe, expect, it } from "vitest";
import { argumentsFor } from "./command-line.ts";
import { type Stage, setTheStage } from "./testing/session.ts";

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

/** A program in the place of the CLI. */
const stageFor = async (program: string): Promise<Stage> => {
  const stage = await setTheStage("codex", always(say("never asked")));
  stages.push(stage);
  const command = join(stage.clone, "codex");
  await writeFile(command, `#!/bin/sh\n${program}\n`);
  await chmod(command, 0o755);
  return { ...stage, run: (request, options) => stage.run(request, { command, ...options }) };
};

describe("§10.4 a Codex that does not work is an outcome", () => {
  it.each(["edit", "read-only"] as const)("names the fix when it is not installed (%s)", async (access) => {
    const stage = await stageFor("true");
    const outcome = await stage.run({ access }, { command: join(stage.clone, "absent") });
    expect(outcome).toMatchObject({ kind: "failed", reason: "agent-not-installed" });
    if (outcome.kind === "failed") expect(outcome.message).toContain("npm install -g @openai/codex@");
  });

  it("ends one that prints without end", async () => {
    const stage = await stageFor("cat > /dev/null; yes");
    const limits = { line: 1_000, total: 100_000, errorTail: 1_000 };
    const outcome = await stage.run({}, { limits });
    expect(outcome).toMatchObject({ kind: "failed", reason: "agent-failed" });
    if (outcome.kind === "failed") expect(outcome.message).toContain("more than 100000 bytes");
  });

  it("says what another version says of settings that it does not know", async () => {
    const stage = await stageFor("echo 'Error: Unknown feature flag: apps' >&2; exit 1");
    const outcome = await stage.run();
    expect(outcome).toMatchObject({ kind: "failed", reason: "agent-failed" });
    if (outcome.kind === "failed") expect(outcome.message).toContain("Unknown feature flag: apps");
  });

  it("goes on in no session that is not its own", async () => {
    const stage = await stageFor("true");
    const resume = "5e246c21-2647-4947-b7ea-aabc8b29f900";
    const outcome = await stage.run({ resume });
    expect(outcome).toMatchObject({ kind: "failed", reason: "agent-failed" });
    if (outcome.kind === "failed") expect(outcome.message).toContain(resume);
  });

  it("does not begin in a folder that is not there", async () => {
    const stage = await stageFor("true");
    expect(await stage.run({ directory: join(stage.clone, "absent") })).toMatchObject({
      kind: "failed",
      reason: "unexpected",
    });
  });

  it("has no version where it does not say one", async () => {
    expect(await (await stageFor("true")).agent.describe()).toBe("Codex (version unknown)");
  });
});

describe("§11.5 the command line of Codex", () => {
  const invocation = {
    request: { model: "--dangerously-bypass-hook-trust" },
    sandboxMode: "read-only",
    baseUrl: 'http://127.0.0.1:1/v1"}',
    maxRetries: 1,
    schemaFile: "/tmp/s.json",
  } as const;

  it("lets no value become an option or a setting of its own", () => {
    const given = argumentsFor(invocation);
    expect(given).toContain("--model=--dangerously-bypass-hook-trust");
    expect(given.find((argument) => argument.includes("base_url"))).toContain(
      'base_url="http://127.0.0.1:1/v1\\"}"',
    );
    expect(given.filter((argument) => !argument.startsWith("--"))).toEqual(["exec", "-"]);
  });

  it("goes on in a session with the same restrictions", () => {
    const resumed = argumentsFor({ ...invocation, request: { model: "m", resume: "a-session" } });
    const fresh = argumentsFor({ ...invocation, request: { model: "m" } });
    expect(resumed.filter((argument) => argument !== "resume" && argument !== "a-session")).toEqual(fresh);
    expect(resumed.slice(-2)).toEqual(["a-session", "-"]);
  });
});
