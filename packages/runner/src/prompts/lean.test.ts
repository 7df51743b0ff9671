import type { GapAnalysis, Revision } from "@ai-implement/contracts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeAgent } from "../testing/fake-agent.ts";
import { runSample } from "../testing/run-sample.ts";
import { sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, type SampleRemote, writeFiles } from "../testing/sample-remote.ts";
import { createFence } from "./fence.ts";
import { gapAnalysisPrompt } from "./gap-analysis.ts";
import { findingsPrompt, implementPrompt } from "./implement.ts";
import { explorePrompt, planPrompt } from "./plan.ts";
import { answerAgainPrompt, reviewPrompt } from "./review.ts";
import { revisePrompt } from "./revise.ts";

const fence = createFence("data-0123456789abcdef");
const plan = { sections: [{ kind: "architecture" as const, body: "PLANNED: one module." }] };
const gapAnalysis: GapAnalysis = { implemented: [], gaps: [{ claim: "no goodbye" }], manualSteps: [] };
const revision: Revision = {
  pullRequest: 7,
  gapAnalysis,
  feedback: [{ kind: "command", author: "olga", body: "say goodbye", url: "https://forge.example/7" }],
};
const job = {
  ...sampleJob("/x", { plan }),
  ticket: {
    ...sampleJob("/x").ticket,
    relatives: [{ identifier: "ENG-0", title: "Epic", relation: "parent" as const }],
  },
};
const diff = { text: "+hello", truncated: true };

/** What is not somebody else's text; a fence counts as a word. */
const ownWords = (prompt: string): number =>
  prompt
    .replace(/<(data-\w+)[^>]*>\n[\s\S]*?\n<\/\1>/g, "fenced")
    .split(/\s+/)
    .filter(Boolean).length;

describe("prompts are lean (§10.2)", () => {
  it.each([
    ["explore", explorePrompt(job, "", fence), 70],
    ["plan", planPrompt(job), 80],
    ["implement", implementPrompt(job, "", fence), 90],
    ["findings", findingsPrompt(["louder"], fence), 60],
    ["revise", revisePrompt({ ...job, revision }, revision, "", fence), 230],
    ["review", reviewPrompt(job, diff, fence), 110],
    ["review of a revision", reviewPrompt({ ...job, revision }, diff, fence), 150],
    ["gap-analysis", gapAnalysisPrompt(job, diff, fence), 110],
    ["answer again", answerAgainPrompt, 25],
  ])("%s: our own words are few", (_, prompt, most) => {
    expect(ownWords(prompt)).toBeLessThanOrEqual(most);
  });

  it("give the reviewer and the gap analysis only what they need", () => {
    const review = reviewPrompt(job, diff, fence);
    const gaps = gapAnalysisPrompt({ ...job, revision }, diff, fence);
    expect(review).toContain("PLANNED");
    for (const alien of ["Epic", "say goodbye"]) expect(review).not.toContain(alien);
    for (const alien of ["Epic", "say goodbye", "PLANNED", "no goodbye"]) expect(gaps).not.toContain(alien);
  });
});

describe("the context of a ticket (§10.1)", () => {
  let remote: SampleRemote;
  beforeEach(async () => {
    remote = await createSampleRemote({
      "WORKFLOW.md": "Mind our MANNERS.\n",
      "PLANNING.md": "Mind our MANNERS.\n",
    });
  });
  afterEach(() => remote.remove());

  /** All prompts of each session, one after the other. */
  const sessionsOf = (
    requests: readonly { readonly prompt: string; readonly resume?: string }[],
  ): readonly string[] => {
    const sessions = new Map<string, string>();
    requests.forEach(({ prompt, resume }, index) => {
      const session = resume ?? `session-${index + 1}`;
      sessions.set(session, `${sessions.get(session) ?? ""}\n${prompt}`);
    });
    return [...sessions.values()];
  };

  it("is sent once for each session, however many rounds it goes on", async () => {
    let rounds = 0;
    const agent = createFakeAgent({
      implement: async ({ directory }) => {
        rounds += 1;
        await writeFiles(directory, { "greeting.txt": `${rounds}\n` });
        return {};
      },
      review: () => ({ structured: { approved: rounds === 3, findings: rounds === 3 ? [] : ["no"] } }),
      "gap-analysis": () => ({ text: "no JSON" }),
    });
    const sample = sampleJob(remote.url, { plan });
    await runSample(remote, { ...sample, limits: { ...sample.limits, maxIterations: 3 } }, agent);
    const sessions = sessionsOf(agent.requests);
    expect(agent.requests).toHaveLength(8);
    // One that implements, three that review, and one gap analysis that is asked twice.
    expect(sessions).toHaveLength(5);
    for (const session of sessions)
      expect(session.split("The program should greet its user.")).toHaveLength(2);
    expect(sessions.filter((session) => session.includes("MANNERS"))).toHaveLength(1);
    expect(sessions[0]?.split("PLANNED")).toHaveLength(2);
  });

  it("is sent once to plan", async () => {
    const agent = createFakeAgent({});
    await runSample(remote, sampleJob(remote.url, { phase: "plan" }), agent);
    const sessions = sessionsOf(agent.requests);
    expect(agent.requests).toHaveLength(2);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.split("The program should greet its user.")).toHaveLength(2);
  });
});
