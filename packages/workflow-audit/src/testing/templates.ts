import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../../../templates");

export const workflowTemplates = ["claude-implement.yml", "claude-plan.yml", "comment-trigger.yml"] as const;
export type WorkflowTemplate = (typeof workflowTemplates)[number];

export const readTemplate = (name: string): string => readFileSync(join(folder, name), "utf8");
