export * from "./failure.ts";
export * from "./gap-analysis.ts";
export * from "./jira.ts";
export * from "./job.ts";
export * from "./mapping.ts";
export * from "./repository.ts";
export * from "./resources.ts";
export * from "./runner.ts";
