import type { TemplateFile } from "@ai-implement/contracts";
import { codeSpan } from "../messages/foreign.ts";
import { isUpToDate } from "./assess-templates.ts";

/** One for each repository, for ever: so there is one pull request at a time. */
export const syncBranch = "ai-implement/sync-workflows";
export const syncTitle = "Update the AI-Implement workflows";

/** The text of the pull request: every file that it writes, and why. */
export const syncBody = (files: readonly TemplateFile[]): string =>
  [
    "AI-Implement keeps these files in the repositories whose runs go to GitHub Actions, so that they fit the service that starts them. Until this is merged, runs use what is on the default branch.",
    files
      .filter((file) => !isUpToDate(file))
      .map((file) => `- ${codeSpan(file.path)}: ${reasonOf(file)}`)
      .join("\n"),
    "Each workflow says at its top which secrets and variables it needs. A sync never removes a file.",
  ].join("\n\n");

/** What happens to a file, and why, as the rest of a sentence about it. */
const reasonOf = (file: TemplateFile): string => {
  switch (file.state) {
    case "missing":
      return file.path.endsWith(".md")
        ? "a first version. It is yours from now on: no sync overwrites it."
        : "it is not there.";
    case "stale":
      return "an older version of ours is there.";
    case "edited":
      return "**it was changed by hand, and this takes that change back.** What has to be different belongs into the templates of the AI-Implement installation.";
    case "renamed":
      return `it is there under another name, ${codeSpan(file.foundAt ?? "")}, where nothing looks for it. Remove that one; or, if the new name is meant, close this and set it as the project's \`workflowFile\` or \`planningWorkflowFile\`.`;
    case "current":
    case "seeded":
      return "nothing is to be done.";
  }
};
