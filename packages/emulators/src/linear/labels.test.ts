import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requireConformance } from "../testing/conformance-ledger.ts";
import type { LinearEmulator } from "./api.ts";
import { linearSchema, send, startLinear } from "./testing/linear-client.ts";

const update =
  "mutation Update($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success } }";

describe.skipIf(linearSchema === null)("labels that are retired or in a group", () => {
  let emulator: LinearEmulator;
  beforeEach(async () => {
    emulator = await startLinear();
  });
  afterEach(async () => {
    await emulator.close();
    requireConformance(emulator.conformance());
  });
  const labelsOf = (issueId: string) => emulator.workspace.issue(issueId)?.labels;
  const add = (labels: readonly string[]) =>
    emulator.workspace.addIssue({ teamKey: "ENG", title: "A title", labels });

  test("one label of a group excludes the others, and swaps with them in one update", async () => {
    const group = emulator.workspace.addLabel({ name: "Kind", isGroup: true });
    const bug = emulator.workspace.addLabel({ name: "Bug", groupId: group });
    const chore = emulator.workspace.addLabel({ name: "Chore", groupId: group });
    const { id } = add(["Bug"]);
    const refused = await send(emulator.url, update, { id, input: { addedLabelIds: [chore] } });
    expect(refused.errors).toMatchObject([
      {
        message: "labelIds not exclusive child labels",
        extensions: { code: "INPUT_ERROR", type: "invalid input" },
      },
    ]);
    expect(labelsOf(id)).toEqual(["Bug"]);
    const swap = { addedLabelIds: [chore], removedLabelIds: [bug] };
    expect((await send(emulator.url, update, { id, input: swap })).errors).toEqual([]);
    expect(labelsOf(id)).toEqual(["Chore"]);
    const applied = await send(emulator.url, update, { id, input: { addedLabelIds: [group] } });
    expect(applied.errors[0]?.message).toContain("is a group");
  });

  test("a retired label stays where it is, keeps its name, and goes nowhere else until it is restored", async () => {
    const retired = emulator.workspace.addLabel({ name: "Old" });
    const [had, not] = [add(["Old"]), add([])];
    emulator.workspace.retireLabel(retired);
    emulator.workspace.edit(had.id, { title: "Another" });
    expect(labelsOf(had.id)).toEqual(["Old"]);
    const put = () => send(emulator.url, update, { id: not.id, input: { addedLabelIds: [retired] } });
    expect((await put()).errors[0]?.message).toContain("is retired");
    expect(() => emulator.workspace.addLabel({ name: "old" })).toThrow("Duplicate label name");
    emulator.workspace.restoreLabel(retired);
    expect((await put()).errors).toEqual([]);
  });

  test("they are read and written as the schema says", async () => {
    const made = await send(
      emulator.url,
      `mutation Make($group: String!, $child: String!) {
        group: issueLabelCreate(input: { id: $group, name: "Kind", isGroup: true }) { success }
        child: issueLabelCreate(input: { id: $child, name: "Bug", parentId: $group }) { success }
        retired: issueLabelRetire(id: $child) { issueLabel { name retiredAt parent { name isGroup } } }
      }`,
      { group: "11111111-1111-4111-8111-111111111111", child: "22222222-2222-4222-8222-222222222222" },
    );
    expect(made.data).toMatchObject({
      retired: {
        issueLabel: {
          name: "Bug",
          retiredAt: expect.any(String) as string,
          parent: { name: "Kind", isGroup: true },
        },
      },
    });
    const read = await send(
      emulator.url,
      'query Read { issueLabels(filter: { parent: { name: { eq: "Kind" } } }) { nodes { name } } workflowStates { nodes { name type } } }',
    );
    expect(read.data).toMatchObject({ issueLabels: { nodes: [{ name: "Bug" }] } });
    expect(JSON.stringify(read.data)).toContain('{"name":"Duplicate","type":"duplicate"}');
    const wrong =
      'mutation Nest { issueLabelCreate(input: { name: "X", parentId: "22222222-2222-4222-8222-222222222222" }) { success } }';
    expect((await send(emulator.url, wrong)).errors[0]?.message).toBe("parent label is not a group");
  });
});
