import { type DetachedJob, detachedJobSchema } from "@ai-implement/contracts";

/** A job by the contract; `description` is the ticket's. */
export const jobWith = ({
  description,
  ...change
}: Partial<DetachedJob> & { readonly description?: string }): DetachedJob => {
  const ticket = change.ticket ?? {
    id: "linear:1",
    identifier: "ACME-1",
    title: "Add a total",
    description: "Sum up.",
    url: "https://linear.example/ACME-1",
    relatives: [],
  };
  return detachedJobSchema.parse({
    runId: "01936d2e-7c00-7000-8000-000000000001",
    phase: "implement",
    repository: {
      cloneUrl: "https://github.example/acme/tally.git",
      slug: "acme/tally",
      defaultBranch: "main",
      branch: "ai-implement/acme-1-add-a-total",
      continueBranch: false,
    },
    agent: { kind: "claude-code", provider: "anthropic" },
    limits: { maxTurns: 50, maxIterations: 3, maxJobMinutes: 90 },
    ...change,
    ticket: { ...ticket, ...(description === undefined ? {} : { description }) },
  });
};
