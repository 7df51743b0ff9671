import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seconds } from "../../../core/time.ts";
import { admit, type Countable, nothingSpent, type Spending } from "./request-limits.ts";

const kinds = [
  { method: "GET", counts: "plain" },
  { method: "PATCH", counts: "plain" },
  { method: "POST", counts: "content" },
  { method: "POST", counts: "workflow-run" },
] as const satisfies readonly Countable[];

const limits: readonly (readonly [string, number, number, (request: Countable) => number])[] = [
  ["points", 900, 60, ({ method }) => (method === "GET" ? 1 : 5)],
  ["content a minute", 80, 60, ({ counts }) => (counts === "content" ? 1 : 0)],
  ["content an hour", 500, 3_600, ({ counts }) => (counts === "content" ? 1 : 0)],
  ["workflow runs", 500, 10, ({ counts }) => (counts === "workflow-run" ? 1 : 0)],
];

interface Sent {
  readonly at: number;
  readonly request: Countable;
}

/** Everything of a script that may go out, and how long what may not has to wait. */
const play = (script: readonly { readonly after: number; readonly kind: number }[]) => {
  const sent: Sent[] = [];
  const refused: { readonly at: number; readonly request: Countable; readonly wait: number }[] = [];
  let spending: Spending = nothingSpent;
  let now = 1_800_000_000_000;
  for (const { after, kind } of script) {
    now += after;
    const request = kinds[kind] ?? kinds[0];
    const admission = admit(spending, request, now);
    if (admission.kind === "refused") refused.push({ at: now, request, wait: admission.retryAfterMs });
    else {
      spending = admission.spending;
      sent.push({ at: now, request });
    }
  }
  return { sent, refused, spending };
};

const script = fc.array(
  fc.record({
    after: fc.oneof({ weight: 20, arbitrary: fc.nat(40) }, { weight: 1, arbitrary: fc.nat(seconds(70)) }),
    kind: fc.nat(kinds.length - 1),
  }),
  { minLength: 200, maxLength: 1_500, size: "max" },
);

describe("§9 GitHub's limits of one installation", () => {
  test("whatever is asked for, in no window more goes out than GitHub allows", () => {
    fc.assert(
      fc.property(script, (requests) => {
        const { sent } = play(requests);
        for (const [name, most, windowSeconds, costOf] of limits) {
          let from = 0;
          let sum = 0;
          for (const { at, request } of sent) {
            sum += costOf(request);
            for (
              let first = sent[from];
              first !== undefined && first.at <= at - seconds(windowSeconds);
              first = sent[from]
            ) {
              sum -= costOf(first.request);
              from += 1;
            }
            expect(sum, name).toBeLessThanOrEqual(most);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  test("what is refused may go out when the time that was told is over, and not before", () => {
    fc.assert(
      fc.property(script, (requests) => {
        const { refused, spending } = play(requests);
        const last = refused.at(-1);
        if (last === undefined) return;
        const { request } = last;
        const now = last.at + seconds(100);
        const later = admit(spending, request, now);
        if (later.kind === "admitted") return;
        expect(admit(spending, request, now + later.retryAfterMs - 1).kind).toBe("refused");
        const after = admit(spending, request, now + later.retryAfterMs);
        // Another of the limits may hold it back for longer.
        if (after.kind === "refused") expect(after.limit).not.toBe(later.limit);
      }),
      { numRuns: 60 },
    );
  });

  test("180 writes, 80 that create content and 500 workflow runs are what a moment allows", () => {
    const count = (kind: number) =>
      play(Array.from({ length: 1_000 }, () => ({ after: 0, kind }))).sent.length;
    expect([count(0), count(1), count(2), count(3)]).toEqual([900, 180, 80, 180]);
  });

  test("a clock that was set back does not make the wait longer than the window", () => {
    const { spending } = play(Array.from({ length: 80 }, () => ({ after: 0, kind: 2 })));
    const admission = admit(spending, { method: "POST", counts: "content" }, 1_700_000_000_000);
    expect(admission).toMatchObject({ kind: "refused", retryAfterMs: seconds(61) });
  });
});
