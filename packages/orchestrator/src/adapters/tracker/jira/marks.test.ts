import { describe, expect, test } from "vitest";
import type { JiraField } from "../../../ports/jira-directory.ts";
import { defaultMarkNames, findField, knownOptions, markNamesOf, textOf } from "./marks.ts";

const field = (id: string, name: string, type = "option"): JiraField => ({
  id,
  name,
  type,
  custom: id.startsWith("customfield_"),
});

const fields = [
  field("summary", "AI-Implement Status", "string"),
  field("customfield_1", "AI-Implement Status"),
  field("customfield_2", "AI-Implement Repo", "string"),
  field("customfield_3", "Twice"),
  field("customfield_4", "Twice"),
  field("customfield_5", "Many", "array"),
];
const find = (status: string) => findField(fields, { ...defaultMarkNames, status }, "status");

describe("§7.1 a field that marks issues", () => {
  test("is found by its exact name, and only among custom fields", () => {
    expect(find("AI-Implement Status")).toMatchObject({ kind: "found", field: { id: "customfield_1" } });
  });

  test("is found by its id", () => {
    expect(find("customfield_3")).toMatchObject({ kind: "found", field: { id: "customfield_3" } });
  });

  test.each([
    ["ai-implement status", /no field "ai-implement status"/, /statusFieldOverride/],
    ["customfield_9", /no field "customfield_9"/, /statusFieldOverride/],
    ["Twice", /2 fields named "Twice": customfield_3, customfield_4/, /id of the right one/],
    ["Many", /of the type "array"/, /single choice/],
  ])("%s: is named with its fix where it cannot be used", (name, what, fix) => {
    expect(find(name)).toMatchObject({
      kind: "not-usable",
      problem: { what: expect.stringMatching(what) as string, fix: expect.stringMatching(fix) as string },
    });
  });

  test("may be a text for the repository, and not for the status", () => {
    expect(findField(fields, defaultMarkNames, "repo")).toMatchObject({ kind: "found" });
    expect(find("customfield_2")).toMatchObject({ kind: "not-usable" });
  });

  test("can be another one for a project", () => {
    const ticketing = { kind: "jira", jql: "x = y", repoFieldValue: "shop" } as const;
    expect(markNamesOf({ ...ticketing, statusFieldOverride: " customfield_7 " })).toEqual({
      status: "customfield_7",
      repo: "AI-Implement Repo",
    });
    expect(markNamesOf({ ...ticketing, statusFieldOverride: "" })).toEqual(defaultMarkNames);
  });
});

test("an option counts when it is enabled, in whatever case Jira spells it", () => {
  const option = (value: string, disabled = false) => ({ id: value, value, disabled });
  const options = [option("READY"), option("Planning", true), option("Someday")];
  expect([...knownOptions(options)]).toEqual([["Ready", "READY"]]);
});

test.each([
  [{ value: " Ready " }, "Ready"],
  ["shop", "shop"],
  ["  ", null],
  [null, null],
  [undefined, null],
  [{ value: 7 }, null],
  [["shop"], null],
])("%j reads as %j", (value, text) => {
  expect(textOf({ customfield_1: value }, field("customfield_1", "any"))).toBe(text);
});
