import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createFakeAgent } from "../testing/fake-agent.ts";
import { runSample } from "../testing/run-sample.ts";
import { sampleJob } from "../testing/sample-job.ts";
import { createSampleRemote, type SampleRemote } from "../testing/sample-remote.ts";

let remote: SampleRemote;
beforeEach(async () => {
  remote = await createSampleRemote({ "src/greet.ts": "x\n" });
});
afterEach(() => remote.remove());

const planned = async (structured: unknown, relatives: boolean = false) => {
  const sample = sampleJob(remote.url, { phase: "plan" });
  const relative = { identifier: "ENG-0", title: "Epic", relation: "parent" as const };
  const ticket = { ...sample.ticket, relatives: relatives ? [relative] : [] };
  const agent = createFakeAgent({ plan: () => ({ structured }) });
  return { agent, ...(await runSample(remote, { ...sample, ticket }, agent)) };
};
const architecture = { kind: "architecture", body: "one module" };

describe("a plan (§10.3)", () => {
  it("has work units with titles and files, marks the files that are not there yet, and leaves out what leads out", async () => {
    const { report } = await planned({
      sections: [{ kind: "tests", body: "one test" }, architecture],
      workUnits: [
        { title: "Greet\nby name", files: ["src/greet.ts", "src/name.ts"], body: "First this.\nThen that." },
        { title: "Tell people", files: [] },
        { title: "Escape", files: ["../../etc/passwd", "`x`"] },
      ],
    });
    expect(report).toMatchObject({
      outcome: "planned",
      plan: {
        sections: [
          { kind: "architecture" },
          { kind: "tests" },
          {
            kind: "work-units",
            body: [
              "1. **Greet by name**: `src/greet.ts`, `src/name.ts` (new)",
              "   First this.",
              "   Then that.",
              "2. **Tell people**",
              "3. **Escape**: `x` (new)",
            ].join("\n"),
          },
        ],
      },
    });
  });

  it("has its sections in a fixed order, each once, and the last only where there are relatives", async () => {
    const sections = [
      { kind: "context", body: "c" },
      { kind: "work-units", body: "w" },
      architecture,
      architecture,
    ];
    const kinds = async (relatives: boolean) => {
      const { report } = await planned({ sections }, relatives);
      return report.outcome === "planned" ? report.plan.sections.map(({ kind }) => kind) : [];
    };
    expect(await kinds(false)).toEqual(["architecture", "work-units"]);
    expect(await kinds(true)).toEqual(["architecture", "work-units", "context"]);
  });

  it("that is not in the asked-for form is asked for once more, and then named", async () => {
    const { report, agent } = await planned({ sections: [{ kind: "poem", body: "x" }] });
    expect(agent.requests).toHaveLength(3);
    expect(report).toMatchObject({ outcome: "failed", reason: "agent-failed" });
  });
});
