import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LinearScene, linearSchema, openLinear } from "./testing/linear-scene.ts";

describe.skipIf(linearSchema === null)("§7.1 labels that people retire, group or double", () => {
  let scene: LinearScene;
  beforeEach(async () => {
    scene = await openLinear();
  });
  afterEach(async () => {
    await scene.close();
  });
  const add = (labels: readonly string[] = ["AI-Implement"]) =>
    scene.emulator.workspace.addIssue({ teamKey: "ACME", title: "A title", labels });
  const idOf = (name: string): string =>
    scene.emulator.workspace.labels().find((label) => label.name === name)?.id ?? "";

  test("a retired label still means what it says, and is taken off", async () => {
    const { id } = add(["AI-Implement", "AI-Working"]);
    scene.emulator.workspace.retireLabel(idOf("AI-Implement"));
    scene.emulator.workspace.retireLabel(idOf("AI-Working"));
    expect(await scene.listed()).toMatchObject([{ stage: "implementing" }]);
    await scene.setStage(id, "cleared");
    expect(scene.labels(id)).toEqual(["AI-Implement"]);
  });

  test("a retired label is not put on: the ticket waits for a person, and is told how; then it goes out", async () => {
    const { id } = add();
    const retired = scene.emulator.workspace.addLabel({ name: "AI-Planning" });
    scene.emulator.workspace.retireLabel(retired);
    await expect(scene.setStage(id, "planning")).rejects.toMatchObject({
      retryable: true,
      message: expect.stringContaining("restore it in Linear") as unknown,
    });
    expect(scene.labels(id)).toEqual(["AI-Implement"]);
    scene.emulator.workspace.restoreLabel(retired);
    await scene.another().check(null);
    await scene.tracker.check(null);
    await scene.setStage(id, "planning");
    expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Planning"]);
  });

  test("one that is retired between our look and our write fails no other, and waits for a person", async () => {
    const [one, other] = [add(), add()];
    await scene.setStage(one.id, "planning", "first");
    await scene.setStage(one.id, "cleared");
    let retired = false;
    scene.emulator.setFaults(({ operation }) => {
      if (operation === "Write" && !retired) scene.emulator.workspace.retireLabel(idOf("AI-Planning"));
      retired ||= operation === "Write";
      return null;
    });
    const settled = await Promise.allSettled([
      scene.setStage(one.id, "planning", "second"),
      scene.comment(other.id, "Hello", "comment:1"),
    ]);
    expect(settled).toMatchObject([
      { status: "rejected", reason: { retryable: true } },
      { status: "fulfilled" },
    ]);
  });

  test("a group with the name of a label is no label, and none is made beside it", async () => {
    const { id } = add();
    scene.emulator.workspace.addLabel({ name: "AI-Planning", isGroup: true });
    const operations = await scene.operationsDuring(async () => {
      await expect(scene.setStage(id, "planning")).rejects.toMatchObject({
        retryable: true,
        message: expect.stringContaining("if it is a group") as unknown,
      });
    });
    expect(operations).toEqual(["Targets", "Workspace"]);
  });

  test("our labels in one group: nothing is sent that Linear would refuse, and the group is named", async () => {
    const { workspace } = scene.emulator;
    const { id } = add();
    const group = workspace.addLabel({ name: "Robots", isGroup: true });
    workspace.addLabel({ name: "AI-Planning", groupId: group });
    workspace.groupLabel(idOf("AI-Implement"), group);
    const operations = await scene.operationsDuring(async () => {
      await expect(scene.setStage(id, "planning")).rejects.toMatchObject({
        retryable: true,
        message: expect.stringMatching(/AI-Implement.+"Robots".+out of that group/) as unknown,
      });
    });
    expect(operations).toEqual(["Targets", "Workspace"]);
  });

  test("the labels that follow each other may share a group: they are swapped in one update", async () => {
    const { workspace } = scene.emulator;
    const { id } = add();
    const group = workspace.addLabel({ name: "Robots", isGroup: true });
    for (const name of ["AI-Planning", "AI-Working", "Ready for Review"])
      workspace.addLabel({ name, groupId: group });
    for (const stage of ["planning", "implementing", "pr-open"] as const) await scene.setStage(id, stage);
    expect(scene.labels(id)).toEqual(["AI-Implement", "Ready for Review"]);
  });

  test("a stranger's label in our group: only Linear knows, a person is told, and the others go out", async () => {
    const { workspace } = scene.emulator;
    const group = workspace.addLabel({ name: "Robots", isGroup: true });
    workspace.addLabel({ name: "Hoover", groupId: group });
    workspace.addLabel({ name: "AI-Planning", groupId: group });
    const [free, taken, another] = [add(), add(["AI-Implement", "Hoover"]), add()];
    const settled = await Promise.allSettled(
      [free, taken, another].map(({ id }) => scene.setStage(id, "planning", id)),
    );
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(settled[1]).toMatchObject({
      reason: { retryable: true, message: expect.stringContaining("same group as 'Hoover'") as unknown },
    });
    expect(scene.labels(taken.id)).toEqual(["AI-Implement", "Hoover"]);
  });

  test("two labels of one name, the team's and the workspace's, are one: both mark, both are taken off", async () => {
    const { workspace } = scene.emulator;
    const { id } = add(["AI-Implement", "AI-Working"]);
    workspace.addLabel({ name: "AI-Working", teamKey: "ACME" });
    workspace.label(id, ["AI-Working"]);
    expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Working", "AI-Working"]);
    await scene.setStage(id, "cleared");
    expect(scene.labels(id)).toEqual(["AI-Implement"]);
  });

  test("10,000 labels of other people cost no more than none", async () => {
    const { workspace } = scene.emulator;
    const names = Array.from({ length: 10_000 }, (_, index) => `Label ${index}`);
    for (const name of names) workspace.addLabel({ name });
    const { id } = add(["AI-Implement", ...names.slice(0, 200)]);
    expect(await scene.operationsDuring(scene.listed)).toEqual(["Issues", "Workspace"]);
    expect(await scene.operationsDuring(scene.listed)).toEqual(["Issues"]);
    expect(await scene.operationsDuring(() => scene.setStage(id, "planning"))).toEqual([
      "Targets",
      "CreateLabels",
      "Write",
    ]);
    expect(scene.labels(id)).toHaveLength(202);
  }, 60_000);

  test("an unmarking in the very moment of our write stands, and what we put on is taken off", async () => {
    const { id } = add();
    scene.emulator.setFaults(({ operation }) => {
      if (operation === "Write") scene.emulator.workspace.unlabel(id, ["AI-Implement"]);
      return null;
    });
    await scene.setStage(id, "planning");
    expect(scene.labels(id)).toEqual(["AI-Planning"]);
    expect(await scene.listed()).toEqual([]);
    const found = await scene.tracker.lookUp([`linear:${id}`], []);
    expect(found.get(`linear:${id}`)).toMatchObject({ marked: false });
    await scene.setStage(id, "cleared");
    expect(scene.labels(id)).toEqual([]);
  });

  test("a label that was renamed to ours a moment ago marks its tickets at once", async () => {
    const { workspace } = scene.emulator;
    add();
    const issue = add(["AI-Implement", "Soon ours"]);
    workspace.unlabel(issue.id, ["AI-Implement"]);
    workspace.label(issue.id, []);
    await scene.listed();
    const looked = await scene.tracker.lookUp([`linear:${issue.id}`], []);
    expect(looked.get(`linear:${issue.id}`)).toMatchObject({ marked: false });
    await rename(idOf("AI-Implement"), "No longer ours");
    await rename(idOf("Soon ours"), "AI-Implement");
    expect(await scene.listed()).toMatchObject([{ id: `linear:${issue.id}` }]);
  });

  const rename = (id: string, name: string) =>
    fetch(scene.emulator.url, {
      method: "POST",
      headers: { authorization: "lin_api_emulator", "content-type": "application/json" },
      body: JSON.stringify({
        query:
          "mutation Rename($id: String!, $input: IssueLabelUpdateInput!) { issueLabelUpdate(id: $id, input: $input) { success } }",
        variables: { id, input: { name } },
      }),
    });
});
