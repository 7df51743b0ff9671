import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JiraSite } from "../api.ts";
import { createSite } from "../site.ts";
import { createJiraStore, type JiraStore } from "../store.ts";
import { paragraph } from "../testing/open-jira.ts";
import { prepareJql } from "./prepare.ts";

const day = 86_400_000;
const start = Date.UTC(2026, 10, 1, 12);

/** Six issues over two projects; A-3 is blocked, done and unset in most fields. */
const openSite = (): { readonly store: JiraStore; readonly site: JiraSite } => {
  let now = start;
  const store = createJiraStore({ now: () => now, searchLagMs: 0, changed: () => undefined });
  const site = createSite(store);
  site.addProject({ key: "A", name: "Alpha One" });
  site.addProject({ key: "B", name: "Beta" });
  site.addField({ name: "Stage", type: "select", options: ["Ready", "Very Done"] });
  site.addField({ name: "Repo Path", type: "text" });
  const add = (projectKey: string, summary: string, more: object = {}): string => {
    now += day;
    return site.addIssue({ projectKey, summary, ...more }).id;
  };
  const parent = add("A", "Crash on login", {
    fields: { Stage: "Ready" },
    labels: ["bug", "Urgent"],
    priority: "Highest",
  });
  add("A", "Add a login button", {
    fields: { Stage: "Very Done", "Repo Path": "acme/web app" },
    parent: "A-1",
  });
  const done = add("A", "Logout", { labels: ["bug"], description: paragraph("The session survives") });
  add("B", "Crash on start", { fields: { Stage: "Ready" }, priority: "Low" });
  const started = add("B", "Unrelated", { labels: ["docs"], priority: "Lowest" });
  add("B", "Last one");
  site.setStatus(done, "Done", "Won't Do");
  site.setStatus(started, "In Progress");
  site.edit(parent, {});
  return { store, site };
};

const { store } = openSite();

const find = (jql: string, among = store): readonly string[] => {
  const prepared = prepareJql(among, jql);
  if (prepared.kind === "refused") throw new Error(prepared.errors.join(" "));
  return among
    .all()
    .filter(prepared.matches)
    .sort(prepared.compare)
    .map(({ key }) => key);
};
const found = (jql: string): string => [...find(jql)].sort().join(" ");

