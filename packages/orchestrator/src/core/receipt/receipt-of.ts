import type { Job, Receipt } from "@ai-implement/contracts";
import { repositorySlug } from "../project.ts";
import type { Run } from "../run.ts";
import type { ImplementedReport } from "../runs/outcome.ts";
import { canonicalJson } from "./canonical-json.ts";

/** What a ticket's hash is made of: what the job told the agent to do, as canonical JSON in UTF-8. */
export const ticketForm = ({
  identifier,
  title,
  description,
}: Pick<Job["ticket"], "identifier" | "title" | "description">): string =>
  canonicalJson({ identifier, title, description });

/**
 * How a pull request came about. Null: the runner said nothing of it.
 * @param ticketHash of `ticketForm`
 */
export const receiptOf = (run: Run, report: ImplementedReport, ticketHash: string): Receipt | null =>
  report.receipt === undefined
    ? null
    : {
        version: 1,
        attempt: run.id,
        phase: run.phase,
        repository: repositorySlug(run.repository),
        branch: report.branch,
        headCommit: report.headCommit,
        ticket: { identifier: run.ticket.identifier, hash: ticketHash },
        agent: report.agent,
        usage: report.usage,
        facts: report.receipt,
      };
