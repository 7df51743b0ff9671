import { type Instant, minutes } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import { createBoundedMap } from "./bounded-map.ts";
import type { GithubRepository, TokenPurpose } from "./github-client.ts";

export interface Minted {
  readonly token: string;
  readonly expiresAt: Instant;
}

/** Installation tokens by repository and purpose: one for all who ask at the same time, until it is nearly over. */
export interface Tokens {
  /** @throws what `mint` throws */
  of(repository: GithubRepository, purpose: TokenPurpose): Promise<string>;
  /** GitHub does not take it, or it may less than it should: the next one is a new one. */
  drop(repository: GithubRepository, purpose: TokenPurpose, token: string): void;
  forget(): void;
}

/** Before its end, in ms: a request that is under way must not outlive its token. */
const renewMs = minutes(5);
/** Where the clocks are far apart a token still serves for this long. */
const shortestUseMs = minutes(1);
const mostTokens = 3_000;

export const createTokens = (
  mint: (repository: GithubRepository, purpose: TokenPurpose) => Promise<Minted>,
  clock: Clock,
): Tokens => {
  const cached = createBoundedMap<{ readonly token: string; readonly renewAt: Instant }>(mostTokens);
  const minting = new Map<string, Promise<string>>();

  const start = (key: string, repository: GithubRepository, purpose: TokenPurpose): Promise<string> => {
    const started: Promise<string> = mint(repository, purpose)
      .then(({ token, expiresAt }) => {
        const renewAt = Math.max(expiresAt - renewMs, clock.now() + shortestUseMs);
        if (minting.get(key) === started) cached.set(key, { token, renewAt });
        return token;
      })
      .finally(() => {
        if (minting.get(key) === started) minting.delete(key);
      });
    minting.set(key, started);
    return started;
  };

  return {
    of: async (repository, purpose) => {
      const key = keyOf(repository, purpose);
      const known = cached.get(key);
      if (known !== undefined && clock.now() < known.renewAt) return known.token;
      return minting.get(key) ?? start(key, repository, purpose);
    },
    drop: (repository, purpose, token) => {
      const key = keyOf(repository, purpose);
      if (cached.get(key)?.token === token) cached.delete(key);
    },
    forget: () => {
      cached.clear();
      minting.clear();
    },
  };
};

const keyOf = ({ owner, name }: GithubRepository, purpose: TokenPurpose): string =>
  `${owner}/${name} ${purpose}`.toLowerCase();
