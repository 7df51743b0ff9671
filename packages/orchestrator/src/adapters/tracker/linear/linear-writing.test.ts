import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type LinearScene, linearSchema, openLinear } from "./testing/linear-scene.ts";

describe.skipIf(linearSchema === null)("writing to Linear", () => {
  let scene: LinearScene;
  beforeEach(async () => {
    scene = await openLinear();
  });
  afterEach(async () => {
    await scene.close();
  });
  const add = (labels: readonly string[] = ["AI-Implement"], teamKey = "ACME") =>
    scene.emulator.workspace.addIssue({ teamKey, title: "A title", labels });
  const stateOf = (issueId: string) => scene.emulator.workspace.issue(issueId)?.state;

  test("§7.2 100 stage changes at once take at most five requests, in aliased mutations", async () => {
    const issues = Array.from({ length: 100 }, () => add());
    const operations = await scene.operationsDuring(() =>
      Promise.all(issues.map(({ id }) => scene.setStage(id, "implementing", id))),
    );
    expect(operations).toEqual(["Targets", "Workspace", "CreateLabels", "Write", "Write"]);
    for (const { id } of issues) {
      expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Working"]);
      expect(stateOf(id)).toMatchObject({ name: "In Progress", type: "started" });
    }
  });

  test("§9 a change that alters nothing sends nothing", async () => {
    const { id } = add();
    await scene.setStage(id, "planning");
    expect(await scene.operationsDuring(() => scene.setStage(id, "planning"))).toEqual(["Targets"]);
    await scene.comment(id, "Hello", "comment:1");
    expect(await scene.operationsDuring(() => scene.comment(id, "Hello", "comment:1"))).toEqual(["Targets"]);
  });

  test("§11.6 what a stranger wrote is never part of a document", async () => {
    const { id } = add();
    const hostile = '"}) { success } other: issueDelete(id: "x") { success } #';
    await scene.comment(id, hostile, "comment:1");
    expect(scene.emulator.workspace.comments(id)).toEqual([hostile]);
    for (const { document } of scene.emulator.requests()) expect(document).not.toContain("issueDelete");
  });

  test("§7.2 labels of a person survive, those that are added while we write too", async () => {
    const { id } = add(["AI-Implement", "Bug"]);
    await scene.setStage(id, "planning");
    // Between our look and our write.
    scene.emulator.setFaults(({ operation }) => {
      if (operation === "Write") scene.emulator.workspace.label(id, ["Urgent"]);
      return null;
    });
    await scene.setStage(id, "implementing");
    expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Working", "Bug", "Urgent"]);
  });

  test("§7.1 Linear's markers of a whole life", async () => {
    const { id } = add();
    await scene.setStage(id, "planning");
    expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Planning"]);
    await scene.setStage(id, "plan-complete");
    expect(scene.labels(id)).toEqual(["AI-Implement", "Plan-Complete"]);
    expect(stateOf(id)?.type).toBe("unstarted");
    await scene.setStage(id, "implementing");
    expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Working", "Plan-Complete"]);
    expect(stateOf(id)?.name).toBe("In Progress");
    await scene.setStage(id, "pr-open");
    expect(scene.labels(id)).toEqual(["AI-Implement", "Plan-Complete", "Ready for Review"]);
    await scene.setStage(id, "merged");
    expect(scene.labels(id)).toEqual(["AI-Implement", "Plan-Complete"]);
    expect(stateOf(id)).toMatchObject({ name: "Done", type: "completed" });
  });

  test("§7.1 a failed ticket keeps the person's labels and its plan", async () => {
    const { id } = add(["AI-Implement", "Bug", "Plan-Complete"]);
    await scene.setStage(id, "implementing");
    await scene.setStage(id, "implementing-failed");
    expect(scene.labels(id)).toEqual(["AI-Implement", "Bug", "Plan-Complete"]);
  });

  test("§7.1 a plan that waits for approval finds its label, and an approval is not undone", async () => {
    const { id } = add();
    await scene.setStage(id, "awaiting-approval");
    expect(scene.emulator.workspace.labels().map(({ name }) => name)).toContain("Plan-Approved");
    expect(scene.labels(id)).toEqual(["AI-Implement", "Plan-Complete"]);
    scene.emulator.workspace.label(id, ["Plan-Approved"]);
    await scene.setStage(id, "awaiting-approval", "again");
    expect(scene.labels(id)).toEqual(["AI-Implement", "Plan-Approved", "Plan-Complete"]);
    expect((await scene.listed())[0]).toMatchObject({ stage: "plan-complete", planApproved: true });
  });

  test("§7.1 missing labels are made once, for the workspace; AI-Implement never is", async () => {
    const { id } = add();
    for (const stage of ["planning", "plan-complete", "implementing", "pr-open"] as const)
      await scene.setStage(id, stage);
    const made = scene.emulator.workspace.labels().map(({ name, teamKey }) => [name, teamKey]);
    expect(made.sort()).toEqual([
      ["AI-Implement", null],
      ["AI-Planning", null],
      ["AI-Working", null],
      ["Plan-Complete", null],
      ["Ready for Review", null],
    ]);
  });

  test("§7.1 a team's own label wins over the workspace's, and a team without one gets its own", async () => {
    const { workspace } = scene.emulator;
    workspace.addTeam({ key: "SHOP" });
    workspace.addTeam({ key: "BLOG" });
    const shops = workspace.addLabel({ name: "AI-Planning", teamKey: "SHOP" });
    const [shop, blog] = [add(["AI-Implement"], "SHOP"), add(["AI-Implement"], "BLOG")];
    await Promise.all([
      scene.setStage(shop.id, "planning", "shop"),
      scene.setStage(blog.id, "planning", "blog"),
    ]);
    expect([scene.labels(shop.id), scene.labels(blog.id)]).toEqual([
      ["AI-Implement", "AI-Planning"],
      ["AI-Implement", "AI-Planning"],
    ]);
    const planning = workspace.labels().filter(({ name }) => name === "AI-Planning");
    expect(planning.map(({ teamKey }) => teamKey).sort()).toEqual(["BLOG", "SHOP"]);
    expect(planning.find(({ teamKey }) => teamKey === "SHOP")?.id).toBe(shops);
  });

  test("§7.1 a label that somebody else made first is used", async () => {
    const { id } = add();
    await scene.setStage(id, "planning");
    // After we looked, and before we make it.
    scene.emulator.setFaults(({ operation }) => {
      if (operation === "CreateLabels") scene.emulator.workspace.addLabel({ name: "AI-Working" });
      return null;
    });
    await scene.setStage(id, "implementing");
    expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Working"]);
    const made = scene.emulator.workspace.labels().filter(({ name }) => name === "AI-Working");
    expect(made).toHaveLength(1);
  });

  test("§9 a deleted ticket in a batch fails for good, and holds up no other", async () => {
    const issues = [add(), add(), add()];
    const [, gone] = issues;
    if (gone === undefined) throw new Error("There is no issue.");
    await scene.listed();
    // After our look, so that only the mutation finds out.
    scene.emulator.setFaults(({ operation }) => {
      const { workspace } = scene.emulator;
      if (operation === "Write" && workspace.issue(gone.id) !== null) workspace.deleteIssue(gone.id);
      return null;
    });
    const settled = await Promise.allSettled([
      ...issues.map(({ id }) => scene.setStage(id, "planning", id)),
      ...issues.map(({ id }) => scene.comment(id, "Hello", `comment:${id}`)),
    ]);
    expect(settled.map(({ status }) => status)).toEqual([
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
    ]);
    for (const result of settled)
      if (result.status === "rejected") expect(result.reason).toMatchObject({ retryable: false });
    for (const { id } of issues.filter((each) => each !== gone)) {
      expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Planning"]);
      expect(scene.emulator.workspace.comments(id)).toEqual(["Hello"]);
    }
  });

  test("§9 a comment that Linear refuses fails alone", async () => {
    const { id } = add();
    const settled = await Promise.allSettled([
      scene.comment(id, "First", "comment:1"),
      scene.comment(id, "", "comment:2"),
      scene.comment(id, "Third", "comment:3"),
    ]);
    expect(settled.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(scene.emulator.workspace.comments(id)).toEqual(["First", "Third"]);
  });

  test("§9 the same comment twice in one batch is delivered once, and both hear so", async () => {
    const { id } = add();
    await Promise.all([
      scene.comment(id, "Hello", "comment:1"),
      scene.comment(id, "Hello", "comment:1"),
      scene.comment(id, "Next", "comment:2"),
    ]);
    expect(scene.emulator.workspace.comments(id)).toEqual(["Hello", "Next"]);
  });

  test("§9 the stages of one ticket that arrive together follow each other", async () => {
    const { id } = add();
    await Promise.all(
      (["planning", "plan-complete", "implementing"] as const).map((stage) => scene.setStage(id, stage)),
    );
    expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Working", "Plan-Complete"]);
  });

  test("§7.1 a label that a person deleted since is made again", async () => {
    const { id } = add();
    await scene.setStage(id, "planning");
    const label = scene.emulator.workspace.labels().find(({ name }) => name === "AI-Planning");
    await fetch(scene.emulator.url, {
      method: "POST",
      headers: { authorization: "lin_api_emulator", "content-type": "application/json" },
      body: JSON.stringify({
        query: "mutation Delete($id: String!) { issueLabelDelete(id: $id) { success } }",
        variables: { id: label?.id },
      }),
    });
    expect(scene.labels(id)).toEqual(["AI-Implement"]);
    await scene.setStage(id, "planning", "again");
    expect(scene.labels(id)).toEqual(["AI-Implement", "AI-Planning"]);
  });

  test("a look that is read-only refuses to write, and sends nothing", async () => {
    const { id } = add();
    const looking = scene.another({ readOnly: true });
    const ticket = {
      id: `linear:${id}`,
      tracker: "linear",
      scope: "ACME",
      identifier: "ACME-1",
    } as const;
    const operations = await scene.operationsDuring(async () => {
      const write = looking.apply({ kind: "stage", ticket, stage: "planning" }, "stage:1");
      await expect(write).rejects.toMatchObject({ name: "DeliveryError" });
    });
    expect(operations).toEqual([]);
  });

  test("a ticket of another tracker is refused for good", async () => {
    const ticket = { id: "jira:10001", tracker: "jira", scope: "ACME", identifier: "A-1" } as const;
    const write = scene.tracker.apply({ kind: "comment", ticket, body: "Hello" }, "comment:1");
    await expect(write).rejects.toMatchObject({ retryable: false });
  });
});
