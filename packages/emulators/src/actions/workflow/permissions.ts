import { z } from "zod";

const access = z.enum(["read", "write", "none"]);

/** `permissions:` of a workflow or a job. */
export const permissionsSchema = z
  .union([z.literal("read-all"), z.literal("write-all"), z.record(z.string(), access)])
  .optional();

export type WrittenPermissions = z.infer<typeof permissionsSchema>;

/** What a job's token may do, by the names of the workflow file: `{ "id-token": "write" }`. */
export type JobPermissions = Readonly<Record<string, "read" | "write">>;

const scopes = [
  "actions",
  "attestations",
  "checks",
  "contents",
  "deployments",
  "discussions",
  "issues",
  "packages",
  "pages",
  "pull-requests",
  "security-events",
  "statuses",
] as const;

/** A job's own permissions replace those of the workflow; where neither says anything, GitHub's restricted default. */
export const jobPermissions = (workflow: WrittenPermissions, job: WrittenPermissions): JobPermissions => {
  const written = job ?? workflow ?? { contents: "read", packages: "read" };
  if (written === "read-all") return all("read");
  if (written === "write-all") return { ...all("write"), "id-token": "write", metadata: "read" };
  const granted = Object.entries(written).flatMap(([scope, level]) =>
    level === "none" ? [] : [[scope, level] as const],
  );
  return { ...Object.fromEntries(granted), metadata: "read" };
};

const all = (level: "read" | "write"): JobPermissions => ({
  ...Object.fromEntries(scopes.map((scope) => [scope, level])),
  metadata: "read",
});
