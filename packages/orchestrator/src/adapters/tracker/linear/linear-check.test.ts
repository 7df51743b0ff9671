import type { Fault } from "@ai-implement/emulators/shared/faults.ts";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SetupFinding } from "../../../ports/setup-finding.ts";
import { contractProject } from "../contract-project.ts";
import { type LinearScene, linearSchema, openLinear } from "./testing/linear-scene.ts";

const problems = (findings: readonly SetupFinding[]) => findings.filter(({ problem }) => problem !== null);

describe.skipIf(linearSchema === null)("§7 what has to be right in Linear", () => {
  let scene: LinearScene;
  beforeEach(async () => {
    scene = await openLinear({ readOnlyKey: "lin_api_reader" });
  });
  afterEach(async () => {
    await scene.close();
  });

  test("everything that was looked at is named, the owner of the key too", async () => {
    const findings = await scene.tracker.check(scene.project);
    expect(problems(findings)).toEqual([]);
    expect(findings.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^LINEAR_API_KEY \(.+ in .+\)$/),
      "LINEAR_API_KEY, permission to write",
      "the team ACME",
      "the label AI-Implement",
      "the labels that AI-Implement sets",
      "a started state of the team ACME",
      "a completed state of the team ACME",
    ]);
  });

  test("nothing is changed or made by looking", async () => {
    const before = scene.emulator.workspace.labels();
    await scene.tracker.check(scene.project);
    expect(scene.emulator.workspace.labels()).toEqual(before);
  });

  test("a wrong key", async () => {
    const findings = await scene.another({ apiKey: "lin_api_wrong" }).check(scene.project);
    expect(findings).toEqual([
      {
        subject: "LINEAR_API_KEY",
        problem: {
          what: expect.stringContaining("not accepted") as unknown,
          fix: expect.any(String) as unknown,
        },
      },
    ]);
    expect(JSON.stringify(findings)).not.toContain("lin_api_wrong");
  });

  test("a key that may not write", async () => {
    const reader = scene.another({ apiKey: "lin_api_reader" });
    expect(problems(await reader.check(null))).toEqual([
      expect.objectContaining({ subject: "LINEAR_API_KEY, permission to write" }),
    ]);
  });

  test("a missing label, with the page where it is made", async () => {
    await scene.close();
    scene = await openLinear({ withoutMark: true });
    for (const project of [null, scene.project]) {
      const [problem, ...others] = problems(await scene.tracker.check(project));
      expect(others).toEqual([]);
      expect(problem?.subject).toBe("the label AI-Implement");
      expect(problem?.problem?.fix).toMatch(/https:\/\/linear\.app\/.+\/settings\/issue-labels/);
    }
  });

  test("a team that the key does not see, with those that it sees", async () => {
    const missing = await scene.tracker.check(contractProject({ kind: "linear" }, "SHOP"));
    expect(problems(missing)[0]).toMatchObject({
      subject: "teamKey",
      problem: { what: expect.stringContaining("ACME") as unknown },
    });
    const misspelt = await scene.tracker.check(contractProject({ kind: "linear" }, "acme"));
    expect(problems(misspelt)[0]?.problem?.fix).toContain("ACME");
  });

  test("a Linear that cannot be reached is a finding, not an error", async () => {
    const nowhere = scene.another({ apiUrl: "http://127.0.0.1:1/graphql" });
    expect(problems(await nowhere.check(scene.project))).toEqual([
      {
        subject: "LINEAR_API_URL",
        problem: {
          what: expect.any(String) as unknown,
          fix: expect.stringContaining("LINEAR_API_URL") as unknown,
        },
      },
    ]);
  });

  test.each<[string, Fault]>([
    ["its rate limit is spent", { kind: "rate-limited", resetMs: 60_000 }],
    ["it does not answer", { kind: "hang" }],
    ["it answers that it cannot", { kind: "server-error" }],
  ])("what is over by itself asks for patience, not for another setting: %s", async (_, fault) => {
    for (const operation of ["Account", "Workspace"]) {
      scene.emulator.setFaults((request) => (request.operation === operation ? fault : null));
      const patient = scene.another({ gate: { timeoutMs: 100, retries: 0 } });
      const [problem, ...others] = problems(await patient.check(scene.project));
      expect(others).toEqual([]);
      expect(problem).toMatchObject({ subject: "Linear", problem: { fix: "Wait and check again." } });
    }
  });

  test("§7.1 labels of ours in one group exclude each other: they are named, with the group and the way out", async () => {
    const { workspace } = scene.emulator;
    const group = workspace.addLabel({ name: "Robots", isGroup: true });
    workspace.addLabel({ name: "AI-Working", groupId: group });
    const mark = workspace.labels().find(({ name }) => name === "AI-Implement")?.id ?? "";
    expect(problems(await scene.tracker.check(scene.project))).toEqual([]);
    workspace.groupLabel(mark, group);
    for (const project of [null, scene.project]) {
      const [problem, ...others] = problems(await scene.tracker.check(project));
      expect(others).toEqual([]);
      expect(problem?.problem?.what).toMatch(
        /AI-(Implement|Working), AI-(Implement|Working) are in one group, "Robots"/,
      );
      expect(problem?.problem?.fix).toMatch(/^Move them out of the group: https:.+issue-labels$/);
    }
    workspace.groupLabel(mark, null);
    expect(problems(await scene.tracker.check(scene.project))).toEqual([]);
  });

  test("§7.1 a label that is retired, or is a group, is named; a team's own that works takes its place", async () => {
    const { workspace } = scene.emulator;
    const mark = workspace.labels().find(({ name }) => name === "AI-Implement")?.id ?? "";
    workspace.retireLabel(mark);
    workspace.addLabel({ name: "Ready for Review", isGroup: true });
    for (const project of [null, scene.project])
      expect(problems(await scene.tracker.check(project))).toEqual([
        {
          subject: "the label AI-Implement",
          problem: {
            what: expect.stringContaining("retired") as unknown,
            fix: expect.stringMatching(/^Restore the label.+issue-labels$/) as unknown,
          },
        },
        {
          subject: "the labels that AI-Implement sets",
          problem: {
            what: expect.stringContaining("Ready for Review") as unknown,
            fix: expect.stringContaining("group") as unknown,
          },
        },
      ]);
    workspace.addLabel({ name: "Ready for Review", teamKey: "ACME" });
    workspace.addLabel({ name: "AI-Implement", teamKey: "ACME" });
    expect(problems(await scene.tracker.check(scene.project))).toEqual([]);
  });
});
