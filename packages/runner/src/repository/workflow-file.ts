import type { WirePhase } from "@ai-implement/contracts";
import { z } from "zod";
import { StepFailure } from "../pipeline/step-failure.ts";
import { readConfined } from "./confined-file.ts";
import { modelName } from "./repository-settings.ts";
import { ofRepository, parseYamlSettings } from "./yaml-settings.ts";

const maxBytes = 256 * 1024;
const script = z.string().trim().min(1).max(20_000);

const frontMatterSchema = z.object({
  model: modelName.optional(),
  gap_analysis_model: modelName.optional(),
  setup: script.optional(),
  verify: script.optional(),
  teardown: script.optional(),
});

/** `WORKFLOW.md` or `PLANNING.md`: how a repository wants to be worked on (§10.2). */
export interface WorkflowFile {
  readonly model?: string | undefined;
  readonly gapAnalysisModel?: string | undefined;
  /** Each is a path inside the repository or the text of a script. */
  readonly setup?: string | undefined;
  readonly verify?: string | undefined;
  readonly teardown?: string | undefined;
  /** The prompt, with its variables still in it and without comments; empty when there is none. */
  readonly body: string;
}

export const workflowFileName = (phase: WirePhase): string =>
  phase === "plan" ? "PLANNING.md" : "WORKFLOW.md";

/** An absent file is the same as an empty one. @throws StepFailure `setup-failed`, naming file and line */
export const readWorkflowFile = async (folder: string, phase: WirePhase): Promise<WorkflowFile> => {
  const file = workflowFileName(phase);
  const found = await readConfined(folder, file, maxBytes);
  switch (found.kind) {
    case "absent":
      return { body: "" };
    case "refused":
      throw new StepFailure("setup-failed", `${file} cannot be read: ${found.why}.`);
    case "text":
      return parseWorkflowFile(found.text, file);
  }
};

/** @throws StepFailure `setup-failed`, naming file and line */
export const parseWorkflowFile = (source: string, file: string): WorkflowFile => {
  const text = source.replace(/^\ufeff/, "").replaceAll("\r\n", "\n");
  const { frontMatter, body } = splitFrontMatter(text, file);
  const settings = parseYamlSettings(frontMatter, frontMatterSchema, ofRepository(file, 2));
  const { gap_analysis_model: gapAnalysisModel, ...rest } = settings;
  return {
    ...rest,
    gapAnalysisModel,
    body: withoutComments(body).trim(),
  };
};

const splitFrontMatter = (text: string, file: string): { frontMatter: string; body: string } => {
  const opening = /^---[ \t]*\n/.exec(text);
  if (opening === null) return { frontMatter: "", body: text };
  const rest = text.slice(opening[0].length);
  const closing = /^---[ \t]*$/m.exec(rest);
  if (closing === null)
    throw new StepFailure(
      "setup-failed",
      `${file}, line 1: the front matter has no closing "---". Mend it on the default branch.`,
    );
  return { frontMatter: rest.slice(0, closing.index), body: rest.slice(closing.index + closing[0].length) };
};

/** A comment that is never closed stays: it may be meant. */
const withoutComments = (text: string): string => {
  let kept = "";
  let from = 0;
  for (;;) {
    const start = text.indexOf("<!--", from);
    const end = start === -1 ? -1 : text.indexOf("-->", start + 4);
    if (end === -1) return kept + text.slice(from);
    kept += text.slice(from, start);
    from = end + 3;
  }
};
