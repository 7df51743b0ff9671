import type { DemoView } from "./view.ts";

/** Where the demo writes; `columns` is undefined where it is not a terminal. */
export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  readonly columns: number | undefined;
}

export interface LiveArea {
  show(view: DemoView): void;
  /** Leaves the last frame standing; what follows is written below it. */
  end(): void;
}

type Render = (view: DemoView, width: number) => readonly string[];

const eraseLine = "\u001b[2K";
const hideCursor = "\u001b[?25l";
const showCursor = "\u001b[?25h";

/** On a terminal the frame is drawn over itself; elsewhere each line that is new is printed once. */
export const createLiveArea = (output: Output, render: Render): LiveArea =>
  output.isTTY ? redrawn(output, render) : appended(output, render);

const redrawn = (output: Output, render: Render): LiveArea => {
  let height = 0;
  output.write(hideCursor);
  return {
    show(view) {
      const lines = render(view, Math.max(40, output.columns ?? 80));
      const up = height > 0 ? `\u001b[${height}A` : "";
      const blank = Math.max(0, height - lines.length);
      const rest = `${`${eraseLine}\n`.repeat(blank)}${blank > 0 ? `\u001b[${blank}A` : ""}`;
      output.write(`${up}${lines.map((line) => `${eraseLine}${line}\n`).join("")}${rest}`);
      height = lines.length;
    },
    end() {
      output.write(showCursor);
    },
  };
};

/** For logs: a line per change, without the running times that differ in every frame. */
const appended = (output: Output, render: Render): LiveArea => {
  const printed = new Set<string>();
  return {
    show(view) {
      for (const line of render(view, 160)) {
        const key = line.replace(/\d+\.\d s/g, "");
        if (key.trim() === "" || printed.has(key)) continue;
        printed.add(key);
        output.write(`${line}\n`);
      }
    },
    end() {
      output.write("\n");
    },
  };
};
