import type { Work } from "../work.ts";
import { type Fence, fenceNotice } from "./fence.ts";
import { type DiffText, diffSection } from "./review.ts";
import { paragraphs, ticketSection } from "./ticket.ts";

export const gapAnalysisPrompt = (job: Work, diff: DiffText, fence: Fence): string =>
  paragraphs(
    "Hold this diff against the ticket. `implemented`: what the ticket asks and the diff does; `gaps`: what is missing or partial; `manualSteps`: what a person must do by hand (settings, migrations, secrets). One claim per line, with the ticket's own words in `ticketWords` and the file of the diff that proves it in `file`. Claim nothing that the diff does not show.",
    fenceNotice(fence),
    ticketSection(job, fence, ""),
    diffSection(diff, fence),
  );
