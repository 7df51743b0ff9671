import type { Templates } from "../../../core/templates/wanted-files.ts";

/** Short ones, told apart by `version`. */
export const templatesOfVersion = (version: string): Templates =>
  new Map([
    ["claude-implement.yml", `name: implement ${version}\n`],
    ["claude-plan.yml", `name: plan ${version}\n`],
    ["comment-trigger.yml", `name: comment ${version}\n`],
    ["WORKFLOW.md", `How to work, ${version}\n`],
    ["PLANNING.md", `How to plan, ${version}\n`],
  ]);
