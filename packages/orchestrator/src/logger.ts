import { pino } from "pino";
import { PinoPretty } from "pino-pretty";
import { createRedactor } from "./core/redact.ts";
import type { Logger } from "./ports/logger.ts";

export interface LogDestination {
  write(text: string): void;
}

export interface LoggerOptions {
  readonly level: "trace" | "debug" | "info" | "warn" | "error" | "fatal" | "silent";
  /** `json`: one object per line. `pretty`: for a person at a terminal. */
  readonly format: "json" | "pretty";
  /** Every configured secret: none of them is ever written (§11.10), nor is any known token format. */
  readonly secrets: readonly string[];
  readonly destination: LogDestination;
  /** Colours of the `pretty` format. */
  readonly colours?: boolean;
}

/** Writes in this thread: 256 MB has no room for a worker, and a crash must not swallow the last lines. */
export const createLogger = (options: LoggerOptions): Logger => {
  const redacted = redactingStream(options.secrets, lineWriter(options));
  return pino({ level: options.level, timestamp: pino.stdTimeFunctions.isoTime, base: null }, redacted);
};

const lineWriter = ({ format, destination, colours }: LoggerOptions): LogDestination => {
  if (format === "json") return destination;
  const pretty = PinoPretty.prettyFactory({
    colorize: colours ?? false,
    translateTime: "SYS:HH:MM:ss",
    ignore: "pid,hostname",
  });
  return { write: (line) => destination.write(pretty(line)) };
};

/** Masks inside the parsed line, string by string: whatever a secret contains, the line stays JSON. */
const redactingStream = (secrets: readonly string[], next: LogDestination): LogDestination => {
  const redact = createRedactor(secrets);
  return { write: (line) => next.write(`${JSON.stringify(redactValue(JSON.parse(line), redact))}\n`) };
};

const redactValue = (value: unknown, redact: (text: string) => string): unknown => {
  if (typeof value === "string") return redact(value);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, redact));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [redact(key), redactValue(field, redact)]),
  );
};
