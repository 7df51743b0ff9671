import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ticketScenario } from "@ai-implement/emulators/anthropic/ticket-scenario.ts";
import { afterEach, describe, expect, it } from "vitest";
import type { AgentOutcome, AgentRequest } from "../agent.ts";
import { claudeCommand, type Stage, setTheStage } from "./testing/session.ts";

const command = claudeCommand(process.env["AI_IMPLEMENT_CLAUDE"]);

const stages: Stage[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.close();
});

const sections = [{ kind: "architecture", body: "One function." }];
const gaps = { implemented: [{ claim: "greets" }], gaps: [], manualSteps: [] };
const findings = ["no comment"];

const answerOf = (...names: readonly string[]) => ({
  type: "object",
  properties: Object.fromEntries(names.map((name) => [name, {}])),
  required: names,
});

const readOnly = { access: "read-only" } as const;
const sessionOf = (outcome: AgentOutcome): { resume: string } => {
  if (outcome.kind !== "completed") throw new Error(JSON.stringify(outcome));
  return { resume: outcome.session };
};

describe("§10.1 the sessions of a ticket, by the real Claude Code on a scripted model", () => {
  it("explore and plan, then implement and review until it is approved, then the gap analysis", {
    timeout: 60_000,
  }, async () => {
    const stage = await setTheStage(
      command,
      ticketScenario({
        plan: sections,
        files: [
          { path: "src/greet.js", content: "first\n" },
          { path: "test/new.js", content: "test\n" },
        ],
        fixes: [[{ path: "src/greet.js", content: "mended\n" }]],
        verdicts: [
          { approved: false, findings },
          { approved: true, findings: [] },
        ],
        gaps,
      }),
    );
    stages.push(stage);
    const greeting = join(stage.clone, "src/greet.js");
    await mkdir(join(stage.clone, "src"));
    await writeFile(greeting, "as it was\n");
    const ask = (request: Partial<AgentRequest>) => stage.run(request);

    const explored = await ask({ ...readOnly, prompt: "Explore." });
    const planning = { ...readOnly, ...sessionOf(explored), prompt: "Plan." };
    const planned = await ask({ ...planning, answerSchema: answerOf("sections") });
    expect(planned).toMatchObject({ structured: { sections } });

    const implemented = await ask({ prompt: "Implement." });
    expect(await readFile(greeting, "utf8")).toBe("first\n");
    const review = { ...readOnly, prompt: "Review.", answerSchema: answerOf("approved", "findings") };
    expect(await ask(review)).toMatchObject({ structured: { approved: false, findings } });

    await ask({ ...sessionOf(implemented), prompt: "Mend." });
    expect(await readFile(greeting, "utf8")).toBe("mended\n");
    expect(await ask(review)).toMatchObject({ structured: { approved: true } });

    const account = { ...readOnly, prompt: "Account.", model: "claude-haiku-4-5-20251001" };
    const names = answerOf("implemented", "gaps", "manualSteps");
    expect(await ask({ ...account, answerSchema: names })).toMatchObject({ structured: gaps });
  });
});
