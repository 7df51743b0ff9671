import type { DetachedJob } from "@ai-implement/contracts";
import { describe, expect, it } from "vitest";
import { fitJob } from "./fit-job.ts";
import { jobWith } from "./testing/a-detached-job.ts";

const most = 64_000;

const fit = (job: DetachedJob): DetachedJob => {
  const fitted = fitJob(job, most);
  if (fitted === null) throw new Error("the job was refused");
  return JSON.parse(fitted) as DetachedJob;
};
const words = (length: number): string => "All work and no play. ".repeat(length / 22 + 1).slice(0, length);
const relatives = (count: number, description: string) =>
  Array.from({ length: count }, (_, index) => ({
    identifier: `ACME-${index}`,
    title: "Another",
    relation: "sibling" as const,
    description,
  }));
const ticketWith = (change: Partial<DetachedJob["ticket"]>): DetachedJob => {
  const { ticket } = jobWith({});
  return jobWith({ ticket: { ...ticket, ...change } });
};

describe("§8.4 what is cut of a job that is too large for a dispatch", () => {
  it.each([70_000, 300_000])("a description of %d characters, with a notice, and nothing else", (length) => {
    const { ticket } = fit(ticketWith({ description: words(length), relatives: relatives(3, "Short.") }));
    expect(ticket.description).toMatch(
      /\[Cut here: too long for a GitHub dispatch\.\]\n\n\[Cut or left out.*the description\.\]$/,
    );
    expect(words(length).startsWith(ticket.description.slice(0, 60_000))).toBe(true);
    expect(ticket.relatives).toEqual(relatives(3, "Short."));
  });

  it("the descriptions of related tickets next, all to the same length", () => {
    const large = ticketWith({ description: words(30_000), relatives: relatives(10, words(20_000)) });
    const { ticket } = fit(large);
    expect(ticket.description.startsWith(words(15_000))).toBe(true);
    const lengths = ticket.relatives.map(({ description = "" }) => description.length);
    expect(new Set(lengths).size).toBe(1);
    expect(lengths[0]).toBeGreaterThan(3_000);
    expect(ticket.description).toContain("the description, descriptions of related tickets");
  });

  it("then the plan and long remarks, before a related ticket is left out", () => {
    const remark = { kind: "review", author: "ada", body: words(20_000), url: "https://x.example" } as const;
    const large = jobWith({
      ticket: { ...jobWith({}).ticket, relatives: relatives(3, words(9_000)) },
      plan: { sections: [{ kind: "architecture", body: words(20_000) }] },
      revision: { pullRequest: 7, feedback: Array.from({ length: 4 }, () => remark) },
    });
    const { ticket, plan, revision } = fit(large);
    expect(ticket.relatives).toHaveLength(3);
    expect(ticket.relatives.every(({ description }) => description === undefined)).toBe(true);
    expect(plan?.sections[0]?.body.startsWith(words(3_900))).toBe(true);
    expect(revision?.feedback.every(({ body }) => body.length > 10_000)).toBe(true);
    expect(ticket.description).toMatch(/^Sum up\.\n\n\[Cut or left out/);
  });

  it("of remarks that are too many the oldest, last of all", () => {
    const feedback = Array.from({ length: 200 }, (_, index) => ({
      kind: "inline-comment" as const,
      author: "ada",
      body: `${index}`,
      path: "a".repeat(900),
      url: "https://x.example",
    }));
    const { revision, ticket } = fit(jobWith({ revision: { pullRequest: 7, feedback } }));
    const kept = revision?.feedback.map(({ body }) => Number(body)) ?? [];
    expect(kept.length).toBeGreaterThan(40);
    expect(kept).toEqual(Array.from(kept, (_, index) => 200 - kept.length + index));
    expect(ticket.description).toContain("the oldest remarks");
  });

  it("nothing of one that fits", () => {
    const job = jobWith({ description: words(40_000) });
    expect(fit(job)).toEqual(job);
  });
});
