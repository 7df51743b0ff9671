import { mkdir, mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Agent, AgentOutcome, AgentRequest } from "../agent.ts";
import type { ScriptInput } from "./script.ts";
import { createScriptedAgent } from "./scripted.ts";

let folder: string;
let clone: string;
let scriptPath: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "scripted-")));
  clone = join(folder, "clone");
  scriptPath = join(folder, "script.json");
  await mkdir(clone);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const claim = { claim: "greets" };
const ticket = (content: string): ScriptInput["tickets"][string] => ({
  plan: [{ kind: "architecture", body: "One function." }],
  iterations: [
    { edits: [{ path: "src/greet.js", content }], summary: "Greets." },
    { edits: [{ path: "src/greet.js", content: `${content} // mended` }], summary: "Greets, mended." },
  ],
  reviews: [
    { approved: false, findings: ["no comment"] },
    { approved: true, findings: [] },
  ],
  gaps: { implemented: [claim], gaps: [], manualSteps: [] },
  secondsPerStep: 0,
});

const agentFor = async (script: unknown): Promise<Agent> => {
  await writeFile(scriptPath, JSON.stringify(script));
  return createScriptedAgent(scriptPath);
};

const activity: string[] = [];
const run = (agent: Agent, request: Partial<AgentRequest>): Promise<AgentOutcome> =>
  agent.run(
    {
      purpose: "implement",
      prompt: "Work on DEMO-1: greet",
      directory: clone,
      access: "edit",
      model: "m",
      maxTurns: 5,
      environment: {},
      signal: new AbortController().signal,
      ...request,
    },
    (line) => activity.push(line),
  );

const sessionOf = (outcome: AgentOutcome): string => {
  if (outcome.kind !== "completed") throw new Error(JSON.stringify(outcome));
  return outcome.session;
};

describe("the rehearsal's agent", () => {
  it("says what it is, and costs nothing", async () => {
    const agent = await agentFor({ tickets: { "DEMO-1": ticket("one") } });
    expect(await agent.describe()).toBe("scripted agent (rehearsal)");
    expect(await run(agent, {})).toMatchObject({ usage: { inputTokens: 0, outputTokens: 0, costUsd: 0 } });
  });

  it("really edits the clone, and goes on in a resumed session of another process", async () => {
    const script = { tickets: { "DEMO-1": ticket("one") } };
    const first = await run(await agentFor(script), {});
    expect(await readFile(join(clone, "src/greet.js"), "utf8")).toBe("one");
    expect(activity).toContain("Edit src/greet.js");
    const prompt = "A reviewer objects.";
    const second = await run(await agentFor(script), { prompt, resume: sessionOf(first) });
    expect(second).toMatchObject({ kind: "completed", text: "Greets, mended." });
    expect(await readFile(join(clone, "src/greet.js"), "utf8")).toBe("one // mended");
  });

  it("plans in the session that explored, reviews in turn, and accounts for the ticket", async () => {
    const agent = await agentFor({ tickets: { "DEMO-1": ticket("one") } });
    const explored = await run(agent, { purpose: "explore", access: "read-only" });
    const planned = await run(agent, { purpose: "plan", prompt: "Now plan.", resume: sessionOf(explored) });
    expect(planned).toMatchObject({ structured: { sections: [{ kind: "architecture" }] } });
    const review = () => run(agent, { purpose: "review", access: "read-only" });
    expect(await review()).toMatchObject({ structured: { approved: false, findings: ["no comment"] } });
    expect(await review()).toMatchObject({ structured: { approved: true } });
    expect(await review()).toMatchObject({ structured: { approved: true } });
    expect(await run(agent, { purpose: "gap-analysis" })).toMatchObject({
      structured: { implemented: [claim] },
    });
  });

  it("works on the ticket that the prompt names first, and DEMO-10 is not DEMO-1", async () => {
    const agent = await agentFor({ tickets: { "DEMO-1": ticket("one"), "DEMO-10": ticket("ten") } });
    await run(agent, { prompt: "Work on DEMO-10, which needs DEMO-1" });
    expect(await readFile(join(clone, "src/greet.js"), "utf8")).toBe("ten");
  });

  it("stops in the middle of a step", async () => {
    const agent = await agentFor({ tickets: { "DEMO-1": { ...ticket("one"), secondsPerStep: 60 } } });
    const outcome = await run(agent, { signal: AbortSignal.timeout(50) });
    expect(outcome).toMatchObject({ kind: "stopped" });
  });

  it("names a ticket's absence, a broken script and a missing one", async () => {
    const agent = await agentFor({ tickets: {} });
    const messageOf = async (): Promise<string> => {
      const outcome = await run(agent, {});
      return outcome.kind === "failed" ? outcome.message : "";
    };
    expect(await messageOf()).toContain(`${scriptPath} has no ticket of this prompt`);
    await writeFile(scriptPath, '{"tickets": {"DEMO-1": {}}}');
    expect(await messageOf()).toMatch(/script\.json cannot be used.*/s);
    await rm(scriptPath);
    expect(await messageOf()).toContain("ENOENT");
  });

  it("does not edit in a read-only session", async () => {
    const agent = await agentFor({ tickets: { "DEMO-1": ticket("one") } });
    expect(await run(agent, { access: "read-only" })).toMatchObject({ reason: "permission-denied" });
  });

  it.each([
    ["../outside", "leads out of the repository"],
    ["/outside", "leads out of the repository"],
    [".git/hooks/pre-commit", "lies inside .git"],
    ["link/outside", "leads through a symbolic link"],
    ["linked-file", "is there and not a file"],
  ])("§11 never writes %s", async (path, why) => {
    const outside = join(folder, "elsewhere");
    await mkdir(outside);
    await symlink(outside, join(clone, "link"));
    await symlink(join(outside, "file"), join(clone, "linked-file"));
    const iterations = [{ edits: [{ path, content: "x" }], summary: "s" }];
    const agent = await agentFor({ tickets: { "DEMO-1": { ...ticket("one"), iterations } } });
    const outcome = await run(agent, {});
    expect(outcome).toMatchObject({ kind: "failed", reason: "unexpected" });
    if (outcome.kind === "failed") expect(outcome.message).toContain(why);
  });
});
