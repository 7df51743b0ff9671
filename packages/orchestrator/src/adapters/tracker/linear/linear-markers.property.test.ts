import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stages, type WantedStage } from "../../../core/ticket.ts";
import { type LinearScene, linearSchema, openLinear } from "./testing/linear-scene.ts";

type Step =
  | { readonly kind: "stage"; readonly stage: WantedStage }
  | { readonly kind: "label" | "unlabel"; readonly name: string }
  | { readonly kind: "move"; readonly to: "unstarted" | "started" | "completed" | "canceled" };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<WantedStage>(...stages, "awaiting-approval", "cleared").map(stageStep),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom("label" as const, "unlabel" as const),
      name: fc.constantFrom("AI-Implement", "Bug", "Plan-Approved", "AI-Working", "Ready for Review"),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant("move" as const),
      to: fc.constantFrom(
        "unstarted" as const,
        "started" as const,
        "completed" as const,
        "canceled" as const,
      ),
    }),
  },
);

function stageStep(stage: WantedStage): Step {
  return { kind: "stage", stage };
}

const working = ["AI-Planning", "AI-Working", "Ready for Review"];

describe.skipIf(linearSchema === null)("§7.1 whatever people do between our stages", () => {
  let scene: LinearScene;
  beforeAll(async () => {
    scene = await openLinear();
    for (const name of ["Bug", "Plan-Approved", "AI-Working", "Ready for Review"])
      scene.emulator.workspace.addLabel({ name });
  });
  afterAll(async () => {
    await scene.close();
  });

  const take = async (issueId: string, each: Step): Promise<void> => {
    const { workspace } = scene.emulator;
    switch (each.kind) {
      case "label":
        workspace.label(issueId, [each.name]);
        return;
      case "unlabel":
        if (scene.labels(issueId).includes(each.name)) workspace.unlabel(issueId, [each.name]);
        return;
      case "move":
        workspace.moveToState(issueId, each.to);
        return;
      case "stage":
        await takeStage(issueId, each.stage);
    }
  };

  const takeStage = async (issueId: string, stage: WantedStage): Promise<void> => {
    const before = scene.labels(issueId);
    await scene.setStage(issueId, stage);
    const after = scene.labels(issueId);
    for (const name of ["AI-Implement", "Bug", "Plan-Approved"])
      expect(after.includes(name)).toBe(before.includes(name));
    if (before.includes("Plan-Complete")) expect(after).toContain("Plan-Complete");
    expect(after.filter((name) => working.includes(name)).length).toBeLessThanOrEqual(1);
    expect(await scene.operationsDuring(() => scene.setStage(issueId, stage))).not.toContain("Write");
  };

  test("their labels stay, at most one of ours is left, and the same stage again writes nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const issue = scene.emulator.workspace.addIssue({
          teamKey: "ACME",
          title: "A title",
          labels: ["AI-Implement"],
        });
        for (const each of steps) await take(issue.id, each);
        scene.emulator.workspace.deleteIssue(issue.id);
      }),
      { numRuns: 40 },
    );
  }, 60_000);
});
