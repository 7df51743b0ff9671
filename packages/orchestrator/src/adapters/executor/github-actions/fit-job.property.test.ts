import { type DetachedJob, detachedJobSchema } from "@ai-implement/contracts";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitJob } from "./fit-job.ts";
import { jobWith } from "./testing/a-detached-job.ts";

const most = 62_000;

/** What costs more on the way than it looks: quotes, backslashes, control characters, pairs and halves of pairs. */
const unit = fc.constantFrom(
  "a",
  "\u00e9",
  '"',
  "\\",
  "\n",
  "\u0001",
  "\u65e5",
  "\u{1f9ea}",
  "\ud83e",
  "\udde0",
);
const text = (longest: number): fc.Arbitrary<string> =>
  fc
    .tuple(fc.string({ unit, minLength: 1, maxLength: 12 }), fc.integer({ min: 0, max: longest }), fc.nat(5))
    .map(([part, length, often]) =>
      often === 0 ? part.repeat(Math.ceil(longest / part.length)).slice(0, length) : part.slice(0, longest),
    );
const many = <Value>(item: fc.Arbitrary<Value>, most: number): fc.Arbitrary<Value[]> =>
  fc.tuple(item, fc.integer({ min: 0, max: most })).map(([one, count]) => Array<Value>(count).fill(one));

const relative = fc.record(
  {
    identifier: text(200),
    title: text(1_000),
    relation: fc.constantFrom("parent" as const, "sibling" as const, "related" as const),
    description: text(300_000),
  },
  { requiredKeys: ["identifier", "title", "relation"] },
);
const claimLine = fc.record({ claim: text(1_000), ticketWords: text(1_000), file: text(1_000) });
const remark = fc.record({
  kind: fc.constantFrom("command" as const, "review" as const, "inline-comment" as const),
  author: text(200),
  body: text(20_000),
  path: text(1_000),
  url: text(1_000),
});
const section = fc.record({ kind: fc.constant("tests" as const), body: text(20_000) });

/** Jobs that the contract allows, to the limits of every one of its fields. */
const job: fc.Arbitrary<DetachedJob> = fc
  .record({
    title: text(1_000),
    description: text(300_000),
    url: text(1_000),
    relatives: many(relative, 100),
    sections: fc.array(section, { minLength: 1, maxLength: 4 }),
    feedback: many(remark, 200),
    implemented: many(claimLine, 100),
    gaps: many(claimLine, 100),
  })
  .map(({ title, description, url, relatives, sections, feedback, implemented, gaps }) =>
    jobWith({
      ticket: { id: "linear:1", identifier: "ACME-1", title, description, url, relatives },
      plan: { sections },
      revision: { pullRequest: 7, feedback, gapAnalysis: { implemented, gaps, manualSteps: [] } },
    }),
  );

const sent = (fitted: string | null): string => {
  if (fitted === null) throw new Error("the job was refused");
  return fitted;
};
/** A half of a pair, as the text has it. */
const halves = (value: string): number => value.match(/\p{Cs}/gu)?.length ?? 0;

describe("§8.4 the job that travels with a dispatch", () => {
  it("always fits, in characters as they are sent and in bytes as the runner is told them", () => {
    fc.assert(
      fc.property(job, (large) => {
        const fitted = sent(fitJob(large, most));
        expect(JSON.stringify(fitted).length - 2).toBeLessThanOrEqual(most);
        expect(Buffer.byteLength(fitted)).toBeLessThan(131_072 - "AI_IMPLEMENT_JOB=".length - 1);
      }),
      { numRuns: 60 },
    );
  }, 60_000);

  it("is a job by the contract, whatever was cut, and has names and links as they were", () => {
    fc.assert(
      fc.property(job, (large) => {
        const fitted = detachedJobSchema.parse(JSON.parse(sent(fitJob(large, most))));
        const { title, url, identifier } = large.ticket;
        expect(fitted.ticket).toMatchObject({ title, url, identifier });
        expect(fitted.repository).toEqual(large.repository);
        expect(fitted.limits).toEqual(large.limits);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it("is as it was where it fits as it was", () => {
    fc.assert(
      fc.property(job, (any) => {
        const asItWas = JSON.stringify(any);
        const fits = JSON.stringify(asItWas).length - 2 <= most && Buffer.byteLength(asItWas) / 2 <= most;
        if (fits) expect(fitJob(any, most)).toBe(asItWas);
        else expect(fitJob(any, most)).not.toBe(asItWas);
      }),
      { numRuns: 40 },
    );
  }, 60_000);

  it("has no half of a surrogate pair that the ticket had not", () => {
    const pairs = fc
      .tuple(fc.string({ unit: fc.constantFrom("a", "\u{1f9ea}") }), fc.nat(3))
      .map(([part, shift]) => `${"a".repeat(shift)}${`${part}\u{1f9ea}`.repeat(40_000)}`.slice(0, 200_000));
    fc.assert(
      fc.property(pairs, fc.integer({ min: 10_000, max: most }), (description, limit) => {
        const whole = halves(description.at(-1) ?? "") === 0 ? description : description.slice(0, -1);
        const { ticket } = JSON.parse(sent(fitJob(jobWith({ description: whole }), limit))) as DetachedJob;
        expect(halves(ticket.description)).toBe(0);
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});
