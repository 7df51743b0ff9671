import { type Mapping, mappingSchema } from "@ai-implement/contracts";
import type { Versioned } from "../../ports/store.ts";
import type { OperatorService } from "../../services/operator/operator-service.ts";
import type { ProjectService, SaveOutcome } from "../../services/operator/project-service.ts";
import type { RunnerGateway } from "../../services/runs/runner-gateway.ts";
import { job } from "./fixtures.ts";

/** Projects in a map, validated as the wire says and by nothing else. `busyKey` has live runs. */
export const createMemoryProjects = (busyKey: string): ProjectService => {
  const projects = new Map<string, Versioned<Mapping>>();
  const save = (input: unknown, version: number): SaveOutcome => {
    const parsed = mappingSchema.safeParse(input);
    if (!parsed.success)
      return {
        kind: "invalid",
        problems: parsed.error.issues.map(({ path, message }) => ({
          field: path.join("."),
          problem: message,
        })),
      };
    const mapping = { value: parsed.data, version };
    projects.set(parsed.data.teamKey, mapping);
    return { kind: "saved", mapping };
  };
  return {
    list: async () => [...projects.values()],
    find: async (teamKey) => projects.get(teamKey) ?? null,
    async create(input) {
      const parsed = mappingSchema.safeParse(input);
      if (parsed.success && projects.has(parsed.data.teamKey))
        return { kind: "conflict", why: "The teamKey is taken." };
      return save(input, 1);
    },
    async update(teamKey, patch, version) {
      const found = projects.get(teamKey);
      if (found === undefined) return { kind: "not-found" };
      if (version !== null && version !== found.version) return { kind: "conflict", why: "It was changed." };
      return save({ ...found.value, ...patch, teamKey }, found.version + 1);
    },
    async remove(teamKey) {
      if (!projects.has(teamKey)) return "not-found";
      if (teamKey === busyKey) return "busy";
      projects.delete(teamKey);
      return "removed";
    },
  };
};

/** One attempt. The bearer says what comes of it; the first instance to claim holds the claim. */
export const createMemoryGateway = (): RunnerGateway => {
  let claimedBy: string | null = null;
  let reported: string | null = null;
  return {
    async claim(bearer, { instance }) {
      if (bearer === "closed-token") return { kind: "closed" };
      if (bearer !== "claim-token") return { kind: "unauthorised" };
      claimedBy ??= instance;
      return claimedBy === instance ? { kind: "granted", job } : { kind: "already-claimed" };
    },
    async credential(bearer, { instance }) {
      if (bearer !== "run-token") return { kind: "unauthorised" };
      if (claimedBy !== instance) return { kind: "not-the-claimant" };
      return reported === null
        ? { kind: "granted", credential: { token: "a-fresh-token", expiresAt: "2026-11-22T10:00:00.000Z" } }
        : { kind: "closed" };
    },
    async progress(bearer, { instance }) {
      if (bearer !== "run-token") return { kind: "unauthorised" };
      return claimedBy === instance
        ? { kind: "accepted", stop: reported !== null }
        : { kind: "not-the-claimant" };
    },
    async result(bearer, { instance, report }) {
      if (bearer !== "run-token") return { kind: "unauthorised" };
      if (claimedBy !== instance) return { kind: "not-the-claimant" };
      const text = JSON.stringify(report);
      reported ??= text;
      return reported === text ? { kind: "accepted" } : { kind: "closed" };
    },
  };
};

/** Knows one ticket, and a pull request for each way that a merge can go. */
export const createMemoryOperator = (ticketId: string): OperatorService => {
  const onlyKnown = async (id: string) => (id === ticketId ? ("done" as const) : ("not-found" as const));
  let approved = false;
  return {
    unpark: onlyKnown,
    clearLease: onlyKnown,
    cancel: onlyKnown,
    async approve(id) {
      if (id !== ticketId) return "not-found";
      if (approved) return "nothing-to-approve";
      approved = true;
      return "done";
    },
    async approveFiles({ ticketId: id, paths }) {
      if (id !== ticketId) return { kind: "not-found" };
      const unnamed = paths.filter((path) => path !== ".github/a.yml");
      return unnamed.length === 0 ? { kind: "done" } : { kind: "not-named", paths: unnamed };
    },
    async merge(repository, number) {
      if (repository !== "acme/shop") return { kind: "not-here" };
      if (number === 1) return { kind: "merged", commit: "c0ffee" };
      return number === 2 ? { kind: "conflict", files: ["src/price.ts"] } : { kind: "not-found" };
    },
  };
};
