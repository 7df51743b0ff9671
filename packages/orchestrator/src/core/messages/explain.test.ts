import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dispatch, SkipKind, SkipReason } from "../dispatch/decision.ts";
import { aProject, aRunId, aTicket, aTime, formatForTests } from "../testing/builders.ts";
import { clearingAction, explain, explainHeldUp } from "./explain.ts";

const text = fc.oneof(fc.string({ unit: "binary", maxLength: 2_000 }), fc.constant(""));
const count = fc.nat();
const dollars = fc.double({ min: 0, max: 1e300, noNaN: true });
const runId = fc.constant(aRunId());
const at = fc.constant(aTime);
const kindOf = <Kind extends SkipKind>(kind: Kind) => fc.constant(kind);

const reasons: { readonly [Kind in SkipKind]: fc.Arbitrary<Extract<SkipReason, { kind: Kind }>> } = {
  "no-mapping": fc.record({ kind: kindOf("no-mapping") }),
  "in-flight": fc.oneof(
    fc.record({
      kind: kindOf("in-flight"),
      runId,
      phase: fc.constantFrom("plan" as const, "implement" as const, "revise" as const),
      since: at,
    }),
    fc.record({ kind: kindOf("in-flight"), runId: fc.constant(null), resetsAt: at }),
  ),
  "ready-for-review": fc.record({
    kind: kindOf("ready-for-review"),
    pullRequest: fc.option(count),
    merged: fc.boolean(),
  }),
  parked: fc.record({ kind: kindOf("parked"), why: text, since: at }),
  "backing-off": fc.record({ kind: kindOf("backing-off"), until: at, why: text }),
  paused: fc.record({ kind: kindOf("paused") }),
  "tracker-error": fc.record({ kind: kindOf("tracker-error"), error: text, since: at }),
  blocked: fc.record({
    kind: kindOf("blocked"),
    by: fc.array(fc.record({ identifier: text, state: text }), { minLength: 1, maxLength: 3 }),
  }),
  "awaiting-approval": fc.record({ kind: kindOf("awaiting-approval"), since: at }),
  dedup: fc.record({ kind: kindOf("dedup"), until: at, runId }),
  budget: fc.record({
    kind: kindOf("budget"),
    window: fc.constantFrom("day" as const, "month" as const),
    spentUsd: dollars,
    limitUsd: dollars,
  }),
  "review-backlog": fc.record({ kind: kindOf("review-backlog"), open: count, max: count }),
  concurrency: fc.record({ kind: kindOf("concurrency"), working: count, max: count }),
};

const sentence = (reason: SkipReason): string =>
  explain({ kind: "skip", ticket: aTicket(), reason }, formatForTests);

describe("an explanation (§6, promise 3)", () => {
  it.each(Object.entries(reasons))("of %s is one readable sentence", (_kind, arbitrary) => {
    fc.assert(
      fc.property(arbitrary as fc.Arbitrary<SkipReason>, (reason) => {
        const said = sentence(reason);
        expect(said).toMatch(/^\S+ \S+ \S+/);
        expect(said).not.toMatch(/[\p{Cc}\p{Cs}\u202a-\u202e]/u);
        // What a stranger wrote may contain these words; our own part may not.
        expect(sentence(plain(reason))).not.toMatch(/undefined|NaN|null|\[object/);
      }),
    );
  });

  it("names all blockers, and what is used up", () => {
    const by = [
      { identifier: "ACME-7", state: "Todo" },
      { identifier: "ACME-8", state: "In Progress" },
    ];
    expect(sentence({ kind: "blocked", by })).toBe("blocked by ACME-7 (Todo), ACME-8 (In Progress)");
    expect(sentence({ kind: "concurrency", working: 3, max: 3 })).toContain("3 of 3");
    expect(sentence({ kind: "budget", window: "day", spentUsd: 8, limitUsd: 10 })).toContain(
      "$8.00 of $10.00",
    );
    expect(sentence({ kind: "ready-for-review", pullRequest: 5, merged: true })).toContain("#5 is merged");
  });

  it("of a dispatch says what would start, where and which try", () => {
    const dispatch: Dispatch = {
      kind: "dispatch",
      ticket: aTicket(),
      project: aProject(),
      phase: "plan",
      tryNumber: 2,
    };
    expect(explain(dispatch, formatForTests)).toBe("plan would start now in ACME, try 2");
  });

  it("is cut before a stranger's log fills the page", () => {
    expect(sentence({ kind: "parked", why: "x".repeat(20_000), since: aTime }).length).toBeLessThan(600);
  });
});

it("Every reason that a person can clear names the call that clears it", () => {
  const actions = Object.values(reasons).map((arbitrary) => {
    const [reason] = fc.sample(arbitrary as fc.Arbitrary<SkipReason>, 1);
    return reason === undefined ? null : [reason.kind, clearingAction(reason) !== null];
  });
  const cleared = actions.flatMap((entry) => (entry?.[1] === true ? [entry[0]] : []));
  const expected = [
    "no-mapping",
    "parked",
    "paused",
    "awaiting-approval",
    "dedup",
    "budget",
    "review-backlog",
    "concurrency",
  ];
  expect(cleared).toEqual(expected);
});

const plain = (reason: SkipReason): SkipReason => {
  if (reason.kind === "parked" || reason.kind === "backing-off") return { ...reason, why: "a reason" };
  if (reason.kind === "tracker-error") return { ...reason, error: "an error" };
  return reason.kind === "blocked" ? { ...reason, by: [{ identifier: "A-1", state: "Todo" }] } : reason;
};

it("An explanation says what holds up that which was decided, and until when (§9)", () => {
  const reason = { kind: "in-flight", runId: aRunId(), phase: "plan", since: aTime } as const;
  const decision = { kind: "skip", ticket: aTicket(), reason } as const;
  const error = 'The GitHub App is not installed on "acme".\nInstall it.';
  expect(explainHeldUp(decision, { error, retryAt: aTime }, formatForTests)).toBe(
    `${explain(decision, formatForTests)}; held up, next try at ${formatForTests(aTime)}: The GitHub App is not installed on "acme". Install it.`,
  );
  expect(explainHeldUp(decision, undefined, formatForTests)).toBe(explain(decision, formatForTests));
});
