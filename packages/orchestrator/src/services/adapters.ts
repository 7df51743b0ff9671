import type { ExecutorKind, ForgeKind } from "../core/project.ts";
import type { TrackerKind } from "../core/ticket.ts";
import { permanent } from "../ports/delivery-error.ts";
import type { Executor } from "../ports/executor.ts";
import type { Forge } from "../ports/forge.ts";
import type { Tracker } from "../ports/tracker.ts";

/** What is configured here, by kind. */
export interface Adapters {
  readonly trackers: ReadonlyMap<TrackerKind, Tracker>;
  readonly forges: ReadonlyMap<ForgeKind, Forge>;
  readonly executors: ReadonlyMap<ExecutorKind, Executor>;
}

export const trackerFor = ({ trackers }: Adapters, kind: TrackerKind): Tracker =>
  required(trackers.get(kind), "tracker", kind);

export const forgeFor = ({ forges }: Pick<Adapters, "forges">, kind: ForgeKind): Forge =>
  required(forges.get(kind), "forge", kind);

export const executorFor = ({ executors }: Adapters, kind: ExecutorKind): Executor =>
  required(executors.get(kind), "executor", kind);

const required = <Adapter>(adapter: Adapter | undefined, what: string, kind: string): Adapter => {
  if (adapter === undefined)
    throw permanent(`The ${what} "${kind}" is not configured here: \`ai-implement config\` shows what is.`);
  return adapter;
};
