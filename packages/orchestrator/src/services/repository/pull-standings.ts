import type { PullStanding } from "@ai-implement/contracts";
import type { Store } from "../../ports/store.ts";
import type { Adapters } from "../adapters.ts";

export type PullStandingOutcome =
  | { readonly kind: "standing"; readonly standing: PullStanding }
  /** Not of ours, or gone. */
  | { readonly kind: "not-found" }
  /** On a code host where nobody reviews. */
  | { readonly kind: "not-here" };

/** How the pull requests that we opened stand with their code hosts, asked now. */
export interface PullStandings {
  /** @throws DeliveryError */
  find(
    address: { readonly owner: string; readonly name: string },
    number: number,
  ): Promise<PullStandingOutcome>;
}

export interface PullStandingsDependencies {
  readonly store: Pick<Store, "findPullRequestByNumber">;
  readonly adapters: Pick<Adapters, "forges">;
}

export const createPullStandings = ({ store, adapters }: PullStandingsDependencies): PullStandings => ({
  async find({ owner, name }, number) {
    let isKnown = false;
    // The address does not say on which host: of two that know it, the one where people review answers.
    for (const [forge, { reviews }] of adapters.forges) {
      const known = await store.findPullRequestByNumber({ forge, owner, name }, number);
      if (known === null) continue;
      isKnown = true;
      if (reviews === undefined) continue;
      const standing = await reviews.standing(known.repository, number);
      return standing === null ? { kind: "not-found" } : { kind: "standing", standing };
    }
    return { kind: isKnown ? "not-here" : "not-found" };
  },
});
