import { LinearClient } from "@linear/sdk";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requireConformance } from "../testing/conformance-ledger.ts";
import type { LinearEmulator } from "./api.ts";
import { linearSchema, startLinear } from "./testing/linear-client.ts";
import { withSdkFields } from "./testing/sdk-fields.ts";

describe.skipIf(linearSchema === null)("@linear/sdk as a client", () => {
  let emulator: LinearEmulator;
  let client: LinearClient;

  beforeEach(async () => {
    emulator = await startLinear({ schema: withSdkFields(linearSchema ?? "") });
    client = new LinearClient({ apiKey: "lin_api_emulator", apiUrl: emulator.url });
  });
  afterEach(async () => {
    await emulator.close();
    requireConformance(emulator.conformance());
  });

  test("reads who it is, the workspace and its teams", async () => {
    expect((await client.viewer).isMe).toBe(true);
    expect((await client.organization).urlKey).toBe("emulated");
    const { nodes } = await client.teams();
    expect(nodes.map(({ key }) => key)).toEqual(["OPS", "ENG"]);
    const states = await nodes[0]?.states();
    expect(states?.nodes.map(({ name }) => name).sort()).toEqual([
      "Backlog",
      "Canceled",
      "Done",
      "Duplicate",
      "In Progress",
      "In Review",
      "Todo",
    ]);
  });

  test("reads an issue with all that belongs to it", async () => {
    const { workspace } = emulator;
    workspace.addIssue({ teamKey: "ENG", title: "Parent" });
    const { id } = workspace.addIssue({
      teamKey: "ENG",
      title: "Speed up",
      description: "**Fast**",
      priority: 2,
      labels: ["AI-Implement"],
      parent: "ENG-1",
      state: "started",
    });
    workspace.block("ENG-1", "ENG-2");
    const issue = await client.issue("ENG-2");
    expect(issue).toMatchObject({ id, title: "Speed up", description: "**Fast**", priorityLabel: "High" });
    expect(issue.url).toContain("/issue/ENG-2/speed-up");
    expect((await issue.state)?.name).toBe("In Progress");
    expect((await issue.team)?.key).toBe("ENG");
    expect((await issue.parent)?.identifier).toBe("ENG-1");
    expect((await issue.labels()).nodes.map(({ name }) => name)).toEqual(["AI-Implement"]);
    const [relation] = (await issue.inverseRelations()).nodes;
    expect(relation?.type).toBe("blocks");
    expect((await relation?.issue)?.identifier).toBe("ENG-1");
    expect(
      (await client.issues({ filter: { labels: { name: { eq: "AI-Implement" } } } })).nodes,
    ).toHaveLength(1);
  });

  test("writes, and reads what it wrote", async () => {
    const { id } = emulator.workspace.addIssue({ teamKey: "ENG", title: "Speed up", labels: ["Mine"] });
    const label = await (await client.createIssueLabel({ name: "AI-Working" })).issueLabel;
    await client.updateIssue(id, { title: "Slow down", addedLabelIds: [label?.id ?? ""] });
    const comment = await (await client.createComment({ issueId: id, body: "Done" })).comment;
    await client.updateComment(comment?.id ?? "", { body: "Done, really" });
    expect(emulator.workspace.issue(id)).toMatchObject({
      title: "Slow down",
      labels: ["AI-Working", "Mine"],
    });
    const issue = await client.issue(id);
    expect((await issue.comments()).nodes.map(({ body }) => body)).toEqual(["Done, really"]);
    await client.deleteComment(comment?.id ?? "");
    expect(emulator.workspace.comments(id)).toEqual([]);
  });

  test("pages through all issues", async () => {
    for (let count = 1; count <= 60; count += 1)
      emulator.workspace.addIssue({ teamKey: "ENG", title: `Issue ${count}` });
    const issues = await client.issues({ first: 25 });
    while (issues.pageInfo.hasNextPage) await issues.fetchNext();
    expect(new Set(issues.nodes.map(({ identifier }) => identifier)).size).toBe(60);
  });

  test("tells refusals apart as Linear's own types", async () => {
    await expect(client.issue("ENG-404")).rejects.toMatchObject({
      type: "InvalidInput",
      message: expect.stringContaining("Entity not found: Issue") as string,
    });
    const stranger = new LinearClient({ apiKey: "lin_api_wrong", apiUrl: emulator.url });
    await expect(stranger.viewer).rejects.toMatchObject({ type: "AuthenticationError", status: 401 });
    emulator.setFaults(() => ({ kind: "rate-limited", resetMs: 60_000 }));
    await expect(client.viewer).rejects.toMatchObject({ type: "Ratelimited", requestsRemaining: 0 });
  });
});
