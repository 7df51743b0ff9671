import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { vendorSchema } from "../testing/schemas.ts";
import { type OpenJira, openJira, paragraph } from "./testing/open-jira.ts";

const schemaFile = vendorSchema("jira.openapi.json");

describe.skipIf(schemaFile === null)("what is written to Jira", () => {
  let jira: OpenJira;
  let id: string;
  let key: string;
  beforeEach(async () => {
    jira = await openJira(schemaFile ?? "");
    const made = jira.emulator.site.addIssue({ projectKey: "ACME", summary: "One", labels: ["old"] });
    id = made.id;
    key = made.key;
  });
  afterEach(() => jira.close());

  const edit = (body: object, query = "") => jira.call("PUT", `/issue/${key}${query}`, body);
  const errors = async (body: object): Promise<unknown> => {
    const answer = await edit(body);
    expect(answer.status).toBe(400);
    return (answer.body as { errors: unknown }).errors;
  };

  test("a select takes a value or an id, and null empties it", async () => {
    const stage = () => jira.emulator.site.issue(id)?.fields["Stage"];
    expect(
      (await edit({ fields: { customfield_10500: { value: "Ready" } } }, "?notifyUsers=false")).status,
    ).toBe(204);
    expect(stage()).toBe("Ready");
    await edit({ fields: { customfield_10500: { id: "10102" } } });
    expect(stage()).toBe("Very Done");
    await edit({ update: { customfield_10500: [{ set: { value: "Working" } }] } });
    expect(stage()).toBe("Working");
    await edit({ fields: { customfield_10500: null } });
    expect(stage()).toBeUndefined();
  });

  test("all fields of one request change together, or none does", async () => {
    const problems = await errors({
      fields: {
        summary: "Other",
        customfield_10500: { value: "Lost" },
        customfield_99: "x",
        status: { name: "Done" },
      },
    });
    expect(problems).toEqual({
      customfield_10500: "Option value 'Lost' is not valid",
      customfield_99: expect.stringContaining("cannot be set") as unknown,
      status: expect.stringContaining("cannot be set") as unknown,
    });
    expect(jira.emulator.site.issue(id)?.summary).toBe("One");
    await edit({
      fields: {
        summary: "Other",
        priority: { name: "High" },
        description: paragraph("Why"),
        customfield_10501: "n",
      },
    });
    expect(jira.emulator.site.issue(id)).toMatchObject({
      summary: "Other",
      description: paragraph("Why"),
      fields: { Notes: "n" },
    });
  });

  test("labels are added and removed one by one", async () => {
    const labels = async () => {
      const { body } = await jira.call("GET", `/issue/${key}?fields=labels`);
      return (body as { fields: { labels: unknown } }).fields.labels;
    };
    await edit({ update: { labels: [{ add: "new" }, { remove: "old" }, { add: "more" }] } });
    expect(await labels()).toEqual(["more", "new"]);
    expect(await errors({ update: { labels: [{ add: "two words" }] } })).toHaveProperty("labels");
  });

  test.each([
    [{ fields: { customfield_10500: { id: "1" } } }, "customfield_10500", "Option id '1' is not valid"],
    [{ fields: { customfield_10500: "Ready" } }, "customfield_10500", "Specify a valid"],
    [{ fields: { customfield_10501: 5 } }, "customfield_10501", "Operation value must be a string"],
    [{ fields: { customfield_10501: "x".repeat(256) } }, "customfield_10501", "allowed limit of 255"],
    [{ fields: { summary: " " } }, "summary", "You must specify a summary"],
    [{ fields: { summary: "one\ntwo" } }, "summary", "newline"],
    [{ fields: { summary: "x".repeat(256) } }, "summary", "255 characters"],
    [{ fields: { description: "plain" } }, "description", "must be an Atlassian Document"],
    [{ fields: { description: paragraph("x".repeat(32_768)) } }, "description", "32,767 characters"],
    [{ fields: { priority: { name: "Huge" } } }, "priority", "Specify a valid 'id' or 'name'"],
    [{ fields: { labels: "a" } }, "labels", "not an array"],
    [{ update: { summary: [{ add: "x" }] } }, "summary", "does not support operation 'add'"],
    [
      { fields: { summary: "a" }, update: { summary: [{ set: "b" }] } },
      "summary",
      "both 'fields' and 'update'",
    ],
  ])("an edit is refused: %#", async (body, field, sentence) => {
    expect(await errors(body)).toEqual({ [field]: expect.stringContaining(sentence) as unknown });
    expect(jira.emulator.site.issue(id)?.summary).toBe("One");
  });

  test("an edit of nothing, or of an issue that is not there, is refused", async () => {
    expect((await edit({})).status).toBe(400);
    expect((await jira.call("PUT", "/issue/ACME-99", { fields: { summary: "x" } })).status).toBe(404);
  });

  test("an edit gives the issue back on request", async () => {
    const { status, body } = await edit({ fields: { summary: "Other" } }, "?returnIssue=true");
    expect(status).toBe(200);
    expect(body).toMatchObject({ id, fields: { summary: "Other" } });
  });

  test("comments are read in pages, oldest or newest first", async () => {
    for (const text of ["one", "two", "three"])
      expect((await jira.call("POST", `/issue/${key}/comment`, { body: paragraph(text) })).status).toBe(201);
    const page = await jira.call("GET", `/issue/${id}/comment?startAt=1&maxResults=1`);
    expect(page.body).toMatchObject({
      startAt: 1,
      maxResults: 1,
      total: 3,
      comments: [{ id: "10001", body: paragraph("two"), author: { accountType: "app" } }],
    });
    const newest = await jira.call("GET", `/issue/${id}/comment?orderBy=-created&maxResults=1`);
    expect(newest.body).toMatchObject({ comments: [{ body: paragraph("three") }] });
    expect(jira.emulator.site.comments(id)).toEqual(["one", "two", "three"].map(paragraph));
  });

  test.each([
    ["a string", "hello", "not valid"],
    ["Markdown in a paragraph's place", { type: "doc", version: 1, content: ["# Hello"] }, "not valid"],
    ["a node that does not exist", { type: "doc", version: 1, content: [{ type: "div" }] }, "not valid"],
    ["a document that says nothing", { type: "doc", version: 1, content: [] }, "can not be empty"],
    ["more than 32,767 characters", paragraph("x".repeat(32_768)), "32,767 characters"],
    ["nothing", undefined, "can not be empty"],
  ])("a comment is refused: %s", async (_, body, sentence) => {
    const answer = await jira.call("POST", `/issue/${key}/comment`, { body });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({
      errorMessages: [],
      errors: { comment: expect.stringContaining(sentence) as unknown },
    });
    expect(jira.emulator.site.comments(id)).toEqual([]);
  });

  test("nobody comments on an issue that is not there", async () => {
    const answer = await jira.call("POST", "/issue/ACME-99/comment", { body: paragraph("x") });
    expect([answer.status, answer.body]).toEqual([
      404,
      { errorMessages: ["Issue does not exist or you do not have permission to see it."], errors: {} },
    ]);
  });
});