describe("JQL", () => {
  test.each([
    ["project = A", "A-1 A-2 A-3"],
    ["project = 'alpha one'", "A-1 A-2 A-3"],
    ["project = 10001", "B-1 B-2 B-3"],
    ["project != a", "B-1 B-2 B-3"],
    ["project in (A, B) and project not in (B)", "A-1 A-2 A-3"],
    ["key = a-1", "A-1"],
    ["issuekey in (A-1, B-2)", "A-1 B-2"],
    ["id = 10003", "B-1"],
    ["key != A-1 and project = A", "A-2 A-3"],
    ["status = 'In Progress'", "B-2"],
    ["status not in (Done, 'To Do')", "B-2"],
    ["statusCategory = Done", "A-3"],
    ["statusCategory != done and project = A", "A-1 A-2"],
    ["statusCategory in (new, indeterminate) and project = B", "B-1 B-2 B-3"],
    ["labels = urgent", "A-1"],
    ["labels in (bug, docs)", "A-1 A-3 B-2"],
    ["labels is EMPTY", "A-2 B-1 B-3"],
    ["labels is not null", "A-1 A-3 B-2"],
    ["labels != bug", "B-2"],
    ["labels not in (bug)", "B-2"],
    ["labels in (EMPTY, docs)", "A-2 B-1 B-2 B-3"],
    ["labels = EMPTY", "A-2 B-1 B-3"],
    ["priority = Highest", "A-1"],
    ["priority > Medium", "A-1"],
    ["priority <= Low", "B-1 B-2"],
    ["priority in (1, Lowest)", "A-1 B-2"],
    ["parent = A-1", "A-2"],
    ["parent is EMPTY and project = A", "A-1 A-3"],
    ["issuetype = Subtask", "A-2"],
    ["type != Subtask and project = A", "A-1 A-3"],
    ["summary ~ login", "A-1 A-2"],
    ["summary ~ 'LOG*'", "A-1 A-2 A-3"],
    ["summary ~ 'login crash'", "A-1"],
    ["summary ~ '\"login crash\"'", ""],
    ["summary ~ '\"crash on\"'", "A-1 B-1"],
    ["summary !~ login and project = A", "A-3"],
    ["text ~ survives", "A-3"],
    ["description ~ survives", "A-3"],
    ["description is EMPTY and project = A", "A-1 A-2"],
    ["resolution is EMPTY and project = A", "A-1 A-2"],
    ['resolution = "Won\'t Do"', "A-3"],
    ["created >= 2026-11-06", "B-2 B-3"],
    ["created < '2026/11/03 12:00'", "A-1"],
    ["created >= -1d", "B-2 B-3"],
    ["created > '-1d 1h' and created < -0d", "B-2"],
    ["updated = 2026-11-03", ""],
    ["cf[10500] = Ready", "A-1 B-1"],
    ["Stage in (ready, 'very done')", "A-1 A-2 B-1"],
    ["'Stage[Dropdown]' = 10101", "A-2"],
    ["Stage != Ready", "A-2"],
    ["Stage is not EMPTY and statusCategory != Done", "A-1 A-2 B-1"],
    ["cf[10501] ~ web", "A-2"],
    ["'Repo Path' is EMPTY", "A-1 A-3 B-1 B-2 B-3"],
    ["'Repo Path' !~ api", "A-2"],
  ])("%s finds %s", (jql, keys) => {
    expect(found(jql)).toBe(keys);
  });

  test.each([
    ["project = A OR project = B AND labels = docs", "A-1 A-2 A-3 B-2"],
    ["(project = A OR project = B) AND labels = docs", "B-2"],
    ["NOT project = A AND NOT labels = docs", ""],
    ["NOT (labels = bug OR labels = docs)", ""],
    ["!labels = bug && project = B || key = A-2", "A-2 B-2"],
  ])("AND binds more than OR, and NOT is the opposite operator: %s finds %s", (jql, keys) => {
    expect(found(jql)).toBe(keys);
  });

  test.each([
    ["project in (A, B) ORDER BY key", "A-1 A-2 A-3 B-1 B-2 B-3"],
    ["project = B ORDER BY created DESC", "B-3 B-2 B-1"],
    ["project = A ORDER BY priority DESC, key DESC", "A-1 A-3 A-2"],
    ["project in (A, B) ORDER BY Stage ASC, summary", "A-1 B-1 A-2 B-3 A-3 B-2"],
    ["project in (A, B) ORDER BY project DESC, key ASC", "B-1 B-2 B-3 A-1 A-2 A-3"],
    ["project = A", "A-3 A-2 A-1"],
  ])("%s comes in this order: %s", (jql, keys) => {
    expect(find(jql).join(" ")).toBe(keys);
  });

  test.each([
    ["project = NOPE", "The value 'NOPE' does not exist for the field 'project'."],
    ["status = Lost", "The value 'Lost' does not exist for the field 'status'."],
    ["priority > Huge", "The value 'Huge' does not exist for the field 'priority'."],
    ["Stage = Lost", "The option 'Lost' for field 'Stage' does not exist."],
    ["cf[10500] in (Ready, Lost)", "The option 'Lost' for field 'cf[10500]' does not exist."],
    ["cf[99] = x", "Field 'cf[99]' does not exist or you do not have permission to view it."],
    ["universe = 42", "Field 'universe' does not exist or you do not have permission to view it."],
    ["key = A-99", "An issue with key 'A-99' does not exist for field 'key'."],
    ["key = nonsense", "The issue key 'nonsense' for field 'key' is invalid."],
    ["id = 99", "A value with ID '99' does not exist for the field 'id'."],
    ["parent = A-99", "Issue 'A-99' could not be found in function or field 'parent'."],
    ["'Repo Path' = acme", "The operator '=' is not supported by the 'Repo Path' field."],
    ["summary = test", "The operator '=' is not supported by the 'summary' field."],
    ["Stage ~ Ready", "The operator '~' is not supported by the 'Stage' field."],
    ["summary in (test)", "The operator 'in' is not supported by the 'summary' field."],
    ["labels in bug", "Error in the JQL Query: Expecting '(' before the end of the query."],
    ["labels is bug", "Error in the JQL Query: Expecting EMPTY but got 'bug'."],
    ["summary ~ EMPTY", "does not support searching for an empty value with the operator '~'."],
    ["text ~ session", "You must surround 'session' in quotation marks to use it as a value."],
    ["(project = A", "Error in the JQL Query: Expecting ')' before the end of the query."],
    ["issue.property[x].y = 1", "Field 'issue.property[x]' does not exist"],
    ["status[x] = Done", "Field 'status[x]' does not exist"],
    ["created > soon", "Date value 'soon' for field 'created' is invalid."],
    ["created > 2026-02-30", "Date value '2026-02-30' for field 'created' is invalid."],
    ["assignee = currentUser()", "The emulator does not evaluate the field 'assignee'."],
    ["created > startOfDay()", "The emulator does not evaluate the function 'startOfDay()'."],
    ["status was Done", "The emulator does not evaluate the operator 'was' of field 'status'."],
    ["status changed", "The emulator does not evaluate the operator 'changed' of field 'status'."],
    ["project = A ORDER BY labels", "Not able to sort using field 'labels'."],
    ["project = A ORDER BY universe", "Field 'universe' does not exist"],
    [
      "project = A ORDER BY key, key, key, key, key, key, key, key",
      "The ORDER BY clause has more than 7 fields.",
    ],
    ["project =", "Expecting either a value, list or function before the end of the query."],
    ["project = A OR", "Expecting a field name before the end of the query."],
    ["project", "Expecting operator before the end of the query."],
    ["project = A status = Done", "Expecting either 'OR' or 'AND' but got 'status'. (line 1, character 13)"],
  ])("%s is refused: %s", (jql, sentence) => {
    expect(prepareJql(store, jql)).toEqual({
      kind: "refused",
      errors: [expect.stringContaining(sentence) as unknown],
    });
  });

  test("every mistake of a query is named, each once", () => {
    const jql = "project = NOPE AND (Stage = Lost OR project = NOPE) ORDER BY universe";
    expect(prepareJql(store, jql)).toMatchObject({ errors: { length: 3 } });
  });

  test("a removed option or field is no longer known", () => {
    const { store: changing, site } = openSite();
    expect(find("Stage is not EMPTY", changing)).toHaveLength(3);
    site.removeOption("Stage", "Ready");
    expect(find("Stage is not EMPTY", changing)).toEqual(["A-2"]);
    expect(prepareJql(changing, "Stage = Ready").kind).toBe("refused");
    site.removeField("Stage");
    expect(prepareJql(changing, "Stage is EMPTY").kind).toBe("refused");
  });
});

