import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { minutes } from "../../../core/time.ts";
import { type LinearScene, linearSchema, openLinear } from "./testing/linear-scene.ts";
import { ticketIdOf } from "./ticket-id.ts";

describe.skipIf(linearSchema === null)("reading from Linear", () => {
  let scene: LinearScene;
  beforeEach(async () => {
    scene = await openLinear();
  });
  afterEach(async () => {
    await scene.close();
  });
  const add = (labels: readonly string[] = ["AI-Implement"], teamKey = "ACME") =>
    scene.emulator.workspace.addIssue({ teamKey, title: "A title", labels });

  test("§7.2 one query finds the marked tickets of all teams, those of unmapped ones too", async () => {
    scene.emulator.workspace.addTeam({ key: "SHOP" });
    add();
    add([]);
    add(["AI-Implement"], "SHOP");
    await scene.listed();
    const operations = await scene.operationsDuring(async () => {
      const tickets = await scene.listed();
      expect(tickets.map(({ identifier, scope }) => [identifier, scope]).sort()).toEqual([
        ["ACME-1", "ACME"],
        ["SHOP-1", "SHOP"],
      ]);
    });
    expect(operations).toEqual(["Issues"]);
  });

  test("§7.2 a page of 100 issues with full lists costs under 10,000 points, and pages follow to the end", async () => {
    const { workspace } = scene.emulator;
    const parent = add([]);
    for (let index = 0; index < 101; index += 1)
      workspace.addIssue({
        teamKey: "ACME",
        title: "Child",
        labels: ["AI-Implement"],
        parent: parent.identifier,
      });
    for (let index = 3; index < 9; index += 1) {
      workspace.relate("ACME-2", `ACME-${index}`);
      workspace.block(`ACME-${index}`, "ACME-2");
    }
    let found = 0;
    const operations = await scene.operationsDuring(async () => {
      found = (await scene.listed()).length;
    });
    expect(found).toBe(101);
    expect(operations).toEqual(["Issues", "Issues", "Workspace"]);
    const points = scene.emulator.requests().map((request) => request.points);
    expect(Math.max(...points)).toBeGreaterThan(5_000);
    expect(Math.max(...points)).toBeLessThan(10_000);
  });

  test("§7.2 blockers that do not fit into the page are read to the last", async () => {
    const { workspace } = scene.emulator;
    const blocked = add();
    const block = (state: "unstarted" | "completed"): string => {
      const { identifier } = workspace.addIssue({ teamKey: "ACME", title: "Before", state });
      workspace.block(identifier, blocked.identifier);
      return identifier;
    };
    // Whichever end Linear lists first, one of the two is on a later page.
    const first = block("unstarted");
    for (let index = 0; index < 12; index += 1) block("completed");
    const last = block("unstarted");
    const blockers = (await scene.listed()).find(({ id }) => id === ticketIdOf(blocked.id))?.blockedBy ?? [];
    expect(blockers.map(({ identifier }) => identifier).sort()).toEqual([first, last].sort());
  });

  test("§5.2 a ticket comes with its parent, its siblings and what it is related to", async () => {
    const { workspace } = scene.emulator;
    const parent = workspace.addIssue({ teamKey: "ACME", title: "Parent", description: "All of it" });
    const sibling = workspace.addIssue({ teamKey: "ACME", title: "Sibling", parent: parent.identifier });
    const ticket = workspace.addIssue({
      teamKey: "ACME",
      title: "Child",
      labels: ["AI-Implement"],
      parent: parent.identifier,
    });
    const [to, from] = [add([]), add([])];
    workspace.relate(ticket.identifier, to.identifier);
    workspace.relate(from.identifier, ticket.identifier);
    expect((await scene.listed())[0]?.relatives).toEqual([
      { identifier: parent.identifier, title: "Parent", relation: "parent", description: "All of it" },
      { identifier: sibling.identifier, title: "Sibling", relation: "sibling" },
      { identifier: to.identifier, title: "A title", relation: "related" },
      { identifier: from.identifier, title: "A title", relation: "related" },
    ]);
  });

  test("§7.1 a label that a person wrote in another case marks a ticket", async () => {
    scene.emulator.workspace.addTeam({ key: "LOUD" });
    scene.emulator.workspace.addLabel({ name: "AI-IMPLEMENT", teamKey: "LOUD" });
    const issue = add(["AI-IMPLEMENT"], "LOUD");
    const found = await scene.tracker.lookUp([ticketIdOf(issue.id)], []);
    expect(found.get(ticketIdOf(issue.id))).toMatchObject({ marked: true });
    expect(await scene.listed()).toHaveLength(1);
  });

  test("§7.1 a ticket that moves to another team keeps its id and is followed", async () => {
    scene.emulator.workspace.addTeam({ key: "SHOP" });
    const issue = add();
    const [before] = await scene.listed();
    scene.emulator.workspace.moveToTeam(issue.id, "SHOP");
    const [after] = await scene.listed();
    expect(after).toMatchObject({ id: before?.id, identifier: "SHOP-1", scope: "SHOP" });
    const found = await scene.tracker.lookUp([ticketIdOf(issue.id)], []);
    expect(found.get(ticketIdOf(issue.id))).toMatchObject({ marked: true, ticket: { scope: "SHOP" } });
    await scene.setStage(issue.id, "implementing");
    expect(scene.emulator.workspace.issue(issue.id)?.state.type).toBe("started");
  });

  test("§5.4 250 tickets are looked up in three requests; gone, foreign and impossible ids are null", async () => {
    const issues = Array.from({ length: 250 }, () => add());
    const [first] = issues;
    if (first === undefined) throw new Error("There is no issue.");
    await scene.listed();
    scene.emulator.workspace.deleteIssue(first.id);
    const ids = [...issues.map(({ id }) => ticketIdOf(id)), "jira:10001", "linear:ACME-1", "linear:"];
    const operations = await scene.operationsDuring(async () => {
      const found = await scene.tracker.lookUp(ids, []);
      expect([...found.keys()]).toEqual(ids);
      const absent = [...found].filter(([, lookup]) => lookup === null).map(([id]) => id);
      expect(absent).toEqual([ticketIdOf(first.id), "jira:10001", "linear:ACME-1", "linear:"]);
    });
    expect(operations).toEqual(["Issues", "Issues", "Issues"]);
  });

  test("§7.2 labels and states are read once, and again where an unknown label or team is met", async () => {
    add();
    expect(await scene.operationsDuring(scene.listed)).toEqual(["Issues", "Workspace"]);
    expect(await scene.operationsDuring(scene.listed)).toEqual(["Issues"]);
    add(["AI-Implement", "Bug"]);
    expect(await scene.operationsDuring(scene.listed)).toEqual(["Issues", "Workspace"]);
    expect(await scene.operationsDuring(scene.listed)).toEqual(["Issues"]);
    scene.emulator.workspace.addTeam({ key: "SHOP" });
    add(["AI-Implement"], "SHOP");
    expect(await scene.operationsDuring(scene.listed)).toEqual(["Issues", "Workspace"]);
    expect(await scene.operationsDuring(scene.listed)).toEqual(["Issues"]);
  });

  test("§7.1 what is known of labels is not kept for ever: a person may rename one", async () => {
    let now = Date.now();
    const tracker = scene.another({ clock: { now: () => now } });
    add();
    await tracker.listMarked([]);
    now += minutes(6);
    expect(await scene.operationsDuring(() => tracker.listMarked([]))).toEqual(["Issues", "Workspace"]);
  });

  test("§7.1 an issue in the bin is not listed, and is gone", async () => {
    const issue = add();
    const bin = { document: "mutation Bin($id: String!) { issueDelete(id: $id) { success } }" };
    await fetch(scene.emulator.url, {
      method: "POST",
      headers: { authorization: "lin_api_emulator", "content-type": "application/json" },
      body: JSON.stringify({ query: bin.document, variables: { id: issue.id } }),
    });
    expect(await scene.listed()).toEqual([]);
    const found = await scene.tracker.lookUp([ticketIdOf(issue.id)], []);
    expect(found.get(ticketIdOf(issue.id))).toBeNull();
    await expect(scene.comment(issue.id, "Too late", "comment:1")).rejects.toMatchObject({
      failure: "not-found",
      retryable: false,
    });
  });
});
