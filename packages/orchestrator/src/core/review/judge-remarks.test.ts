import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { takenUpMarker, waitsMarker } from "../messages/review.ts";
import { aProject, aTicket, aTime } from "../testing/builders.ts";
import { askersIn, judgeRemarks, type ReviewSurroundings } from "./judge-remarks.ts";
import type { Remark } from "./remark.ts";

const repository = { forge: "github", owner: "Acme", name: "Shop", defaultBranch: "main" } as const;
const reviewed = { ticketId: aTicket().id, repository, number: 7, head: "ai-implement/acme-1" };
const open: ReviewSurroundings = { ticket: aTicket(), isMarked: true, project: aProject() };

const remark = (change: Partial<Remark> = {}): Remark => ({
  id: "issue-comment:1",
  kind: "comment",
  author: "ada",
  isBot: false,
  body: "/ai-implement also round it",
  url: "https://forge.example/1",
  at: aTime,
  ...change,
});

const judge = (
  remarks: readonly Remark[],
  {
    writers = ["ada"],
    known = [] as string[],
    surroundings = open,
  }: { writers?: string[]; known?: string[]; surroundings?: ReviewSurroundings } = {},
) => judgeRemarks(remarks, reviewed, new Set(known), new Set(writers), surroundings, aTime);

const kindsOf = ({ effects }: ReturnType<typeof judge>) =>
  effects.map(({ effect }) => (effect.kind === "react" ? effect.reaction : effect.kind));

describe("what was said on a pull request of ours (§11.7, §12)", () => {
  it("is taken from who may write, with a reaction that shows it", () => {
    const judged = judge([remark()]);
    expect(judged.feedback).toMatchObject([
      { kind: "command", body: "also round it", author: "ada", pullRequest: 7, receivedAt: aTime },
    ]);
    expect(kindsOf(judged)).toEqual(["taken"]);
  });

  it("is refused to a stranger who orders us about, and other strangers are left alone", () => {
    const stranger = remark({ author: "mallory" });
    const judged = judge([
      stranger,
      remark({ id: "review-comment:2", kind: "inline-comment", author: "eve", body: "Why?" }),
    ]);
    expect(judged.feedback).toEqual([]);
    expect(kindsOf(judged)).toEqual(["refused"]);
  });

  it("is known again by its id, so that a finding is handled once", () => {
    const [first] = judge([remark()]).feedback;
    expect(judge([remark({ body: "/ai-implement something else" })], { known: [first?.id ?? ""] })).toEqual({
      feedback: [],
      effects: [],
    });
  });

  it("has a reply where a reaction is not possible: to a review as a whole", () => {
    const review = remark({
      id: "review:3",
      kind: "review",
      verdict: "changes-requested",
      body: "No tests.",
    });
    const judged = judge([review]);
    expect(judged.effects).toMatchObject([
      { effect: { kind: "comment-pull-request", marker: takenUpMarker } },
    ]);
  });

  it("says why it waits, and is kept all the same", () => {
    const cases: ReviewSurroundings[] = [
      { ...open, project: aProject({ paused: true }) },
      { ...open, isMarked: false },
      { ...open, ticket: undefined },
      { ...open, project: undefined },
    ];
    for (const surroundings of cases) {
      const judged = judge([remark()], { surroundings });
      expect(judged.feedback).toHaveLength(1);
      expect(judged.effects.at(-1)).toMatchObject({
        effect: { kind: "comment-pull-request", marker: waitsMarker },
      });
    }
  });

  it("asks about each person once, and about nobody who asks for nothing", () => {
    const talk = remark({ author: "bob", body: "Nice." });
    expect(askersIn([remark(), remark({ id: "issue-comment:2" }), talk])).toEqual(["ada"]);
  });

  it("comes to the same however often and in whatever order it is judged", () => {
    const remarks = fc.uniqueArray(
      fc.record({
        id: fc.stringMatching(/^(issue-comment|review-comment):[0-9]{1,2}$/),
        author: fc.constantFrom("ada", "mallory"),
        body: fc.constantFrom("/ai-implement x", "fine", "/ai-implement"),
      }),
      { selector: ({ id }) => id },
    );
    fc.assert(
      fc.property(remarks, fc.array(fc.nat()), (drawn, picks) => {
        const all = drawn.map((each) => remark(each));
        const whole = judge(all);
        const known = new Set<string>();
        const keys = new Set<string>();
        const repeated = picks.flatMap((pick) => all[pick % Math.max(all.length, 1)] ?? []);
        for (const one of [...repeated, ...all].map((each) => [each])) {
          const judged = judge(one, { known: [...known] });
          for (const { id } of judged.feedback) known.add(id);
          for (const { key } of judged.effects) keys.add(key);
        }
        expect([...known].sort()).toEqual(whole.feedback.map(({ id }) => id).sort());
        expect([...keys].sort()).toEqual(whole.effects.map(({ key }) => key).sort());
      }),
    );
  });
});
