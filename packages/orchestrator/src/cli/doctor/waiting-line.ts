import type { Colors } from "picocolors/types.js";
import type { Output } from "../demo/terminal.ts";

/** Who has not answered yet. */
export interface Waiting {
  begin(who: string): void;
  end(who: string): void;
  /** Takes the line away. */
  stop(): void;
}

const eraseLine = "\r\u001b[2K";

const nothing = (): void => undefined;

/** One dim line that is gone when nobody is waited for any more. Without a terminal, or with null, there is none. */
export const createWaitingLine = (output: Output | null, colours: Colors): Waiting => {
  if (output?.isTTY !== true) return { begin: nothing, end: nothing, stop: nothing };
  const names: string[] = [];
  let shown = "";
  const show = (): void => {
    const width = Math.max(20, output.columns ?? 80) - 1;
    const text = names.length === 0 ? "" : `Asking ${[...new Set(names)].join(", ")} …`;
    const line = text.length > width ? `${text.slice(0, width - 1)}…` : text;
    if (line === shown) return;
    shown = line;
    output.write(`${eraseLine}${line === "" ? "" : colours.dim(line)}`);
  };
  const change = (edit: () => void): void => {
    edit();
    show();
  };
  return {
    begin: (who) => change(() => names.push(who)),
    end: (who) => change(() => names.splice(names.indexOf(who), 1)),
    stop: () => change(() => names.splice(0)),
  };
};
