import type { DetachedJob } from "@ai-implement/contracts";
import { cutText, shortestCut } from "./cut-text.ts";

/** One way to make a job smaller: its texts to a length, its lists to a number of items. Pure. */
export interface Reduction {
  /** For people. */
  readonly name: string;
  /** The longest text or list as it is: to that and above, nothing changes. */
  readonly most: (job: DetachedJob) => number;
  /** No further than this in its turn. */
  readonly least: number;
  readonly reduce: (job: DetachedJob, to: number) => DetachedJob;
}

const longest = (all: readonly { readonly length: number }[]): number =>
  Math.max(0, ...all.map(({ length }) => length));

/** A text that is no longer than the notice of a cut is not cut. */
const longestText = (texts: readonly string[]): number => {
  const length = longest(texts);
  return length > shortestCut ? length : 0;
};

const description = (least: number): Reduction => ({
  name: "the description",
  most: ({ ticket }) => longestText([ticket.description]),
  least,
  reduce: (job, to) => ({
    ...job,
    ticket: { ...job.ticket, description: cutText(job.ticket.description, to) },
  }),
});

const relativeDescriptions: Reduction = {
  name: "descriptions of related tickets",
  most: ({ ticket }) => longest(ticket.relatives.map((relative) => relative.description ?? "")),
  least: 0,
  reduce: (job, to) => {
    const relatives = job.ticket.relatives.map(({ description: text, ...relative }) =>
      text === undefined || to < shortestCut ? relative : { ...relative, description: cutText(text, to) },
    );
    return { ...job, ticket: { ...job.ticket, relatives } };
  },
};

const planSections = (least: number): Reduction => ({
  name: "the plan",
  most: ({ plan }) => longestText((plan?.sections ?? []).map(({ body }) => body)),
  least,
  reduce: ({ plan, ...job }, to) =>
    plan === undefined
      ? job
      : {
          ...job,
          plan: {
            sections: plan.sections.map((section) => ({ ...section, body: cutText(section.body, to) })),
          },
        },
});

const feedbackBodies = (least: number): Reduction => ({
  name: "long remarks",
  most: ({ revision }) => longestText((revision?.feedback ?? []).map(({ body }) => body)),
  least,
  reduce: ({ revision, ...job }, to) =>
    revision === undefined
      ? job
      : {
          ...job,
          revision: {
            ...revision,
            feedback: revision.feedback.map((item) => ({ ...item, body: cutText(item.body, to) })),
          },
        },
});

const relatives: Reduction = {
  name: "related tickets",
  most: ({ ticket }) => ticket.relatives.length,
  least: 0,
  reduce: (job, to) => ({
    ...job,
    ticket: { ...job.ticket, relatives: job.ticket.relatives.slice(0, to) },
  }),
};

const gapAnalysis: Reduction = {
  name: "lines of the gap analysis",
  most: ({ revision }) => longest(Object.values(revision?.gapAnalysis ?? {})),
  least: 0,
  reduce: ({ revision, ...job }, to) => {
    if (revision?.gapAnalysis === undefined) return revision === undefined ? job : { ...job, revision };
    const { implemented, gaps, manualSteps } = revision.gapAnalysis;
    const shorter = {
      implemented: implemented.slice(0, to),
      gaps: gaps.slice(0, to),
      manualSteps: manualSteps.slice(0, to),
    };
    return { ...job, revision: { ...revision, gapAnalysis: shorter } };
  },
};

const oldestRemarks: Reduction = {
  name: "the oldest remarks",
  most: ({ revision }) => revision?.feedback.length ?? 0,
  least: 0,
  reduce: ({ revision, ...job }, to) =>
    revision === undefined
      ? job
      : {
          ...job,
          revision: {
            ...revision,
            feedback: revision.feedback.slice(
              revision.feedback.length - Math.min(to, revision.feedback.length),
            ),
          },
        },
};

/** In this order, each as far as it has to be and may be. What tells the agent its task goes last. */
export const reductions: readonly Reduction[] = [
  description(16_000),
  relativeDescriptions,
  planSections(4_000),
  feedbackBodies(1_000),
  relatives,
  gapAnalysis,
  planSections(0),
  description(2_000),
  feedbackBodies(0),
  oldestRemarks,
  description(0),
];
