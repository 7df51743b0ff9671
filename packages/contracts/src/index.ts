export * from "./failure.ts";
export * from "./jira.ts";
export * from "./mapping.ts";
export * from "./resources.ts";
export * from "./runner.ts";
