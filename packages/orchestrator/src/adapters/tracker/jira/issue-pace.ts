import { setTimeout as sleep } from "node:timers/promises";
import { type Instant, seconds } from "../../../core/time.ts";
import type { Clock } from "../../../ports/clock.ts";
import { VendorError } from "../../../ports/vendor-error.ts";

/** Keeps the writes to one issue within Jira's limit of 20 in 2 s, and away from one that asked for a pause. */
export interface IssuePace {
  /** Waits until another write to this issue is welcome. @throws VendorError `rate-limited` where that takes long */
  turn(issueId: string): Promise<void>;
  /** Jira refused a write to this issue for so long: the other issues are not held up. */
  hold(issueId: string, ms: number): void;
}

/** Fewer than Jira allows: what is sent apart may arrive together, and others write to it too. */
const writesPerWindow = 15;
const windowMs = seconds(2);
const rememberedIssues = 1_000;

interface Tempo {
  /** When the last writes were or will be made, oldest first. */
  readonly turns: readonly Instant[];
  readonly heldUntil: Instant;
}

const unhurried: Tempo = { turns: [], heldUntil: 0 };

export const createIssuePace = (clock: Clock): IssuePace => {
  const tempos = new Map<string, Tempo>();

  const keep = (issueId: string, tempo: Tempo): void => {
    tempos.delete(issueId);
    tempos.set(issueId, tempo);
    if (tempos.size <= rememberedIssues) return;
    for (const [id, old] of tempos) if (isOver(old, clock.now())) tempos.delete(id);
  };

  return {
    async turn(issueId) {
      const now = clock.now();
      const tempo = tempos.get(issueId) ?? unhurried;
      if (tempo.heldUntil > now)
        throw new VendorError("rate-limited", "Jira's rate limit for this issue is spent.", {
          retryAfterMs: tempo.heldUntil - now,
        });
      const turns = tempo.turns.filter((turn) => turn > now - windowMs);
      const turn = Math.max(now, (turns.at(-writesPerWindow) ?? 0) + windowMs);
      const at = turns.length < writesPerWindow ? now : turn;
      keep(issueId, { turns: [...turns, at], heldUntil: tempo.heldUntil });
      if (at > now) await sleep(at - now);
    },
    hold(issueId, ms) {
      const { turns, heldUntil } = tempos.get(issueId) ?? unhurried;
      keep(issueId, { turns, heldUntil: Math.max(heldUntil, clock.now() + ms) });
    },
  };
};

const isOver = ({ turns, heldUntil }: Tempo, now: Instant): boolean =>
  heldUntil <= now && turns.every((turn) => turn <= now - windowMs);
