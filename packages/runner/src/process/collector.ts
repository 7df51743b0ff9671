import { StringDecoder } from "node:string_decoder";
import type { Keep } from "../text/clip.ts";

/** Collects a stream in bounded memory: its first or its last `max` characters. */
export interface Collector {
  add(chunk: Buffer): void;
  /** What was kept. When the beginning is missing, it starts at a line, so that no half secret stands alone. */
  text(): string;
  truncated(): boolean;
}

/** @param encoding `latin1`: one character for each byte */
export const createCollector = (max: number, keep: Keep, encoding: "utf8" | "latin1" = "utf8"): Collector => {
  const decoder = new StringDecoder(encoding);
  let kept = "";
  let truncated = false;
  return {
    add: (chunk) => {
      if (keep === "head" && kept.length >= max) {
        truncated = true;
        return;
      }
      kept += decoder.write(chunk);
      // Cutting at twice the limit keeps the copying linear.
      if (keep === "head" || kept.length <= 2 * max) return;
      kept = kept.slice(-max);
      truncated = true;
    },
    text: () => {
      if (keep === "head") return kept.slice(0, max);
      if (!truncated && kept.length <= max) return kept;
      const tail = kept.slice(-max);
      return tail.slice(tail.indexOf("\n") + 1);
    },
    truncated: () => truncated || kept.length > max,
  };
};
