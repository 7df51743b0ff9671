import type { Job } from "@ai-implement/contracts";
import type { Attack } from "./attack.ts";

/** Far more than a run takes on a machine that does other things as well. */
const secondsOfARun = 300;

/** The texts of the attacks, each where it says that it comes from. */
export const jobWith = (job: Job, attacks: readonly Attack[]): Partial<Job> => {
  const [first] = attacks;
  const phase = first?.phase ?? "implement";
  const texts = (...sources: readonly Attack["from"][]): readonly string[] =>
    attacks.filter(({ from }) => sources.includes(from)).map(({ text, tries }) => text ?? tries);
  const plan = texts("plan");
  const remarks = [
    ...texts("feedback").map((body) => ({ kind: "review" as const, body })),
    ...texts("pull-request-comment").map((body) => ({ kind: "command" as const, body })),
  ];
  const seconds = Math.min(...attacks.map((attack) => attack.seconds ?? secondsOfARun));
  return {
    phase,
    ticket: {
      ...job.ticket,
      title: texts("ticket-title").join(" ").slice(0, 1_000) || job.ticket.title,
      description: ["Do the work.", ...texts("ticket-description")].join("\n\n").slice(0, 300_000),
    },
    ...(plan.length === 0
      ? {}
      : {
          plan: { sections: [{ kind: "architecture" as const, body: plan.join("\n\n").slice(0, 20_000) }] },
        }),
    ...(phase === "revise"
      ? {
          repository: { ...job.repository, continueBranch: true },
          revision: {
            pullRequest: 7,
            feedback: remarks.slice(0, 200).map(({ kind, body }) => ({
              kind,
              author: "stranger",
              body: body.slice(0, 20_000),
              url: "https://forge.example/acme/sample/pull/7",
            })),
          },
        }
      : {}),
    limits: { ...job.limits, maxIterations: 1, maxJobMinutes: seconds / 60 },
  };
};
