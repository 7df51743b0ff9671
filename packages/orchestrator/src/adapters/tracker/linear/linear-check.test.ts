import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { SetupFinding } from "../../../ports/tracker.ts";
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
      subject: "the team SHOP",
      problem: { what: expect.stringContaining("ACME") as unknown },
    });
    const misspelt = await scene.tracker.check(contractProject({ kind: "linear" }, "acme"));
    expect(problems(misspelt)[0]?.problem?.fix).toContain("ACME");
  });

  test("a Linear that cannot be reached is a finding, not an error", async () => {
    const nowhere = scene.another({ apiUrl: "http://127.0.0.1:1/graphql" });
    expect(problems(await nowhere.check(scene.project))).toEqual([
      expect.objectContaining({ subject: "LINEAR_API_KEY" }),
    ]);
  });
});
