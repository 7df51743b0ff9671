import { LinearClient } from "@linear/sdk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { apiKey, type LinearScene, linearSchema, openLinear } from "./testing/linear-scene.ts";

describe.skipIf(linearSchema === null)("§7.1 Linear's own client", () => {
  let scene: LinearScene;
  beforeEach(async () => {
    scene = await openLinear();
  });
  afterEach(async () => {
    await scene.close();
  });

  test("reads the labels, the state and the comments that we wrote", async () => {
    const { id } = scene.emulator.workspace.addIssue({
      teamKey: "ACME",
      title: "A title",
      labels: ["AI-Implement", "Bug"],
    });
    await scene.setStage(id, "plan-complete");
    await scene.setStage(id, "implementing");
    await scene.comment(id, "## Plan\n\n- one `word`", "comment:1");
    await scene.comment(id, "The pull request", "comment:2");

    const client = new LinearClient({ apiKey, apiUrl: scene.emulator.url });
    const issue = await client.issue(id);
    const names = new Map(scene.emulator.workspace.labels().map((label) => [label.id, label.name]));
    expect(issue.labelIds.map((labelId) => names.get(labelId)).sort()).toEqual([
      "AI-Implement",
      "AI-Working",
      "Bug",
      "Plan-Complete",
    ]);
    expect(await issue.state).toMatchObject({ name: "In Progress", type: "started" });
    const comments = await issue.comments();
    expect(comments.nodes.map(({ body }) => body).sort()).toEqual([
      "## Plan\n\n- one `word`",
      "The pull request",
    ]);
  });
});
