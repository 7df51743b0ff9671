import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { requireConformance } from "../testing/conformance-ledger.ts";
import type { LinearEmulator } from "./api.ts";
import { type LinearAnswer, linearSchema, send, startLinear } from "./testing/linear-client.ts";

describe.skipIf(linearSchema === null)("Linear's API over its own schema (§7.2)", () => {
  let emulator: LinearEmulator;
  let issueId: string;
  const ask = (query: string, variables: Readonly<Record<string, unknown>> = {}, key?: string) =>
    send(emulator.url, query, variables, key);
  const update = (input: Readonly<Record<string, unknown>>): Promise<LinearAnswer> =>
    ask(
      "mutation U($id: String!, $input: IssueUpdateInput!) { issueUpdate(id: $id, input: $input) { success } }",
      {
        id: issueId,
        input,
      },
    );

  beforeEach(async () => {
    emulator = await startLinear({ readOnlyKey: "lin_api_reader" });
    issueId = emulator.workspace.addIssue({ teamKey: "ENG", title: "Speed up", labels: ["AI-Implement"] }).id;
  });
  afterEach(async () => {
    await emulator.close();
    requireConformance(emulator.conformance());
  });

  test("labels are added and removed beside those of a person", async () => {
    const { workspace } = emulator;
    const added = workspace.addLabel({ name: "AI-Working" });
    workspace.label(issueId, ["Mine"]);
    const removed = workspace.labels().find(({ name }) => name === "AI-Implement")?.id;
    expect(await update({ addedLabelIds: [added], removedLabelIds: [removed] })).toMatchObject({
      status: 200,
      errors: [],
    });
    expect(workspace.issue(issueId)?.labels).toEqual(["AI-Working", "Mine"]);
  });

  test("of aliased mutations those before a failure are done, those after it are not, and data is null", async () => {
    const other = emulator.workspace.addIssue({ teamKey: "ENG", title: "Other" }).id;
    const answer = await ask(
      `mutation M($one: String!, $two: String!, $input: IssueUpdateInput!) {
        a: issueUpdate(id: $one, input: $input) { success }
        b: issueUpdate(id: "ENG-404", input: $input) { success }
        c: issueUpdate(id: $two, input: $input) { success }
      }`,
      { one: issueId, two: other, input: { priority: 1, title: "Changed" } },
    );
    expect(answer).toMatchObject({
      status: 200,
      data: null,
      errors: [
        {
          message: "Entity not found: Issue",
          path: ["b"],
          extensions: { type: "invalid input", code: "INPUT_ERROR" },
        },
      ],
    });
    expect(emulator.workspace.issue(issueId)?.title).toBe("Changed");
    expect(emulator.workspace.issue(other)?.title).toBe("Other");
  });

  test("a refused edit changes nothing of the issue", async () => {
    const { errors } = await update({ title: "Changed", addedLabelIds: [randomUUID()] });
    expect(errors[0]?.message).toBe("Entity not found: IssueLabel");
    expect(emulator.workspace.issue(issueId)?.title).toBe("Speed up");
  });

  test("states and labels of another team are refused", async () => {
    const { workspace } = emulator;
    const label = workspace.addLabel({ name: "Pager", teamKey: "OPS" });
    const states = await ask('{ workflowStates(filter: { team: { key: { eq: "OPS" } } }) { nodes { id } } }');
    const [stateId] = JSON.stringify(states.data).match(/[0-9a-f-]{36}/) ?? [];
    for (const input of [{ addedLabelIds: [label] }, { stateId }]) {
      const { errors } = await update(input);
      expect(errors[0]?.extensions?.code).toBe("INPUT_ERROR");
    }
    expect(workspace.issue(issueId)).toMatchObject({ labels: ["AI-Implement"], state: { name: "Todo" } });
  });

  test("an issue that moves to another team keeps its id and answers to its former identifier", async () => {
    emulator.workspace.moveToTeam(issueId, "OPS");
    const { data } = await ask('{ issue(id: "ENG-1") { id identifier previousIdentifiers team { key } } }');
    expect(data).toEqual({
      issue: { id: issueId, identifier: "OPS-1", previousIdentifiers: ["ENG-1"], team: { key: "OPS" } },
    });
  });

  test("a team's label becomes the other team's label of its name, or is lost", () => {
    const { workspace } = emulator;
    for (const teamKey of ["ENG", "OPS"]) workspace.addLabel({ name: "Shared", teamKey });
    workspace.addLabel({ name: "Only here", teamKey: "ENG" });
    workspace.addLabel({ name: "AI-Implement", teamKey: "OPS" });
    workspace.label(issueId, ["Shared", "Only here"]);
    workspace.moveToTeam(issueId, "OPS");
    expect(workspace.issue(issueId)?.labels).toEqual(["AI-Implement", "Shared"]);
  });

  test("a comment with an id that is there is not made twice", async () => {
    const document = "mutation C($input: CommentCreateInput!) { commentCreate(input: $input) { success } }";
    const input = { id: randomUUID(), issueId, body: "Done" };
    expect((await ask(document, { input })).errors).toEqual([]);
    const [error] = (await ask(document, { input: { ...input, body: "Again" } })).errors;
    expect(error).toMatchObject({ path: ["commentCreate"], extensions: { type: "invalid input" } });
    expect(emulator.workspace.comments(issueId)).toEqual(["Done"]);
    const [shape] = (await ask(document, { input: { ...input, id: "not-a-uuid" } })).errors;
    expect(shape?.message).toContain("UUID");
  });

  test("a label's name is taken in its scope, whatever its case", async () => {
    const create = (input: Readonly<Record<string, unknown>>) =>
      ask("mutation L($input: IssueLabelCreateInput!) { issueLabelCreate(input: $input) { success } }", {
        input,
      });
    const { data } = await ask("{ teams { nodes { id key } } }");
    const teamId = JSON.stringify(data).match(/[0-9a-f-]{36}/)?.[0];
    expect((await create({ name: "ai-implement" })).errors[0]?.extensions?.type).toBe("invalid input");
    expect((await create({ name: "AI-Implement", teamId })).errors).toEqual([]);
    expect((await create({ name: "AI-IMPLEMENT", teamId })).errors[0]?.extensions?.type).toBe(
      "invalid input",
    );
    expect(emulator.workspace.labels()).toHaveLength(2);
  });

  test("a deleted issue is not found, and blocks nobody", async () => {
    const blocked = emulator.workspace.addIssue({ teamKey: "ENG", title: "Blocked" });
    emulator.workspace.block("ENG-1", blocked.identifier);
    emulator.workspace.deleteIssue(issueId);
    const gone = await ask("query G($id: String!) { issue(id: $id) { id } }", { id: issueId });
    expect(gone).toMatchObject({ status: 200, data: null, errors: [{ message: "Entity not found: Issue" }] });
    const { data } = await ask('{ issue(id: "ENG-2") { inverseRelations { nodes { id } } } }');
    expect(data).toEqual({ issue: { inverseRelations: { nodes: [] } } });
    expect(emulator.workspace.issue(issueId)).toBeNull();
  });

  test("a key that only reads is refused for mutations, an unknown one for all", async () => {
    expect((await ask("{ viewer { id } }", {}, "lin_api_reader")).status).toBe(200);
    const write = 'mutation { issueUpdate(id: "ENG-1", input: { title: "x" }) { success } }';
    expect(await ask(write, {}, "lin_api_reader")).toMatchObject({
      data: null,
      errors: [{ extensions: { type: "forbidden", code: "FORBIDDEN" } }],
    });
    expect(await ask("{ viewer { id } }", {}, "lin_api_wrong")).toMatchObject({
      status: 401,
      errors: [{ extensions: { type: "authentication error", code: "AUTHENTICATION_ERROR" } }],
    });
    expect(emulator.workspace.issue(issueId)?.title).toBe("Speed up");
  });

  test("what is recorded tells operation, kind, variables and points", async () => {
    await ask("query Who($id: String!) { issue(id: $id) { id } }", { id: issueId });
    await update({ title: "Changed" });
    expect(emulator.requests()).toMatchObject([
      { operation: "Who", kind: "query", variables: { id: issueId }, points: 2, early: false },
      { operation: "U", kind: "mutation", points: 2, early: false },
    ]);
  });

  test("a field or input that is not emulated is an error that names it", async () => {
    const { errors } = await ask('{ issue(id: "ENG-1") { id history { nodes { id } } } }');
    expect(errors).toMatchObject([
      { message: expect.stringContaining("Issue.history") as string, path: ["issue", "history"] },
    ]);
    const refused = await update({ cycleId: randomUUID() });
    expect(refused.errors[0]?.message).toContain("IssueUpdateInput.cycleId");
  });
});

describe.skipIf(linearSchema === null)("A request that Linear's schema does not allow", () => {
  test.each([
    [
      "a field that is not there",
      "query Q { viewer { shoeSize } }",
      {},
      "GRAPHQL_VALIDATION_FAILED",
      "Q: Cannot query",
    ],
    [
      "a variable of the wrong type",
      "query Q($n: Int!) { issues(first: $n) { nodes { id } } }",
      { n: "many" },
      "GRAPHQL_VALIDATION_FAILED",
      "Q: Variable",
    ],
    ["no GraphQL at all", "query Q {", {}, "GRAPHQL_PARSE_FAILED", "Syntax Error"],
  ])("is refused and recorded: %s", async (_name, query, variables, code, violation) => {
    const emulator = await startLinear();
    try {
      const answer = await send(emulator.url, query, variables);
      expect(answer).toMatchObject({ status: 400, errors: [{ extensions: { code } }] });
      const { validated, violations } = emulator.conformance();
      expect(validated).toBe(1);
      expect(violations).toHaveLength(1);
      expect(violations[0]).toContain(violation);
    } finally {
      await emulator.close();
    }
  });
});
