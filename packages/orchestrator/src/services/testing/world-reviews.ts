import type { Remark } from "../../core/review/remark.ts";
import type { Reaction } from "../../core/runs/effects.ts";
import type { ForgeReviews } from "../../ports/forge.ts";
import { createFaults, type Faults } from "./faults.ts";
import type { WorldForge } from "./world-forge.ts";

/** People who review on a code host in memory. */
export interface WorldReviews {
  readonly faults: Faults<"remarks" | "mayWrite" | "react">;
  /** Logins that may write. */
  readonly writers: Set<string>;
  readonly reactions: readonly { readonly remarkId: string; readonly reaction: Reaction }[];
  say(remark: Partial<Remark> & Pick<Remark, "id" | "body">): void;
}

export const withReviews = (
  forge: WorldForge,
): { readonly forge: WorldForge; readonly reviews: WorldReviews } => {
  const faults: WorldReviews["faults"] = createFaults("the reviews");
  const remarks: Remark[] = [];
  const reactions: { remarkId: string; reaction: Reaction }[] = [];
  const writers = new Set(["ada"]);
  const port: ForgeReviews = {
    remarks: (_repository, _number, since) =>
      faults.around("remarks", () => remarks.filter(({ at }) => since === null || at >= since)),
    mayWrite: (_repository, login) => faults.around("mayWrite", () => writers.has(login)),
    react: (_repository, remarkId, reaction) =>
      faults.around("react", () => void reactions.push({ remarkId, reaction })),
    standing: async () => ({ mergeable: true, checks: "none", approvals: 0, changesRequested: 0 }),
  };
  return {
    forge: { ...forge, reviews: port },
    reviews: {
      faults,
      writers,
      reactions,
      say: (remark) =>
        void remarks.push({
          kind: "comment",
          author: "ada",
          isBot: false,
          url: `https://forge.example/${remark.id}`,
          at: 0,
          ...remark,
        }),
    },
  };
};
