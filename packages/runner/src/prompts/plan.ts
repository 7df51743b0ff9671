import type { Work } from "../work.ts";
import { type Fence, fenceNotice } from "./fence.ts";
import { paragraphs, relativesSection, ticketSection } from "./ticket.ts";
import { promptVariables, substitute } from "./variables.ts";

/** `body` is the prompt of `PLANNING.md`. Nothing may be changed in this phase. */
export const explorePrompt = (job: Work, body: string, fence: Fence): string =>
  paragraphs(
    "Explore the repository in the current directory for what this ticket touches: modules, conventions, tests, risks. Change nothing. Answer with brief notes; the plan comes next.",
    fenceNotice(fence),
    substitute(body, promptVariables(job, fence)),
    ticketSection(job, fence, body),
    relativesSection(job, fence),
  );

/** Sent into the session that explored. */
export const planPrompt = ({ ticket }: Work): string =>
  paragraphs(
    "Now write the plan, in Markdown without top-level headings. As `sections`: `architecture` (what changes where and why) and `tests` (what proves it). As `workUnits`: ordered steps, each small enough to review, with `title`, the `files` it touches and, where the title does not say it, `body`.",
    ticket.relatives.length === 0
      ? ""
      : "Also the section `context`: what the related tickets mean for this one.",
  );
