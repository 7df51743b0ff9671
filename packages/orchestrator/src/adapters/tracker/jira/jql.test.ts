import { describe, expect, test } from "vitest";
import { childrenJql, clauseName, faultOf, markedJql, quote } from "./jql.ts";

describe("our own JQL", () => {
  test("a string is quoted so that no character of it means anything", () => {
    expect(quote('a "b" \\ c\nd')).toBe('"a \\"b\\" \\\\ c\\nd"');
  });

  test("a custom field is named by its number, which no renaming breaks", () => {
    expect(clauseName("customfield_10500")).toBe("cf[10500]");
    expect(clauseName("due date")).toBe('"due date"');
  });

  test("§7.2 all projects are one search, each with its own status field", () => {
    const jql = markedJql([
      { jql: "project = A OR project = B", statusFieldId: "customfield_1", words: ["Ready", "PR Ready"] },
      { jql: "labels = x", statusFieldId: "customfield_2", words: ["Ready"] },
      { jql: "labels = x", statusFieldId: "customfield_2", words: ["Ready"] },
    ]);
    expect(jql).toBe(
      '(((project = A OR project = B) AND cf[1] in ("Ready", "PR Ready")) OR ((labels = x) AND cf[2] in ("Ready")))' +
        " AND statusCategory != Done ORDER BY created ASC, key ASC",
    );
  });

  test("the children of several parents are one search", () => {
    expect(childrenJql(["A-1", "B-2"])).toBe('parent in ("A-1", "B-2") ORDER BY created ASC, key ASC');
  });
});

describe("a project's JQL inside another one", () => {
  test.each([
    "project = ACME",
    "(a = 1 or (b = 2)) and c = 3",
    'summary ~ "order by )"',
    "summary ~ 'it\\'s ('",
    "reorder = by",
    "summary ~ it\\'s",
    'summary ~ a\\"b',
  ])("fits: %s", (jql) => {
    expect(faultOf(jql)).toBeNull();
  });

  test.each([
    ["project = A ORDER BY created", /ORDER BY/],
    ["project = A order\n by created", /ORDER BY/],
    ["project = A) OR (project = B", /closes a parenthesis/],
    ["(project = A", /opens a parenthesis/],
    ['summary ~ "a', /without its other half/],
    ['summary ~ a\\" ) or ( "b', /closes a parenthesis/],
    ["  ", /empty/],
  ])("does not fit: %s", (jql, why) => {
    expect(faultOf(jql)).toMatch(why);
  });
});
