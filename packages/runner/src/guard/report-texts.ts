import type { GapAnalysis, RunReport } from "@ai-implement/contracts";

/** Every text of a result that an agent has written and that is published: on the pull request, in comments, in the chat. */
export const textsOf = (report: RunReport): readonly string[] => {
  switch (report.outcome) {
    case "planned":
      return report.plan.sections.map(({ body }) => body);
    case "implemented":
      return [
        report.summary,
        ...report.review.findings,
        ...(report.gapAnalysis === undefined ? [] : claimsOf(report.gapAnalysis)),
      ];
    case "failed":
      // Masked or withheld: it has failed already.
      return [];
  }
};

const claimsOf = ({ implemented, gaps, manualSteps }: GapAnalysis): readonly string[] =>
  [...implemented, ...gaps, ...manualSteps].flatMap(({ claim, ticketWords, file }) =>
    [claim, ticketWords, file].filter((text) => text !== undefined),
  );
