import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as anthropic from "@ai-implement/emulators/anthropic/scenario.ts";
import * as openai from "@ai-implement/emulators/openai/scenario.ts";
import { afterEach, describe, expect, it } from "vitest";
import type { AgentOutcome, AgentRequest } from "./agent.ts";
import { claudeCommand, setTheStage as stageClaudeCode } from "./claude-code/testing/session.ts";
import { codexCommand, setTheStage as stageCodex } from "./codex/testing/session.ts";
import { createScriptedAgent } from "./scripted/scripted.ts";

/** An agent whose model writes `made.txt` and says `Made it.`, and approves where a form for that is asked for. */
interface Stage {
  readonly clone: string;
  readonly activity: readonly string[];
  run(request?: Partial<AgentRequest>): Promise<AgentOutcome>;
  close(): Promise<void>;
}

interface Candidate {
  readonly name: string;
  /** Why not, for the name of what is skipped; null when it can be tried. */
  readonly missing: string | null;
  readonly stage: () => Promise<Stage>;
}

const approval = { approved: true, findings: [] };
const path = "made.txt";
const content = "made\n";

const claudeCode: Candidate = {
  name: "Claude Code",
  missing: null,
  stage: () =>
    stageClaudeCode(claudeCommand(process.env["AI_IMPLEMENT_CLAUDE"]), ({ step, answerProperties }) => {
      if (step > 0) return anthropic.say("Made it.");
      return answerProperties.has("approved")
        ? anthropic.answer(approval)
        : anthropic.call(anthropic.write(path, content));
    }),
};

const codexProgram = codexCommand(process.env["AI_IMPLEMENT_CODEX"]);
const codex: Candidate = {
  name: "Codex",
  missing: codexProgram === null ? "node scripts/codex.mjs installs it, or set AI_IMPLEMENT_CODEX" : null,
  stage: () =>
    stageCodex(codexProgram ?? "codex", ({ step, answerProperties }) => {
      if (answerProperties.has("approved")) return openai.answer(approval);
      return step > 0 ? openai.say("Made it.") : openai.call(openai.write(path, content));
    }),
};

const scripted: Candidate = {
  name: "the scripted agent",
  missing: null,
  stage: async () => {
    const folder = await mkdtemp(join(tmpdir(), "contract-"));
    const clone = join(folder, "clone");
    await mkdir(clone);
    const script = {
      plan: [{ kind: "architecture", body: "One file." }],
      iterations: [{ edits: [{ path, content }], summary: "Made it." }],
      reviews: [approval],
      gaps: { implemented: [], gaps: [], manualSteps: [] },
      secondsPerStep: 0,
    };
    const file = join(folder, "script.json");
    await writeFile(file, JSON.stringify({ tickets: { "DEMO-1": script } }));
    const agent = createScriptedAgent(file);
    const activity: string[] = [];
    return {
      clone,
      activity,
      run: (request = {}) =>
        agent.run({ ...standard, directory: clone, ...request }, (line) => activity.push(line)),
      close: () => rm(folder, { recursive: true, force: true }),
    };
  },
};

const standard: Omit<AgentRequest, "directory"> = {
  purpose: "implement",
  prompt: "Work on DEMO-1.",
  access: "edit",
  model: "m",
  maxTurns: 10,
  environment: {},
  signal: new AbortController().signal,
};

const answerSchema = {
  type: "object",
  properties: { approved: { type: "boolean" }, findings: { type: "array", items: { type: "string" } } },
  required: ["approved", "findings"],
};

describe.each([claudeCode, codex, scripted])("§10.4 an agent: $name", ({ missing, stage }) => {
  const stages: Stage[] = [];
  afterEach(async () => {
    for (const open of stages.splice(0)) await open.close();
  });
  const open = async (): Promise<Stage> => {
    const opened = await stage();
    stages.push(opened);
    return opened;
  };
  const skipped = missing === null ? "" : ` (skipped: ${missing})`;
  const check = it.skipIf(missing !== null);

  check(`changes the clone, says what it does, and goes on in its session${skipped}`, async () => {
    const { clone, activity, run } = await open();
    const first = await run();
    if (first.kind !== "completed") throw new Error(JSON.stringify(first));
    expect(first).toMatchObject({ text: "Made it.", structured: null });
    expect(await readFile(join(clone, path), "utf8")).toBe(content);
    expect(first.usage.turns).toBeGreaterThan(0);
    expect(activity.some((line) => line.includes(path))).toBe(true);
    expect(activity.filter((line) => line.includes("\n"))).toEqual([]);
    const second = await run({ resume: first.session, prompt: "Go on." });
    expect(second.kind).toBe("completed");
  });

  check(`answers in the form that is asked for${skipped}`, async () => {
    const { run } = await open();
    const outcome = await run({ purpose: "review", access: "read-only", answerSchema });
    expect(outcome).toMatchObject({ kind: "completed", structured: approval });
  });

  check(`changes nothing in a session that may only read, whatever its model wants${skipped}`, async () => {
    const { clone, run } = await open();
    const before = await readdir(clone);
    await run({ access: "read-only" });
    expect(await readdir(clone)).toEqual(before);
  });

  check(`is stopped, and does not reject${skipped}`, async () => {
    const { clone, run } = await open();
    expect(await run({ signal: AbortSignal.abort() })).toMatchObject({ kind: "stopped" });
    expect(await readdir(clone)).not.toContain(path);
  });
});
