import type { Work } from "../work.ts";
import type { Fence } from "./fence.ts";

/** The ticket; its description only where the repository's own prompt does not hold it already: it is paid once. */
export const ticketSection = ({ ticket }: Work, fence: Fence, body: string): string => {
  const heading = `${ticket.identifier}: ${ticket.title}`;
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the variable as a repository writes it
  const isThere = body.includes("${ISSUE_DESCRIPTION}");
  return fence.block("ticket", isThere ? heading : `${heading}\n\n${ticket.description}`.trim());
};

export const relativesSection = ({ ticket }: Work, fence: Fence): string =>
  ticket.relatives.length === 0
    ? ""
    : fence.block(
        "related tickets",
        ticket.relatives
          .map(({ relation, identifier, title, description = "" }) =>
            `${relation} ${identifier}: ${title}\n${description}`.trim(),
          )
          .join("\n\n"),
      );

export const planSection = ({ plan }: Work, fence: Fence): string =>
  plan === undefined
    ? ""
    : fence.block("plan", plan.sections.map(({ kind, body }) => `# ${kind}\n${body}`).join("\n\n"));

/** Joins what there is. */
export const paragraphs = (...parts: readonly string[]): string =>
  parts.filter((part) => part !== "").join("\n\n");