describe("JQL as set algebra", () => {
  /** Fields that every issue has a value in. */
  const total = ["project = A", "status = Done", "priority > Low", "key in (A-1, B-3)", "summary ~ crash"];
  const partial = [
    "labels = bug",
    "Stage = Ready",
    "parent is EMPTY",
    "resolution = Done",
    "labels not in (docs)",
  ];
  const conditionOf = (clauses: readonly string[]): fc.Arbitrary<string> =>
    fc.letrec<{ condition: string }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom(...clauses),
        tie("condition").map((one) => `NOT (${one})`),
        fc
          .tuple(tie("condition"), fc.constantFrom("AND", "OR"), tie("condition"))
          .map(([one, operator, other]) => `(${one}) ${operator} (${other})`),
      ),
    })).condition;
  const set = (jql: string): ReadonlySet<string> => new Set(find(jql));
  const all = new Set(store.all().map(({ key }) => key));
  const any = conditionOf([...total, ...partial]);

  test("AND is the intersection, OR the union", () => {
    fc.assert(
      fc.property(any, any, (one, other) => {
        const [left, right] = [set(one), set(other)];
        expect(set(`(${one}) AND (${other})`)).toEqual(new Set([...left].filter((key) => right.has(key))));
        expect(set(`(${one}) OR (${other})`)).toEqual(new Set([...left, ...right]));
      }),
      { numRuns: 60 },
    );
  });

  test("NOT twice is nothing, excludes what it negates, and follows De Morgan", () => {
    fc.assert(
      fc.property(any, any, (one, other) => {
        expect(set(`NOT NOT (${one})`)).toEqual(set(one));
        const negated = set(`NOT (${one})`);
        expect([...set(one)].filter((key) => negated.has(key))).toEqual([]);
        expect(set(`NOT ((${one}) AND (${other}))`)).toEqual(set(`(NOT (${one})) OR (NOT (${other}))`));
      }),
      { numRuns: 60 },
    );
  });

  test("NOT is the complement where every issue has a value", () => {
    fc.assert(
      fc.property(conditionOf(total), (one) => {
        const matched = set(one);
        expect(set(`NOT (${one})`)).toEqual(new Set([...all].filter((key) => !matched.has(key))));
      }),
      { numRuns: 60 },
    );
  });
});
