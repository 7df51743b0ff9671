import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stages, type WantedStage } from "../../../core/ticket.ts";
import { minutes } from "../../../core/time.ts";
import { referenceOf } from "./comment-body.ts";
import { statusWords, wordToWrite } from "./stage-words.ts";
import {
  type JiraScene,
  jiraOpenApi,
  jiraProject,
  openJiraScene,
  refOf,
  statusField,
  ticketIdOf,
} from "./testing/jira-scene.ts";

describe.skipIf(jiraOpenApi === null)("writing to Jira", () => {
  let scene: JiraScene;
  beforeEach(async () => {
    scene = await openJiraScene();
    await scene.tracker.listMarked([scene.project]);
  });
  afterEach(async () => {
    await scene.close();
  });

  type Issue = ReturnType<JiraScene["addIssue"]>;
  const setStage = (issue: Issue, stage: WantedStage, scope = "acme") =>
    scene.tracker.apply({ kind: "stage", ticket: refOf(issue, scope), stage }, `stage:${issue.id}:${stage}`);
  const comment = (issue: Issue, body: string, key = "comment:1", tracker = scene.tracker) =>
    tracker.apply({ kind: "comment", ticket: refOf(issue), body }, key);
  const writes = () => scene.requests().filter(({ method }) => method === "PUT");
  const posts = () => scene.requests("/comment").filter(({ method }) => method === "POST");

  describe("§7.1 a stage", () => {
    test("is the status field and nothing else, and only where it changes", async () => {
      const issue = scene.addIssue();
      await setStage(issue, "planning");
      await setStage(issue, "planning");
      await setStage(issue, "awaiting-approval");
      expect(writes().map(({ body }) => body)).toEqual([
        { fields: { [fieldIdOf(scene, issue)]: { value: "Planning" } } },
      ]);
      expect(scene.emulator.site.issue(issue.id)?.status).toEqual({ name: "To Do", category: "new" });
    });

    test("§7.2 of many issues at once is one look and one write each", async () => {
      const issues = Array.from({ length: 100 }, () => scene.addIssue());
      await Promise.all(issues.map((issue) => setStage(issue, "implementing")));
      expect(new Set(issues.map(({ id }) => scene.word(id)))).toEqual(new Set(["Implementing"]));
      expect(scene.requests("/issue/bulkfetch")).toHaveLength(1);
      expect(writes()).toHaveLength(100);
    });

    test("goes to the field that its project has", async () => {
      const issue = scene.addIssue();
      const options = [...statusWords];
      scene.emulator.site.addField({ name: "Their Status", type: "select", options });
      scene.emulator.site.setField(issue.id, "Their Status", "Ready");
      const tracker = scene.restarted();
      await tracker.listMarked([jiraProject("theirs", { statusFieldOverride: "Their Status" })]);
      const ticket = refOf(issue, "theirs");
      await tracker.apply({ kind: "stage", ticket, stage: "pr-open" }, "stage:1");
      expect(scene.emulator.site.issue(issue.id)?.fields).toMatchObject({
        "Their Status": "PR Ready",
        [statusField]: "Ready",
      });
    });

    test("waits for the first look, which alone tells the project's field", async () => {
      const ticket = refOf(scene.addIssue());
      const write = scene.restarted().apply({ kind: "stage", ticket, stage: "planning" }, "stage:1");
      await expect(write).rejects.toMatchObject({ retryable: true });
      expect(writes()).toEqual([]);
    });

    test("whose option is missing says so, and is written once the option is there", async () => {
      const issue = scene.addIssue();
      scene.emulator.site.removeOption(statusField, "Planning");
      scene.advance(minutes(1));
      await expect(setStage(issue, "planning")).rejects.toMatchObject({ retryable: true });
      scene.advance(minutes(1));
      await expect(setStage(issue, "planning")).rejects.toThrow(
        'The field "AI-Implement Status" has no enabled option "Planning".',
      );
      await setStage(issue, "implementing");
      expect(scene.word(issue.id)).toBe("Implementing");
    });

    test.each(["reset-after", "cut-off", "reset-before", "empty", "server-error"] as const)(
      "§9 is right in the end after: %s",
      async (kind) => {
        const issue = scene.addIssue();
        scene.emulator.setFaults(({ method }) => (method === "PUT" ? { kind } : null));
        await expect(setStage(issue, "planning")).rejects.toMatchObject({ retryable: true });
        scene.emulator.setFaults(() => null);
        await setStage(issue, "planning");
        expect(scene.word(issue.id)).toBe("Planning");
      },
    );

    test("§9 whatever a person writes in between, Jira shows what the rules say", async () => {
      const word = fc.option(fc.constantFrom(...statusWords, "Someday"), { nil: null });
      const stage = fc.constantFrom<WantedStage>(...stages, "awaiting-approval", "cleared");
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(word, stage), { maxLength: 4 }), async (steps) => {
          const issue = scene.addIssue();
          for (const [shown, wanted] of steps) {
            scene.emulator.site.setField(issue.id, statusField, shown);
            await setStage(issue, wanted);
            await setStage(issue, wanted);
            expect(scene.word(issue.id)).toBe(wordToWrite(shown, wanted) ?? shown);
          }
        }),
        { numRuns: 15 },
      );
    });
  });

  describe("§9 a comment", () => {
    test("ends with a small reference, by which it is known again after a restart", async () => {
      const issue = scene.addIssue();
      await comment(issue, "# Plan\n\n- one");
      await comment(issue, "# Plan\n\n- one", "comment:1", scene.restarted());
      expect(scene.comments(issue.id)).toEqual(["# Plan\n\n- one"]);
      expect(JSON.stringify(scene.emulator.site.comments(issue.id))).toMatch(/"AI-Implement · [0-9a-f]{12}"/);
    });

    test.each(["reset-after", "cut-off", "reset-before", "empty", "server-error"] as const)(
      "is there once after: %s",
      async (kind) => {
        const issue = scene.addIssue();
        scene.emulator.setFaults(({ method, path }) =>
          method === "POST" && path.endsWith("/comment") ? { kind } : null,
        );
        await expect(comment(issue, "Once")).rejects.toMatchObject({ retryable: true });
        expect(posts()).toHaveLength(1);
        scene.emulator.setFaults(() => null);
        await comment(issue, "Once");
        expect(scene.comments(issue.id)).toEqual(["Once"]);
      },
    );

    test("is found below a hundred others", async () => {
      await scene.close();
      scene = await openJiraScene({ writesPerIssue: { count: 1_000, windowMs: 1_000 } });
      const issue = scene.addIssue();
      await comment(issue, "Once");
      const tracker = scene.restarted();
      for (let batch = 0; batch < 10; batch += 1) {
        scene.advance(minutes(1));
        for (let count = 0; count < 12; count += 1)
          await comment(issue, "More", `more:${batch}:${count}`, tracker);
      }
      const before = posts().length;
      await comment(issue, "Once");
      expect(posts()).toHaveLength(before);
    }, 60_000);

    test("that is longer than Jira takes is cut with a notice", async () => {
      const issue = scene.addIssue();
      await comment(issue, "word ".repeat(10_000));
      const [body = ""] = scene.comments(issue.id);
      expect(body.length).toBeLessThan(30_200);
      expect(body).toMatch(/… \(cut: Jira takes no longer comment\)/);
    });

    test.each([
      [
        "one address that it names a thousand times",
        `${"[x][a] ".repeat(3_000)}\n\n[a]: https://a.example/${"b".repeat(5_000)}`,
      ],
      [
        "a file that it names a thousand times",
        `${"[x][a] ".repeat(3_000)}\n\n[a]: docs/${"b".repeat(5_000)}`,
      ],
      ["a line for each letter", "a\n\n".repeat(9_000)],
      ["a wide table", `${"|a".repeat(100)}\n${"|-".repeat(100)}\n${"|b\n".repeat(99)}`],
      ["a character on the edge of the limit", `${"x".repeat(29_999)}👍`],
    ])("with %s fits into Jira, and keeps its reference", async (_, body) => {
      const issue = scene.addIssue();
      await comment(issue, body);
      await comment(issue, body, "comment:1", scene.restarted());
      const stored = scene.emulator.site.comments(issue.id);
      expect(stored).toHaveLength(1);
      expect(JSON.stringify(stored).length).toBeLessThan(1_100_000);
      expect(JSON.stringify(stored)).toMatch(/"AI-Implement · [0-9a-f]{12}"/);
    });

    test("§11.6 in which an agent wrote the reference of another one does not stand for it", async () => {
      const issue = scene.addIssue();
      const reference = referenceOf("comment:2");
      await comment(issue, `${reference}\n\n<sub>${reference}</sub>\n\n~${reference}~`);
      await comment(issue, "The other one", "comment:2");
      expect(scene.comments(issue.id).at(-1)).toBe("The other one");
    });

    test("§11.6 calls nobody and embeds nothing, whatever an agent wrote", async () => {
      const issue = scene.addIssue();
      const body =
        "[~accountid:5b10a2844c20165700ede21g] @all [~admin] @[Admin](user:1) https://acme.atlassian.net/browse/ACME-1 !image.png! {panel}x{panel}";
      await comment(issue, body);
      const types = JSON.stringify(scene.emulator.site.comments(issue.id)).match(/"type":"\w+"/g);
      expect(new Set(types)).toEqual(
        new Set(["doc", "paragraph", "text", "link", "subsup", "sub"].map((type) => `"type":"${type}"`)),
      );
      expect(scene.comments(issue.id)[0]).toContain("accountid:5b10a2844c20165700ede21g");
    });

    test("§5.4 on an issue that is gone is given up", async () => {
      const issue = scene.addIssue();
      scene.emulator.site.deleteIssue(issue.id);
      await expect(comment(issue, "Late")).rejects.toMatchObject({ failure: "not-found", retryable: false });
      await expect(setStage(issue, "planning")).rejects.toMatchObject({ failure: "not-found" });
    });
  });

  describe("§7.2 limits", () => {
    test("twenty-five writes to one issue stay within Jira's limit", async () => {
      const issue = scene.addIssue();
      const bodies = Array.from({ length: 25 }, (_, index) => `Comment ${index}`);
      await Promise.all(bodies.map((body) => comment(issue, body, body)));
      expect(scene.comments(issue.id)).toEqual(bodies);
      expect(posts()).toHaveLength(25);
    }, 20_000);

    test("an issue whose limit is spent holds up itself and no other", async () => {
      await scene.close();
      scene = await openJiraScene({ writesPerIssue: { count: 1, windowMs: 60_000 } });
      const [busy, other] = [scene.addIssue(), scene.addIssue()];
      await comment(busy, "One", "comment:1");
      await expect(comment(busy, "Two", "comment:2")).rejects.toMatchObject({ failure: "rate-limited" });
      const before = scene.requests().length;
      await expect(comment(busy, "Two", "comment:2")).rejects.toSatisfy(
        (error: { retryAfterMs?: number }) => (error.retryAfterMs ?? 0) > 50_000,
      );
      expect(scene.requests()).toHaveLength(before);
      await comment(other, "Elsewhere");
      expect(scene.comments(other.id)).toEqual(["Elsewhere"]);
      expect(scene.requests().filter(({ early }) => early)).toEqual([]);
    });

    test("no write goes out before the reset", async () => {
      const issue = scene.addIssue();
      scene.emulator.setFaults(() => ({ kind: "rate-limited", resetMs: 60_000 }));
      await expect(comment(issue, "One")).rejects.toMatchObject({ failure: "rate-limited", retryable: true });
      scene.emulator.setFaults(() => null);
      await expect(setStage(scene.addIssue(), "planning")).rejects.toMatchObject({ retryable: true });
      expect(scene.requests().filter(({ early }) => early)).toEqual([]);
    });
  });

  test("§6 a dry run writes nothing", async () => {
    const issue = scene.addIssue();
    const tracker = scene.restarted({ readOnly: true });
    await tracker.lookUp([ticketIdOf(issue)], [scene.project]);
    await expect(comment(issue, "No", "comment:1", tracker)).rejects.toThrow("read-only");
    expect(scene.comments(issue.id)).toEqual([]);
  });
});

/** Of the status field, as Jira names it. */
const fieldIdOf = (scene: JiraScene, issue: { readonly id: string }): string => {
  const put = scene.requests(issue.id).find(({ method }) => method === "PUT");
  return /customfield_\d+/.exec(JSON.stringify(put?.body))?.[0] ?? "no field";
};
